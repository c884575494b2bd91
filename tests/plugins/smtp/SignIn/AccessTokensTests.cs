using System.Net;
using System.Text;
using System.Web;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests.SignIn;

public class AccessTokensTests
{
    private static readonly SecretString FirstRefreshToken = new("refresh-1");

    [Fact]
    public async Task SignIn_ClientCredentials_SendsTheTokenAsXoauth2()
    {
        await using var tokens = (await HttpPeer.StartAsync()).Next(Token("token-1"));
        await using var server = TranscriptServer.Start(Greeted().Expect(Auth("token-1")).Send("235 ok").Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Config(server, tokens));

        var form = HttpUtility.ParseQueryString(Assert.Single(tokens.Requests).BodyText);
        Assert.Equal("client_credentials", form["grant_type"]);
        Assert.Equal("client", form["client_id"]);
        Assert.Equal("client-secret", form["client_secret"]);
        Assert.Equal("mail", form["scope"]);
        test.Log.AssertNever("token-1", "client-secret");
    }

    [Fact]
    public async Task SignIn_SecondConnection_UsesTheCachedTokenUntilItExpires()
    {
        await using var tokens = (await HttpPeer.StartAsync()).Next(Token("token-1"), Token("token-2"));
        await using var server = TranscriptServer.Start(
            Greeted().Expect(Auth("token-1")).Send("235 ok").Mailed(),
            Greeted().Expect(Auth("token-1")).Send("235 ok").Mailed(),
            Greeted().Expect(Auth("token-2")).Send("235 ok").Mailed().Goodbye());
        await using var test = new ProviderTestContext();
        var config = Config(server, tokens);

        await test.SendAsync(config);
        await test.SendAsync(config);
        test.FakeClock.Advance(TimeSpan.FromSeconds(3541));
        await test.SendAsync(config);

        await test.DropResourcesAsync();
        await server.CompleteAsync();
        Assert.Equal(2, tokens.Requests.Count);
    }

    [Fact]
    public async Task SignIn_CachedTokenRefused_FetchesANewOneOnce()
    {
        await using var tokens = (await HttpPeer.StartAsync()).Next(Token("token-1"), Token("token-2"));
        await using var server = TranscriptServer.Start(
            Greeted().Expect(Auth("token-1")).Send("235 ok").Mailed(),
            Greeted().Expect(Auth("token-1")).Send("334 eyJzdGF0dXMiOiI0MDAifQ==").ExpectUntil("").Send("535 5.7.8 expired")
                .Expect(Auth("token-2")).Send("235 ok").Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Config(server, tokens));
        await test.SendAsync(Config(server, tokens));

        await test.DropResourcesAsync();
        await server.CompleteAsync();
    }

    [Fact]
    public async Task SignIn_FreshTokenRefused_IsUnauthorized()
    {
        await using var tokens = (await HttpPeer.StartAsync()).Next(Token("token-1"));
        await using var server = TranscriptServer.Start(Greeted().Expect(Auth("token-1")).Send("535 5.7.8 no").Hang());
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Config(server, tokens));

