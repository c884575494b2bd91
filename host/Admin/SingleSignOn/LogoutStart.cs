using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.SignIn.Sso;
using Vaka.Plugins.Host.SignIn.Sso.Sessions;

namespace Vaka.Plugins.Host.Admin.SingleSignOn;

/// <summary><c>GET …/logout</c>: where a browser goes to sign out at the identity provider, with the link of whoever ended its session.</summary>
internal static class LogoutStart
{
    public static async Task<IResult> RunAsync(
        HttpContext context, string tenant, string integration, SsoConnections connections, SsoSessions sessions, AuthService auth,
        PendingCookies cookies, SsoSeal seal, CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(tenant, integration, cancellationToken) is not { } connection) return SsoPages.NotFound();
        if (seal.Open<LogoutRequest>(context.Request.Query["session"], ServiceLogins.LogoutUse, connection.Id) is not { } request
            || await sessions.FindAsync(request.SessionId, cancellationToken) is not { } session || session.IntegrationId != connection.Id)
        {
            return SsoPages.Message("Signed out", "This link has expired. You may still be signed in at your identity provider.", StatusCodes.Status400BadRequest);
        }

        if (await auth.BeginLogoutAsync(connection, session, request.ReturnTo, cancellationToken) is not { } begun) return LogoutEnd.Done(connection, request);
        cookies.Add(context, connection, begun.Pending);
        return SsoPages.Send(begun.Request);
    }
}
