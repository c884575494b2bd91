using Microsoft.AspNetCore.Authentication;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Admin.SingleSignOn;

/// <summary><c>GET …/login</c>: where a browser begins. A service's link brings what it asked for, sealed; without one somebody signs in to the
/// page, or an admin tries the integration out.</summary>
internal static class LoginStart
{
    public static async Task<IResult> RunAsync(
        HttpContext context, string tenant, string integration, SsoConnections connections, AuthService auth, PendingCookies cookies, SsoSeal seal,
        CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(tenant, integration, cancellationToken) is not { } connection) return SsoPages.NotFound();
        if ((await SsoArrival.ReadAsync(context, 0)).Message is not { } asked) return SsoPages.NotFound();
        LoginRequest? request;
        try
        {
            request = await ReadAsync(context, connection, asked.Fields, seal, cancellationToken);
        }
        catch (ProblemException problem)
        {
            return SsoPages.Message("Not signed in", problem.Message, StatusCodes.Status400BadRequest);
        }

        if (request is null) return SsoPages.NotFound();
        var outcome = await auth.BeginLoginAsync(connection, request, cancellationToken);
        if (outcome.Begun is not { } begun)
        {
            return request.Purpose is LoginPurpose.Trial
                ? SsoPages.Message("Trial login: not begun", outcome.Refusal ?? "", StatusCodes.Status502BadGateway, outcome.ExecutionId.ToString())
                : SsoPages.Refused(outcome.ExecutionId, null);
        }

        cookies.Add(context, connection, begun.Pending);
        return SsoPages.Send(begun.Request);
    }

    private static async Task<LoginRequest?> ReadAsync(
        HttpContext context, SsoConnection connection, IReadOnlyDictionary<string, string> asked, SsoSeal seal, CancellationToken cancellationToken)
    {
        if (asked.TryGetValue("request", out var sealedText))
        {
            return seal.Open<LoginRequest>(sealedText, ServiceLogins.RequestUse, connection.Id)
                ?? throw new ProblemException(ProblemCode.InvalidRequest, "This link has expired. Go back to the application that you came from and sign in again.");
        }

        if (asked.TryGetValue("return_to", out var returnTo)) return OfService(connection, returnTo, asked);
        if (asked.ContainsKey("trial")) return await IsAdminAsync(context, connection) ? new LoginRequest { Purpose = LoginPurpose.Trial, ForceAuthn = false } : null;
        return connection.IsForPage
            ? new LoginRequest { Purpose = LoginPurpose.Page, ReturnTo = PageAddress.IsOfThePage(asked.GetValueOrDefault("page")) ? asked["page"] : null }
            : null;
    }

    // A link that an application has written itself: it acts for the integration's own tenant.
    private static LoginRequest OfService(SsoConnection connection, string returnTo, IReadOnlyDictionary<string, string> asked)
    {
        var challenge = asked.GetValueOrDefault("code_challenge");
        ServiceLogins.CheckChallenge(challenge);
        ServiceLogins.CheckState(asked.GetValueOrDefault("state"));
        return new LoginRequest
        {
            Purpose = LoginPurpose.Service,
            TenantId = connection.Integration.TenantId,
            ReturnTo = connection.CheckReturn(returnTo).AbsoluteUri,
            State = asked.GetValueOrDefault("state"),
            CodeChallenge = challenge,
            LoginHint = asked.GetValueOrDefault("login_hint") is { Length: > 0 and <= 320 } hint ? hint : null,
        };
    }

    private static async Task<bool> IsAdminAsync(HttpContext context, SsoConnection connection)
    {
        var session = await context.AuthenticateAsync(SignInRoom.Session);
        return session is { Succeeded: true, Principal: { } user } && user.IsInRole(nameof(CallerRole.Admin))
            && (CallerClaims.HomeTenant(user) is not { } home || home == connection.Integration.TenantId);
    }
}
