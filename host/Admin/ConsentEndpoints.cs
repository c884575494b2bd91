using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Host.SignIn;

namespace Vaka.Plugins.Host.Admin;

/// <summary>Coming back from a vendor after giving consent.</summary>
internal static class ConsentEndpoints
{
    public static void MapConsent(this IEndpointRouteBuilder app) =>
        app.MapGet("/integrations/connect/callback", CompleteAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> CompleteAsync(
        HttpContext context, ConsentFlow consents, string? state, string? code, string? error, string? again, CancellationToken cancellationToken)
    {
        var session = await context.AuthenticateAsync(SignInRoom.Session);
        if (!session.Succeeded)
        {
            // The session's cookie does not travel with a request that another site began; the next one is our own.
            var here = context.Request.Path + context.Request.QueryString;
            return again is null
                ? Show(null, QueryHelpers.AddQueryString(here, "again", "1"))
                : TypedResults.LocalRedirect(QueryHelpers.AddQueryString("~/sign-in", "ReturnUrl", here));
        }

        try
        {
            var row = await consents.CompleteAsync(new ConsentAnswer(state, code, error), session.Principal, cancellationToken);
            return TypedResults.LocalRedirect(QueryHelpers.AddQueryString(
                $"~/integrations/{row.Id}", new Dictionary<string, string?> { ["tenant"] = row.TenantId?.ToString(), ["connected"] = "true" }));
        }
        catch (ProblemException problem)
        {
            return Show(problem.Message, null);
        }
    }

    private static RazorComponentResult<ConsentPage> Show(string? message, string? onward) =>
        new(new Dictionary<string, object?> { [nameof(ConsentPage.Message)] = message, [nameof(ConsentPage.Onward)] = onward });
}