        Assert.Equal((FailureKind.Unauthorized, Effect.None), (failure.Kind, failure.Effect));
        Assert.Single(tokens.Requests);
    }

    [Fact]
    public async Task SignIn_RotatedRefreshToken_IsKeptAndUsed()
    {
        await using var tokens = (await HttpPeer.StartAsync()).Next(
            HttpAnswers.Json("""{"access_token":"token-1","expires_in":"3600","refresh_token":"refresh-2"}"""),
            Token("token-2"),
            Token("token-3"));
        await using var server = TranscriptServer.Start(
            Greeted().Expect(Auth("token-1")).Send("235 ok").Mailed().Goodbye(),
            Greeted().Expect(Auth("token-2")).Send("235 ok").Mailed().Goodbye(),
            Greeted().Expect(Auth("token-3")).Send("235 ok").Mailed().Goodbye());
        await using var test = new ProviderTestContext();
        var config = Config(server, tokens) with { OAuth2ClientSecret = null, OAuth2RefreshToken = FirstRefreshToken };

        for (var i = 0; i < 3; i++)
        {
            await test.SendAsync(config);
            await test.DropResourcesAsync();
        }

        var forms = tokens.Requests.Select(request => HttpUtility.ParseQueryString(request.BodyText)).ToArray();
        Assert.Equal(["refresh-1", "refresh-2", "refresh-2"], forms.Select(form => form["refresh_token"]));
        Assert.All(forms, form => Assert.Equal("refresh_token", form["grant_type"]));
        Assert.Equal("refresh-2", await test.State.GetAsync("refresh_token", FirstRefreshToken, CancellationToken.None));
        test.Log.AssertNever("refresh-1", "refresh-2");
    }

    public static TheoryData<string, HttpAnswer, bool, FailureKind, UnusableReason?> Refusals => new()
    {
        { "consent withdrawn", Error("invalid_grant"), true, FailureKind.Unauthorized, UnusableReason.NeedsReauthorization },
        { "wrong client", Error("invalid_client", HttpStatusCode.Unauthorized), true, FailureKind.Unauthorized, null },
        { "wrong secret", Error("invalid_grant"), false, FailureKind.Unauthorized, null },
        { "wrong scope", Error("invalid_scope"), false, FailureKind.InvalidConfiguration, null },
        { "not found", HttpAnswers.Html(HttpStatusCode.NotFound), false, FailureKind.InvalidConfiguration, null },
        { "redirect", HttpAnswers.Redirect("https://elsewhere.example"), false, FailureKind.InvalidConfiguration, null },
        { "a page", HttpAnswers.Html(HttpStatusCode.OK), false, FailureKind.InvalidConfiguration, null },
        { "no token", HttpAnswers.Json("""{"token_type":"bearer"}"""), false, FailureKind.InvalidConfiguration, null },
        { "a list", HttpAnswers.Json("[]"), false, FailureKind.InvalidConfiguration, null },
        { "broken", HttpAnswers.Html(HttpStatusCode.BadGateway), false, FailureKind.Unavailable, null },
        { "too many", HttpAnswers.RetryAfter((HttpStatusCode)429, TimeSpan.FromSeconds(7)), false, FailureKind.RateLimited, null },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task SignIn_NoToken_SaysWhy(string what, HttpAnswer answer, bool refreshing, FailureKind kind, UnusableReason? unusable)
    {
        Assert.NotNull(what);
        await using var tokens = (await HttpPeer.StartAsync()).Next(answer);
        await using var server = TranscriptServer.Start(Greeted().Hang());
        await using var test = new ProviderTestContext();
        var config = Config(server, tokens) with { OAuth2RefreshToken = refreshing ? FirstRefreshToken : null };

        var failure = await test.FailAsync(config);

        Assert.Equal((kind, Effect.None, unusable), (failure.Kind, failure.Effect, failure.MakesUnusable));
        Assert.Equal(kind == FailureKind.RateLimited ? TimeSpan.FromSeconds(7) : null, failure.RetryAfter);
        Assert.Null(await test.State.GetAsync("refresh_token", FirstRefreshToken, CancellationToken.None));
    }

    [Fact]
    public async Task SignIn_TokenUrlUnreachable_IsUnavailable()
    {
        var tokens = await HttpPeer.StartAsync();
        await tokens.DisposeAsync();
        await using var server = TranscriptServer.Start(Greeted().Hang());
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Config(server, tokens));

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
    }

    private static Transcript Greeted() => Given.Greeted("AUTH PLAIN LOGIN XOAUTH2");

    private static HttpAnswer Error(string error, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        HttpAnswers.Json(status, $$"""{"error":"{{error}}"}""");

    private static HttpAnswer Token(string token) =>
        HttpAnswers.Json($$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":3600}""");

    private static string Auth(string token) =>
        "AUTH XOAUTH2 " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"user=alice@vaka.test\u0001auth=Bearer {token}\u0001\u0001"));

    private static SmtpConfig Config(TranscriptServer server, HttpPeer tokens) => Given.Config(server) with
    {
        SmtpUser = "alice@vaka.test",
        OAuth2TokenUrl = tokens.Address + "token",
        OAuth2ClientId = "client",
        OAuth2ClientSecret = new SecretString("client-secret"),
        OAuth2Scope = "mail",
    };
}
