using System.Text.Json.Nodes;
using Vaka.Plugins.Host.SignIn.Sso.Sessions;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>Signing in to the /integrations page by the platform's own identity provider, where the platform-wide integration says so.</summary>
internal sealed class PageSignIn(SsoConnections connections, SsoSessions sessions, ServiceLogins logins)
{
    /// <summary>Those that the sign-in page offers.</summary>
    public async Task<IReadOnlyList<SsoConnection>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await connections.ListPlatformAsync(cancellationToken)).Where(connection => connection.IsForPage)];

    /// <summary>Whether a login still lets its admin in: neither ended on either side nor expired, and its integration still lets admins in.</summary>
    public async Task<bool> IsGoodAsync(Guid ssoSessionId, CancellationToken cancellationToken) =>
        await sessions.FindAsync(ssoSessionId, cancellationToken) is { } session && sessions.IsActive(session)
        && await connections.FindAsync(session.IntegrationId, cancellationToken) is { IsForPage: true };

    /// <summary>Ends a login from which somebody signed out here.</summary>
    /// <returns>Where the browser signs out at the identity provider; <c>null</c>: nowhere.</returns>
    public async Task<Uri?> EndAsync(Guid ssoSessionId, CancellationToken cancellationToken)
    {
        await sessions.EndAsync(ssoSessionId, SsoSessionEnd.Page, cancellationToken);
        return await sessions.FindAsync(ssoSessionId, cancellationToken) is { } session
            && await connections.FindAsync(session.IntegrationId, cancellationToken) is { } connection
            ? (await logins.LogoutLinkAsync(connection, session, null, cancellationToken))?.Url
            : null;
    }

    /// <summary>As whom the mapped attributes let somebody in; <c>null</c>: they make nobody an admin.</summary>
    public static PageAdmin? Find(CompleteLoginOutput login)
    {
        var roles = login.Attributes["roles"] switch
        {
            JsonArray list => [.. list.Select(Text)],
            var one => new[] { Text(one) },
        };
        if (roles.Contains("platform_admin")) return new PageAdmin(login.Subject, null);
        return roles.Contains("tenant_admin") && Guid.TryParseExact(Text(login.Attributes["tenant_id"]), "D", out var tenant)
            ? new PageAdmin(login.Subject, tenant)
            : null;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>An admin by single sign-on.</summary>
/// <param name="Subject">Who.</param>
/// <param name="TenantId">Of which tenant; <c>null</c>: of the platform.</param>
internal sealed record PageAdmin(string Subject, Guid? TenantId);
