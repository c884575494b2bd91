using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.SignIn.Sso;
using Vaka.Plugins.Host.SignIn.Sso.Domains;
using Vaka.Plugins.Host.SignIn.Sso.Sessions;

namespace Vaka.Plugins.Host.Api;

/// <summary>Single sign-on for services.</summary>
internal static class SsoEndpoints
{
    public static void MapSingleSignOnApi(this IEndpointRouteBuilder api)
    {
        var sso = api.MapGroup("/sso");
        sso.MapPost("/login", LoginAsync).WithMetadata(Refusals.OfRuns)
            .WithName("BeginSSOLogin").WithSummary("A link that signs somebody in and brings the browser back with a one-time code");
        sso.MapPost("/token", TokenAsync).WithMetadata(Refusals.OfResolution)
            .WithName("RedeemSSOCode").WithSummary("Who signed in, for the code that the browser brought back");
        sso.MapPost("/discover", DiscoverAsync).WithMetadata(Refusals.OfResolution)
            .WithName("DiscoverSSO").WithSummary("Through which integration the people of an e-mail domain sign in");
        sso.MapPost("/domains/verify", VerifyAsync).RequireAuthorization(AccessRoom.Admin)
            .WithMetadata(Refusals.OfResolution, new Refusals(ProblemCode.NameTaken))
            .WithName("VerifySSODomain").WithSummary("Look whether an e-mail domain shows that it is the tenant's own");
        sso.MapPost("/logout", LogoutAsync).WithMetadata(Refusals.OfRuns)
            .WithName("EndSSOSession").WithSummary("End a session, and a link that signs out at the identity provider");
        sso.MapGet("/sessions/{id:guid}", SessionAsync).WithName("GetSSOSession").WithSummary("Whether a session goes on");
    }

    private static async Task<Ok<LinkAnswer>> LoginAsync(
        RequestBody<LoginBody> body, Caller caller, ServiceLogins logins, CancellationToken cancellationToken)
    {
        var ask = body.Value;
        var link = await logins.BeginAsync(
            new ServiceLogin
            {
                ReturnTo = ask.ReturnTo,
                CodeChallenge = ask.CodeChallenge,
                State = ask.State,
                Integration = ask.Integration,
                Email = ask.Email,
                LoginHint = ask.LoginHint,
                ForceAuthn = ask.ForceAuthn,
            },
            caller, cancellationToken);
        return TypedResults.Ok(new LinkAnswer(link.Url.AbsoluteUri, link.ExpiresAt));
    }

    private static async Task<Ok<SignedInAnswer>> TokenAsync(
        RequestBody<TokenBody> body, Caller caller, SsoCodes codes, CancellationToken cancellationToken)
    {
        var who = await codes.RedeemAsync(body.Value.Code, body.Value.CodeVerifier, caller, cancellationToken);
        return TypedResults.Ok(new SignedInAnswer(
            new IdentityAnswer(who.Connection, who.Issuer, who.Subject), who.Claims, who.Attributes,
            new LoginSessionAnswer(who.SessionId, who.Session.Index, who.Session.AuthenticatedAt, who.Session.Context, who.Session.ExpiresAt)));
    }

    private static async Task<Ok<DiscoveryAnswer>> DiscoverAsync(
        RequestBody<DiscoverBody> body, Caller caller, ServiceLogins logins, CancellationToken cancellationToken)
    {
        var found = (await logins.DiscoverAsync(body.Value.Email, caller, cancellationToken))?.Integration;
        return TypedResults.Ok(new DiscoveryAnswer(
            found is null ? null : new DiscoveredIntegration(found.Id, found.Name, found.Scope, found.TenantId), found is not null));
    }

    private static async Task<Ok<DomainVerification>> VerifyAsync(
        RequestBody<VerifyBody> body, Caller caller, SsoDomains domains, CancellationToken cancellationToken) =>
        TypedResults.Ok(await domains.VerifyAsync(body.Value.Integration, body.Value.Domain, caller, cancellationToken));

    private static async Task<Ok<LogoutAnswer>> LogoutAsync(
        RequestBody<LogoutBody> body, Caller caller, ServiceLogins logins, CancellationToken cancellationToken)
    {
        var link = await logins.EndAsync(body.Value.SessionId, body.Value.ReturnTo, caller, cancellationToken);
        return TypedResults.Ok(new LogoutAnswer(link?.Url.AbsoluteUri, link?.ExpiresAt));
    }

