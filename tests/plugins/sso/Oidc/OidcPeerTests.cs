using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.Sso.Tests.Oidc;

/// <summary>Whole logins and logouts through a real OpenID provider.</summary>
public sealed class OidcPeerTests
{
    private const string Secret = "a-secret-of-the-tests-0123456789abcdef";

    private static readonly OidcProtocol Protocol = new();

    [Theory]
    [InlineData("client_secret_basic", "RS256", false)]
    [InlineData("client_secret_post", "ES256", true)]
    [InlineData("none", "PS256", false)]
    public async Task Login_RealProvider_SaysWho(string authentication, string algorithm, bool claimsInIdToken)
    {
        await using var peer = await IdentityProviderPeers.StartOpenIdProviderAsync([Client(authentication, algorithm)], claimsInIdToken);
        await using var host = Host();
        var config = Config(peer, authentication);
        using var browser = new ScriptedBrowser();

        var output = await LoginAsync(config, host, browser);

        Assert.Equal(peer.Issuer, output.Issuer);
        Assert.Equal("u-alice", output.Subject);
        Assert.Equal(["alice@acme.test"], output.Claims["email"]);
        Assert.Equal(["true"], output.Claims["email_verified"]);
        Assert.Equal(["eng", "admins"], output.Claims["groups"]);
        Assert.Equal("""["platform_admin"]""", output.Attributes["roles"]?.ToJsonString());
        Assert.Contains(host.Steps, step => step.Name is "answer_issuer" && step.Ok);
        Assert.All(host.Steps, step => Assert.True(step.Ok, step.Message));
        Assert.Equal(HealthStatus.Healthy, (await Protocol.ProbeAsync(config, host.Create(), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Login_Forced_SaysWhenCredentialsWereGiven()
    {
        await using var peer = await IdentityProviderPeers.StartOpenIdProviderAsync([Client("client_secret_basic", "RS256")]);
        await using var host = Host();
        using var browser = new ScriptedBrowser();
        await LoginAsync(Config(peer), host, browser);
        Assert.NotNull((await LoginAsync(Config(peer), host, browser, force: true)).Session.AuthenticatedAt);
    }

    [Fact]
    public async Task Login_CodeOfAnotherLogin_IsRefusedByTheProvider()
    {
        await using var peer = await IdentityProviderPeers.StartOpenIdProviderAsync([Client("client_secret_basic", "RS256")]);
        await using var host = Host();
        using var browser = new ScriptedBrowser();
        var victim = await BeginAsync(Config(peer), host);
        var attacker = await BeginAsync(Config(peer), host);
        var stolen = await browser.LoginAsync(victim.Request.Url, OidcTest.Addresses.Callback);
        var refusal = await Assert.ThrowsAsync<IntegrationException>(() => CompleteAsync(Config(peer), host, stolen.Fields, attacker.Pending));
        Assert.StartsWith("Login refused (code): ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'invalid_grant'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_WrongSecret_SaysThatTheClientIsRefused()
    {
        await using var peer = await IdentityProviderPeers.StartOpenIdProviderAsync([Client("client_secret_basic", "RS256")]);
        await using var host = Host();
        using var browser = new ScriptedBrowser();
        var config = Config(peer) with { ClientSecret = new SecretString("another secret") };
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => LoginAsync(config, host, browser));
        Assert.Equal(FailureKind.Unauthorized, failure.Kind);
        Assert.Contains("'invalid_client'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_ScopeNotAskedFor_NamesWhatArrived()
    {
        await using var peer = await IdentityProviderPeers.StartOpenIdProviderAsync([Client("client_secret_basic", "RS256")]);
        await using var host = Host();
        using var browser = new ScriptedBrowser();
        var config = Config(peer) with { Scopes = ["profile", "groups"] };
        var refusal = await Assert.ThrowsAsync<IntegrationException>(() => LoginAsync(config, host, browser));
        Assert.StartsWith("Login refused (attributes): 'email' is required and none of 'email' arrived. Arrived: 'sub',", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'family_name'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logout_BegunHere_ComesBackAndTellsOtherClients()
    {
        await using var backchannel = await HttpPeer.StartAsync();
        await using var peer = await IdentityProviderPeers.StartOpenIdProviderAsync(
            [Client("client_secret_basic", "RS256", new Uri(backchannel.Address, "backchannel").ToString())]);
        await using var host = Host();
        using var browser = new ScriptedBrowser();
        var login = await LoginAsync(Config(peer), host, browser);

        var begun = await Protocol.BeginLogoutAsync(
            new() { Addresses = OidcTest.Addresses, Handle = OidcTest.Handle, LogoutState = login.LogoutState }, Config(peer), host.Create(), CancellationToken.None);
        Assert.NotNull(begun.Request);
        var page = await browser.OpenAsync(begun.Request.Url, begun.Request.Fields, OidcTest.Addresses.Slo);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        page = await browser.SubmitAsync(page, stopAt: OidcTest.Addresses.Slo);
        Assert.NotNull(page.Arrived);
        var done = await CompleteLogoutAsync(Config(peer), host, isPost: false, page.Arrived.Fields, begun.Pending);
        Assert.Null(done.Ended);

        // The provider posted a logout token before it sent the browser back.
        var ordered = Assert.Single(backchannel.Requests);
        var form = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(ordered.BodyText).ToDictionary(field => field.Key, field => field.Value.ToString());
        var ended = (await CompleteLogoutAsync(Config(peer), host, isPost: true, form)).Ended;
        Assert.NotNull(ended);
        Assert.Equal((peer.Issuer, "u-alice"), (ended.Issuer, ended.Subject));
        Assert.Equal(login.Session.Index, Assert.Single(ended.Indexes));
        var again = await Assert.ThrowsAsync<IntegrationException>(() => CompleteLogoutAsync(Config(peer), host, isPost: true, form));
        Assert.StartsWith("Login refused (replay): ", again.Message, StringComparison.Ordinal);
    }

    private static JsonObject Client(string authentication, string algorithm, string? backchannel = null)
    {
        var client = new JsonObject
        {
            ["client_id"] = "vaka",
            ["redirect_uris"] = new JsonArray(OidcTest.Addresses.Callback),
            ["post_logout_redirect_uris"] = new JsonArray(OidcTest.Addresses.Slo),
            ["response_types"] = new JsonArray("code"),
            ["token_endpoint_auth_method"] = authentication,
            ["id_token_signed_response_alg"] = algorithm,
            ["scope"] = "openid email profile groups",
        };
        if (authentication is not "none") client["client_secret"] = Secret;
        if (backchannel is null) return client;
        client["backchannel_logout_uri"] = backchannel;
        client["backchannel_logout_session_required"] = true;
        return client;
    }

    private static SsoConfig Config(OpenIdPeer peer, string authentication = "client_secret_basic") => new()
    {
        Protocol = SsoProtocol.Oidc,
        Issuer = peer.Issuer,
        ClientId = "vaka",
        ClientSecret = authentication is "none" ? null : new SecretString(Secret),
        ClientAuthentication = authentication switch
        {
            "client_secret_basic" => ClientAuthentication.ClientSecretBasic,
            "client_secret_post" => ClientAuthentication.ClientSecretPost,
            _ => ClientAuthentication.Auto,
        },
        Scopes = ["openid", "email", "profile", "groups"],
        Attributes =
        [
            new() { Target = "email", Sources = ["email"], Required = true },
            new() { Target = "roles", Sources = ["groups"], Multiple = true, Values = new Dictionary<string, string> { ["admins"] = "platform_admin" } },
        ],
    };

    // The provider lives by the system's clock.
    private static ProviderTestContext Host() => new(new SsoProvider(), new FakeTimeProvider(TimeProvider.System.GetUtcNow()));

    private static Task<BeginLoginOutput> BeginAsync(SsoConfig config, ProviderTestContext host, bool force = false) => Protocol.BeginLoginAsync(
        new() { Addresses = OidcTest.Addresses, Handle = OidcTest.Handle, ForceAuthn = force }, config, host.Create(), CancellationToken.None);

    private static Task<CompleteLoginOutput> CompleteAsync(
        SsoConfig config, ProviderTestContext host, IReadOnlyDictionary<string, string> fields, string pending) => Protocol.CompleteLoginAsync(
        new() { Addresses = OidcTest.Addresses, Message = new() { IsPost = false, Fields = fields }, Pending = pending },
        config,
        host.Create(),
        CancellationToken.None);

    private static Task<CompleteLogoutOutput> CompleteLogoutAsync(
        SsoConfig config, ProviderTestContext host, bool isPost, IReadOnlyDictionary<string, string> fields, string? pending = null) =>
        Protocol.CompleteLogoutAsync(
            new() { Addresses = OidcTest.Addresses, Message = new() { IsPost = isPost, Fields = fields }, Pending = pending },
            config,
            host.Create(),
            CancellationToken.None);

    private static async Task<CompleteLoginOutput> LoginAsync(SsoConfig config, ProviderTestContext host, ScriptedBrowser browser, bool force = false)
    {
        var begun = await BeginAsync(config, host, force);
        var arrived = await browser.LoginAsync(begun.Request.Url, OidcTest.Addresses.Callback);
        return await CompleteAsync(config, host, arrived.Fields, begun.Pending);
    }
}
