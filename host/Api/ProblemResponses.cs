using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Api;

/// <summary>The one place that answers failures: every refusal, fault and bare status becomes <see cref="ApiProblem"/>.</summary>
internal sealed class ProblemResponses(Faults faults, DeniedAttempts denied, JwtOptions jwt) : IExceptionHandler, IAuthorizationMiddlewareResultHandler
{
    // What programs ask; the rest is for people.
    private static readonly string[] Machines = ["/api", "/metrics", "/mcp"];

    private readonly AuthorizationMiddlewareResultHandler pages = new();

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is ProblemException { Code: ProblemCode.Forbidden }) Note(context, context.Features.Get<IExceptionHandlerFeature>()?.Endpoint);
        if (context.RequestAborted.IsCancellationRequested) return true; // nobody is listening
        await WriteAsync(context, faults.ToProblem(exception));
        return true;
    }

    /// <summary>401 and 403 as problems; pages keep their own way of asking who is there.</summary>
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded || !IsApi(context)) return pages.HandleAsync(next, context, policy, authorizeResult);
        if (authorizeResult.Challenged)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return WriteAsync(context, new ProblemException(ProblemCode.Unauthenticated,
                "Send 'Authorization: Bearer <API key>' with a key that is neither revoked nor expired"
                + (jwt.IsConfigured() ? ", or with a token of this platform's issuer that has not expired." : ".")));
        }

        Note(context, context.GetEndpoint());
        return WriteAsync(context, new ProblemException(ProblemCode.Forbidden, "This key may not do this. It takes "
            + (policy.Requirements.OfType<RolesAuthorizationRequirement>().Any() ? "an admin's key" : "a key")
            + (policy.Requirements.OfType<AssertionRequirement>().Any() ? " of platform scope." : ".")));
    }

    /// <summary>A status without a body, such as 405 from routing.</summary>
    public static Task WriteBareStatusAsync(HttpContext context) => !IsApi(context)
        ? Task.CompletedTask
        : context.Response.StatusCode == StatusCodes.Status404NotFound
            ? WriteAsync(context, new ProblemException(ProblemCode.NotFound, "There is nothing at this address. /docs lists what there is."))
            : WriteAsync(context,
                new ProblemException(ProblemCode.InvalidRequest, context.Response.StatusCode switch
                {
                    StatusCodes.Status405MethodNotAllowed => "This address does not take this method. /docs lists what it takes.",
                    StatusCodes.Status415UnsupportedMediaType => "This address does not take a body of this Content-Type. /docs says which one it takes.",
                    _ => "The request cannot be understood. /docs says what it should look like.",
                }),
                context.Response.StatusCode);

    private void Note(HttpContext context, Endpoint? endpoint) => denied.NoteAccess(
        context.User,
        context.Request.Method,
        (endpoint as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/') ?? "unknown",
        Guid.TryParse(context.Request.Headers["X-Tenant-Id"], out var tenant) ? tenant : null);

    private static Task WriteAsync(HttpContext context, ProblemException problem, int? knownStatus = null)
    {
        var status = knownStatus ?? Status(problem.Code, context.Request.Headers.IfMatch.Count > 0);
        int? retryAfter = problem.RetryAfter is { } wait ? (int)Math.Ceiling(Math.Max(1, wait.TotalSeconds)) : null;
        context.Response.Clear();
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter.ToString();
        IdempotencyKeyHeader.MarkReplayed(context.Response, problem.IsReplayed);
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new ApiProblem
            {
                Title = ReasonPhrases.GetReasonPhrase(status),
                Status = status,
                Detail = problem.Message,
                Code = SnakeCaseEnum.Text(problem.Code),
                Reason = problem.Reason,
                FailureKind = problem.FailureKind,
                RetryAfterSeconds = retryAfter,
                Errors = problem.Errors.Count > 0 ? problem.Errors : null,
                Trail = problem.Trail.Count > 0 || problem.Code == ProblemCode.IntegrationNotConfigured ? problem.Trail : null,
            },
            options: null, contentType: "application/problem+json", CancellationToken.None);
    }

    /// <summary>The status that a problem is answered with.</summary>
    public static int Status(ProblemCode code, bool hasIfMatch) => code switch
    {
        ProblemCode.InvalidRequest => 400,
        ProblemCode.Unauthenticated => 401,
        ProblemCode.Forbidden or ProblemCode.ActionNotShared or ProblemCode.ProviderDisabled => 403,
        ProblemCode.NotFound => 404,
        ProblemCode.TooLarge => 413,
        ProblemCode.RevisionConflict => hasIfMatch ? 412 : 409,
        ProblemCode.IntegrationNotConfigured or ProblemCode.NameTaken or ProblemCode.IdempotencyKeyConflict
            or ProblemCode.IntegrationUnusable or ProblemCode.ExecutionInProgress or ProblemCode.NotApproved => 409,
        ProblemCode.InvalidConfig or ProblemCode.InvalidInput or ProblemCode.SecretRequired => 422,
        ProblemCode.RateLimited => 429,
        ProblemCode.ProviderFailed => 502,
        ProblemCode.ProviderUnavailable or ProblemCode.DatabaseUnavailable or ProblemCode.HostStopping => 503,
        ProblemCode.ProviderTimeout => 504,
        ProblemCode.InternalError => 500,
    };

    private static bool IsApi(HttpContext context) => Machines.Any(path => context.Request.Path.StartsWithSegments(path));
}
