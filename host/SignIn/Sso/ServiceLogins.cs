using System.Text.RegularExpressions;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.SignIn.Sso.Domains;
using Vaka.Plugins.Host.SignIn.Sso.Sessions;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>What services ask: a link for somebody's browser, and then, with the code that the browser brought back, who it is.</summary>
internal sealed partial class ServiceLogins(
    IntegrationResolver resolver, SsoConnections connections, SsoDomains domains, SsoSessions sessions, AuthService auth, SsoSeal seal,
    PublicAddress address, TimeProvider clock)
{
    public const string RequestUse = "request";
    public const string LogoutUse = "logout";

    /// <summary>How long a link can be opened.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(5);

    private const int LongestState = 512;

    /// <exception cref="ProblemException">As of the resolver, and <see cref="ProblemCode.InvalidRequest"/>: what is asked for cannot be
    /// taken.</exception>
    public async Task<SsoLink> BeginAsync(ServiceLogin ask, Caller caller, CancellationToken cancellationToken)
    {
        CheckChallenge(ask.CodeChallenge);
        CheckState(ask.State);
        var connection = await FindAsync(ask, caller, cancellationToken);
        var returnTo = connection.CheckReturn(ask.ReturnTo);
        var request = new LoginRequest
        {
            Purpose = LoginPurpose.Service,
            TenantId = caller.TenantId,
            ReturnTo = returnTo.AbsoluteUri,
            State = ask.State,
            CodeChallenge = ask.CodeChallenge,
            LoginHint = ask.LoginHint ?? ask.Email,
            ForceAuthn = ask.ForceAuthn,
        };
        return Link(connection, "login", "request", seal.Seal(request, RequestUse, connection.Id, LinkLifetime));
    }

    /// <summary>Through which integration somebody signs in, by the domain of the e-mail address; <c>null</c>: that says nothing.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: it is no e-mail address.</exception>
    public Task<SsoConnection?> DiscoverAsync(string email, Caller caller, CancellationToken cancellationToken) =>
        domains.FindAsync(email, caller, cancellationToken);

    /// <summary>Ends a session here at once, and says where the browser signs out at the identity provider.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>; <see cref="ProblemCode.InvalidRequest"/>: the return address is not
    /// among the allowed ones.</exception>
    public async Task<SsoLink?> EndAsync(Guid sessionId, string? returnTo, Caller caller, CancellationToken cancellationToken)
    {
        var session = await sessions.GetAsync(sessionId, caller, cancellationToken);
        var connection = await connections.FindAsync(session.IntegrationId, cancellationToken);
        var back = returnTo is null ? null : connection?.CheckReturn(returnTo).AbsoluteUri;
        await sessions.EndAsync(session.Id, SsoSessionEnd.Service, cancellationToken);
        return connection is null ? null : await LogoutLinkAsync(connection, session, back, cancellationToken);
    }

    /// <summary>Where the browser signs out at the identity provider; <c>null</c>: it offers no such thing.</summary>
    public async Task<SsoLink?> LogoutLinkAsync(
        SsoConnection connection, SsoSession session, string? returnTo, CancellationToken cancellationToken) =>
        await auth.BeginLogoutAsync(connection, session, returnTo, cancellationToken) is null
            ? null
            : Link(connection, "logout", "session", seal.Seal(new LogoutRequest(session.Id, returnTo), LogoutUse, connection.Id, LinkLifetime));

    public static void CheckChallenge(string? challenge)
    {
        if (challenge is not null && ChallengeForm().IsMatch(challenge)) return;
        throw Invalid("code_challenge", "Give the SHA-256 of a random code_verifier in base64url, 43 characters (RFC 7636, S256).");
    }

    public static void CheckState(string? state)
    {
        if (state is { Length: > LongestState }) throw Invalid("state", $"At most {LongestState} characters.");
    }

    private async Task<SsoConnection> FindAsync(ServiceLogin ask, Caller caller, CancellationToken cancellationToken)
    {
        if (ask is { Integration: null, Email: { } email } && await domains.FindAsync(email, caller, cancellationToken) is { } found) return found;
        var resolution = await resolver.ResolveAsync(SsoConnections.Type, caller.TenantId, ask.Integration, cancellationToken);
        return await connections.FindAsync(resolution.Integration.Id, cancellationToken)
            ?? throw new ProblemException(ProblemCode.IntegrationUnusable, "The SSO integration was just switched off. Try again.");
    }

    private SsoLink Link(SsoConnection connection, string place, string name, string sealedText) => new(
        new Uri(address.Base, $"{connection.Path}/{place}?{name}={sealedText}"), clock.GetUtcNow() + LinkLifetime);

    private static ProblemException Invalid(string path, string message) =>
        new(ProblemCode.InvalidRequest, message) { Errors = [new ConfigError(path, message)] };

    [GeneratedRegex("^[A-Za-z0-9_-]{43}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex ChallengeForm();
}

/// <summary>A login that a service asks for.</summary>
internal sealed record ServiceLogin
{
    public required string ReturnTo { get; init; }

    public required string CodeChallenge { get; init; }

    public string? State { get; init; }

    /// <summary>Name or id; <c>null</c>: by the e-mail's domain, else the default one.</summary>
    public string? Integration { get; init; }

    public string? Email { get; init; }

    public string? LoginHint { get; init; }

    public bool ForceAuthn { get; init; }
}

/// <summary>A link for a browser.</summary>
internal sealed record SsoLink(Uri Url, DateTimeOffset ExpiresAt);
