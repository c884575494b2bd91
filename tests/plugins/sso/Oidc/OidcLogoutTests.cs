using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Vaka.Plugins.Sso.Tests.Oidc;

public sealed class OidcLogoutTests
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    [Fact]
    public async Task BeginLogout_EndSessionEndpoint_GetsTheToken()
    {
        await using var test = await OidcTest.StartAsync();
        var login = await test.LoginAsync();

        var begun = await test.BeginLogoutAsync(login.LogoutState);

        Assert.NotNull(begun.Request);
        Assert.StartsWith($"{test.Provider.Issuer}/logout?", begun.Request.Url, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(new Uri(begun.Request.Url).Query);
        Assert.Equal((string?)JsonNode.Parse(login.LogoutState)!["id_token"], query["id_token_hint"]);
        Assert.Equal(BentProvider.Client, query["client_id"]);
        Assert.Equal(OidcTest.Addresses.Slo, query["post_logout_redirect_uri"]);
        Assert.Equal(OidcTest.Handle, query["state"]);
        var done = await test.CompleteLogoutAsync(isPost: false, new() { ["state"] = OidcTest.Handle }, begun.Pending);
        Assert.Null(done.Ended);
        Assert.Null(done.Reply);
        Assert.True(done.IsComplete);
    }

    [Fact]
    public async Task BeginLogout_LongToken_IsPosted()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["padding"] = new string('x', 4000);
        var login = await test.LoginAsync();
        var request = (await test.BeginLogoutAsync(login.LogoutState)).Request;
        Assert.NotNull(request);
        Assert.Equal($"{test.Provider.Issuer}/logout", request.Url);
        Assert.Equal(["client_id", "id_token_hint", "post_logout_redirect_uri", "state"], request.Fields.Keys.Order());
    }

    [Fact]
    public async Task BeginLogout_NoEndpoint_EndsHere()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendDiscovery = json => json.Remove("end_session_endpoint");
        var begun = await test.BeginLogoutAsync((await test.LoginAsync()).LogoutState);
        Assert.Null(begun.Request);
        Assert.Null(begun.Pending);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no JSON")]
    [InlineData("null")]
    public async Task BeginLogout_UnknownState_IsInvalidInput(string state)
    {
        await using var test = await OidcTest.StartAsync();
        Assert.Equal(FailureKind.InvalidInput, (await Assert.ThrowsAsync<IntegrationException>(() => test.BeginLogoutAsync(state))).Kind);
    }

    [Theory]
    [InlineData(null, "handle-0123456789-abcdef")]
    [InlineData("""{"state":"handle-0123456789-abcdef"}""", "another")]
    [InlineData("""{"state":"handle-0123456789-abcdef"}""", null)]
    [InlineData("no JSON", "handle-0123456789-abcdef")]
    public async Task CompleteLogout_NotBegunHere_IsRefused(string? pending, string? state)
    {
        await using var test = await OidcTest.StartAsync();
        Dictionary<string, string> fields = state is null ? [] : new() { ["state"] = state };
        await test.RefusedAsync("state", () => test.CompleteLogoutAsync(isPost: false, fields, pending));
    }

    [Fact]
    public async Task CompleteLogout_PostWithoutToken_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        await test.RefusedAsync("message", () => test.CompleteLogoutAsync(isPost: true, []));
    }

    [Fact]
    public async Task CompleteLogout_TokenInAnAddress_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        await test.RefusedAsync("state", () => test.CompleteLogoutAsync(isPost: false, new() { ["logout_token"] = test.Provider.LogoutToken() }));
    }

    [Theory]
    [InlineData("logout+jwt")]
    [InlineData("JWT")]
    [InlineData(null)]
    public async Task Backchannel_GoodToken_EndsTheSession(string? type)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendHeader = header =>
        {
            if (type is null) header.Remove("typ");
            else header["typ"] = type;
        };

        var ended = (await test.BackchannelAsync(test.Provider.LogoutToken())).Ended;

        Assert.NotNull(ended);
        Assert.Equal(test.Provider.Issuer, ended.Issuer);
        Assert.Equal(BentProvider.Subject, ended.Subject);
        Assert.Equal(["session-1"], ended.Indexes);
    }

    [Fact]
    public async Task Backchannel_SubjectOnly_EndsAllOfThem()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims.Remove("sid");
        var ended = (await test.BackchannelAsync(test.Provider.LogoutToken())).Ended;
        Assert.Equal(BentProvider.Subject, ended?.Subject);
        Assert.Empty(ended!.Indexes);
    }

    [Fact]
    public async Task Backchannel_SessionOnly_EndsIt()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims.Remove("sub");
        var ended = (await test.BackchannelAsync(test.Provider.LogoutToken())).Ended;
        Assert.Null(ended?.Subject);
        Assert.Equal(["session-1"], ended!.Indexes);
    }

    [Fact]
    public async Task Backchannel_UsedTwice_CountsOnce()
    {
        await using var test = await OidcTest.StartAsync();
        var token = test.Provider.LogoutToken();
        await test.BackchannelAsync(token);
        await test.RefusedAsync("replay", () => test.BackchannelAsync(token));
        test.Host.FakeClock.Advance(TimeSpan.FromMinutes(12));
        await test.RefusedAsync("issued_at", () => test.BackchannelAsync(token));
    }

    [Fact]
    public async Task Backchannel_IdToken_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        await test.LoginAsync();
        await test.RefusedAsync("events", () => test.BackchannelAsync(test.Provider.IdToken()));
    }

    [Fact]
    public async Task Login_LogoutTokenAsIdToken_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendTokenAnswer = json => json["id_token"] = test.Provider.LogoutToken();
        await test.RefusedAsync("typ");
    }

    [Theory]
    [InlineData("events", "null", "events")]
    [InlineData("events", "[]", "events")]
    [InlineData("events", "{}", "events")]
    [InlineData("events", """{"http://schemas.openid.net/event/backchannel-logout":true}""", "events")]
    [InlineData("nonce", "\"n\"", "nonce")]
    [InlineData("nonce", "null", "nonce")]
    [InlineData("jti", "null", "replay")]
    [InlineData("jti", "\"\"", "replay")]
    [InlineData("iat", "null", "token")]
    [InlineData("iat", "\"now\"", "token")]
    [InlineData("iat", "1", "issued_at")]
    [InlineData("exp", "1", "expiry")]
    [InlineData("iss", "\"https://other.example\"", "issuer")]
    [InlineData("aud", "\"another\"", "audience")]
    [InlineData("aud", """["client one","another"]""", "authorized_party")]
    [InlineData("sub", "\"\"", "subject")]
    public async Task Backchannel_BentClaim_IsRefused(string claim, string json, string check)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims[claim] = JsonNode.Parse(json);
        await test.RefusedAsync(check, () => test.BackchannelAsync(test.Provider.LogoutToken()));
    }

    [Fact]
    public async Task Backchannel_NobodyNamed_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims =>
        {
            claims.Remove("sub");
            claims.Remove("sid");
        };
        await test.RefusedAsync("subject", () => test.BackchannelAsync(test.Provider.LogoutToken()));
    }

    [Fact]
    public async Task Backchannel_ForgedToken_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.SigningKey = IssuerTestKey.Create("k1");
        await test.RefusedAsync("signature", () => test.BackchannelAsync(test.Provider.LogoutToken()));
    }

    [Fact]
    public async Task Backchannel_FloodOfUnknownKeys_ReachesTheIssuerOnceAMinute()
    {
        await using var test = await OidcTest.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            var id = $"unknown-{i}";
            test.Provider.BendHeader = header => header["kid"] = id;
            await test.RefusedAsync("key", () => test.BackchannelAsync(test.Provider.LogoutToken()));
        }

        Assert.Equal(2, test.Provider.At("/keys").Count);
    }
}