    private static async Task<Ok<SsoSessionAnswer>> SessionAsync(Guid id, Caller caller, SsoSessions sessions, CancellationToken cancellationToken)
    {
        var session = await sessions.GetAsync(id, caller, cancellationToken);
        return TypedResults.Ok(new SsoSessionAnswer(
            session.Id, session.IntegrationId, sessions.IsActive(session), session.EndedAt, session.EndedBy));
    }
}

/// <summary>A login that a service wants.</summary>
internal sealed record LoginBody
{
    /// <summary>Where the browser comes back to, with the code: one of the integration's return addresses.</summary>
    [StringLength(ReturnAddress.Longest)]
    public required string ReturnTo { get; init; }

    /// <summary>SHA-256 of a random code_verifier, in base64url (RFC 7636). Only whoever knows the verifier can redeem the code.</summary>
    [StringLength(43, MinimumLength = 43)]
    public required string CodeChallenge { get; init; }

    /// <summary>How the challenge is made.</summary>
    [AllowedValues("S256")]
    public string CodeChallengeMethod { get; init; } = "S256";

    /// <summary>Comes back with the code.</summary>
    [StringLength(512)]
    public string? State { get; init; }

    /// <summary>Name or id of the integration; default: by the e-mail's domain, else the default one.</summary>
    [StringLength(200)]
    public string? Integration { get; init; }

    /// <summary>Whose login it is likely to be.</summary>
    [StringLength(320)]
    public string? Email { get; init; }

    /// <summary>What the identity provider is told of who it is likely to be; default: the e-mail address.</summary>
    [StringLength(320)]
    public string? LoginHint { get; init; }

    /// <summary>Ask for credentials even of somebody who is signed in at the identity provider.</summary>
    public bool ForceAuthn { get; init; }
}

/// <summary>A link for the browser. There is never a form to post: the link's own page does that where the protocol needs it.</summary>
internal sealed record LinkAnswer(string Url, DateTimeOffset ExpiresAt);

/// <summary>A code to redeem.</summary>
internal sealed record TokenBody
{
    /// <summary>As it came back.</summary>
    [StringLength(200)]
    public required string Code { get; init; }

    /// <summary>What the challenge was made of.</summary>
    [StringLength(128, MinimumLength = 43)]
    public required string CodeVerifier { get; init; }
}

/// <summary>Who signed in.</summary>
internal sealed record SignedInAnswer(IdentityAnswer Identity, JsonObject Claims, JsonObject Attributes, LoginSessionAnswer Session);

/// <summary>By what a person is known: all three together, and never an e-mail address.</summary>
internal sealed record IdentityAnswer(Guid Connection, string Issuer, string Subject);

/// <summary>The session: ours by its id, the identity provider's by its index.</summary>
internal sealed record LoginSessionAnswer(Guid Id, string? Index, DateTimeOffset? AuthenticatedAt, string? Context, DateTimeOffset? ExpiresAt);

/// <summary>Somebody who wants to sign in.</summary>
internal sealed record DiscoverBody
{
    /// <summary>Their e-mail address.</summary>
    [StringLength(320)]
    public required string Email { get; init; }
}

/// <summary>Through what. The same for every domain that is not verified, nobody's or another tenant's.</summary>
internal sealed record DiscoveryAnswer(DiscoveredIntegration? Integration, bool LoginAvailable);

/// <summary>The integration of a domain.</summary>
internal sealed record DiscoveredIntegration(Guid Id, string Name, ConfigScope Scope, Guid? TenantId);

/// <summary>A domain to look at.</summary>
internal sealed record VerifyBody
{
    /// <summary>Name or id of the integration that lists it.</summary>
    [StringLength(200)]
    public required string Integration { get; init; }

    /// <summary>Such as acme.example.</summary>
    [StringLength(253)]
    public required string Domain { get; init; }
}

/// <summary>A session to end.</summary>
internal sealed record LogoutBody
{
    /// <summary>As the token answered it.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>Where the browser comes back to: one of the integration's return addresses; default: a page that says so.</summary>
    [StringLength(ReturnAddress.Longest)]
    public string? ReturnTo { get; init; }
}

/// <summary>Where the browser signs out at the identity provider; <c>null</c>: it offers no such thing.</summary>
internal sealed record LogoutAnswer(string? Url, DateTimeOffset? ExpiresAt);

/// <summary>Whether a session goes on.</summary>
internal sealed record SsoSessionAnswer(Guid Id, Guid Connection, bool Active, DateTimeOffset? EndedAt, SsoSessionEnd? EndedBy);
