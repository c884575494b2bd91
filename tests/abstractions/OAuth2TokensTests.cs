using System.Net;
using System.Web;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Abstractions.Tests;

public sealed class OAuth2TokensTests : IAsyncDisposable
{
    private static readonly Uri TokenUrl = new("https://login.example.com/token");
    private static readonly Uri Back = new("https://host.example.com/integrations/connect/callback");

    private readonly StubHttp wire = new();
    private readonly ProviderTestContext test;

    public OAuth2TokensTests() => test = new ProviderTestContext { Network = wire.AsNetwork() };

    private static OAuth2Settings Own { get; } = new()
    {
        TokenUrl = TokenUrl, ClientId = "client", ClientSecret = new SecretString("client-secret"), Scope = "read write",
    };

    private static OAuth2Settings Refresh { get; } = Own with { Grant = OAuth2Grant.RefreshToken, RefreshToken = new SecretString("first-refresh"), Scope = null };

    private static OAuth2Settings Consent { get; } = Own with
    {
        Grant = OAuth2Grant.AuthorizationCode, AuthorizationUrl = new Uri("https://login.example.com/authorize"),
    };

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        wire.Dispose();
    }

    [Fact]
    public async Task GetAsync_ClientCredentials_AsksOnceForAll_AndAgainShortlyBeforeTheEnd()
    {
        wire.Next(Token("one", 600), Token("two", 600));
        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GetAsync(Own)));
        Assert.All(tokens, token => Assert.Equal("one", token));
        Assert.Equal("client_id=client&client_secret=client-secret&grant_type=client_credentials&scope=read write", Form(Assert.Single(wire.Requests)));
        test.FakeClock.Advance(TimeSpan.FromSeconds(539));
        Assert.Equal("one", await GetAsync(Own));
        test.FakeClock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("two", await GetAsync(Own));
    }

    [Fact]
    public async Task GetAsync_Password_SendsTheUser()
    {
        wire.Next(Token("one"));
        await GetAsync(Own with { Grant = OAuth2Grant.Password, Username = "me", Password = new SecretString("pass word&=") });
        Assert.Equal("client_id=client&client_secret=client-secret&grant_type=password&password=pass word&=&scope=read write&username=me", Form(wire.Requests[0]));
    }

    [Fact]
    public async Task GetAsync_RotatedRefreshToken_IsKeptAndUsedNext_AlsoByAnotherNode()
    {
        wire.Next(Token("one", 600, "second-refresh"), Token("two", 600, "third-refresh"), Token("three", 600));
        Assert.Equal("one", await GetAsync(Refresh));
        await test.DropResourcesAsync(); // another node finds what the first one got, and asks for nothing
        Assert.Equal("one", await GetAsync(Refresh));
        test.FakeClock.Advance(TimeSpan.FromSeconds(600));
        Assert.Equal("two", await GetAsync(Refresh));
        test.FakeClock.Advance(TimeSpan.FromSeconds(600));
        Assert.Equal("three", await GetAsync(Refresh));
        Assert.Equal(["first-refresh", "second-refresh", "third-refresh"], wire.Requests.Select(request => Value(request, "refresh_token")));
    }

    [Fact]
    public async Task GetAsync_RefreshTokenReplacedInTheConfig_ForgetsTheRotatedOne()
    {
        wire.Next(Token("one", 600, "second-refresh"), Token("two"));
        await GetAsync(Refresh);
        await test.DropResourcesAsync(); // as the host does when a config changes
        Assert.Equal("two", await GetAsync(Refresh with { RefreshToken = new SecretString("given-anew") }));
        Assert.Equal("given-anew", Value(wire.Requests[1], "refresh_token"));
    }

    [Fact]
    public async Task GetAsync_ConsentWithdrawn_NeedsReauthorization()
    {
        wire.Next(HttpAnswers.Json(HttpStatusCode.BadRequest, """{"error":"invalid_grant","error_description":"client-secret first-refresh"}"""));
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => GetAsync(Refresh));
        Assert.Equal((FailureKind.Unauthorized, Effect.None, UnusableReason.NeedsReauthorization), (failure.Kind, failure.Effect, failure.MakesUnusable));
        Assert.DoesNotContain("refresh", failure.Message.Replace("refresh token", ""));
    }

    [Fact]
    public async Task GetAsync_NeverConnected_SaysToConnect_WithoutAsking()
    {
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => GetAsync(Consent));
        Assert.Equal(UnusableReason.NeedsReauthorization, failure.MakesUnusable);
        Assert.Contains("press Connect", failure.Message);
        Assert.Empty(wire.Requests);
        Assert.False(await OAuth2Tokens.IsGrantedAsync(Consent, test.Create(), CancellationToken.None));
    }

    [Fact]
    public async Task RedeemAsync_Code_BecomesTokens_ThatAreUsedAndRefreshed()
    {
        wire.Next(Token("one", 600, "first"), Token("two", 600, "second"));
        await OAuth2Tokens.RedeemAsync(Consent, "the-code", "the-verifier", Back, test.Create(), CancellationToken.None);
        Assert.Equal(
            $"client_id=client&client_secret=client-secret&code=the-code&code_verifier=the-verifier&grant_type=authorization_code&redirect_uri={Back}",
            Form(wire.Requests[0]));
        Assert.True(await OAuth2Tokens.IsGrantedAsync(Consent, test.Create(), CancellationToken.None));
        Assert.Equal("one", await GetAsync(Consent));
        test.FakeClock.Advance(TimeSpan.FromSeconds(600));
        Assert.Equal("two", await GetAsync(Consent));
        Assert.Equal("first", Value(wire.Requests[1], "refresh_token"));
    }

    [Fact]
    public async Task GetAsync_ConnectedAgain_UsesTheNewConsentWithinAMinute()
    {
        wire.Next(Token("one", 3600, "first"), Token("another account", 3600, "second"));
        await OAuth2Tokens.RedeemAsync(Consent, "code", "verifier", Back, test.Create(), CancellationToken.None);
        Assert.Equal("one", await GetAsync(Consent));
        await OAuth2Tokens.RedeemAsync(Consent, "code", "verifier", Back, test.Create(), CancellationToken.None);
        test.FakeClock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("another account", await GetAsync(Consent));
    }

    [Fact]
    public async Task RedeemAsync_NoRefreshToken_SaysWhichScopeIsMissing()
    {
        wire.Next(Token("one"));
        var failure = await Assert.ThrowsAsync<IntegrationException>(() =>
            OAuth2Tokens.RedeemAsync(Consent, "code", "verifier", Back, test.Create(), CancellationToken.None));
        Assert.Contains("offline_access", failure.Message);
        Assert.False(await OAuth2Tokens.IsGrantedAsync(Consent, test.Create(), CancellationToken.None));
    }

    [Fact]
    public async Task SendAsync_Refused_AsksOnceMoreWithANewToken()
    {
        wire.Next(Token("old"), HttpAnswers.Status(HttpStatusCode.Unauthorized), Token("new"), HttpAnswers.Json("{}"));
        Assert.Equal(200, (await SendAsync(Own)).StatusCode);
        Assert.Equal([null, "Bearer old", null, "Bearer new"], wire.Requests.Select(request => request.Header("Authorization")));
    }

    [Fact]
    public async Task SendAsync_RefusedTwice_IsRefused()
    {
        wire.Next(Token("old"), HttpAnswers.Status(HttpStatusCode.Unauthorized), Token("new"), HttpAnswers.Status(HttpStatusCode.Unauthorized));
        Assert.Equal(401, (await SendAsync(Own)).StatusCode);
    }

    [Theory]
    [InlineData(400, "invalid_client", FailureKind.Unauthorized)]
    [InlineData(401, "", FailureKind.Unauthorized)]
    [InlineData(400, "invalid_scope", FailureKind.InvalidConfiguration)]
    [InlineData(404, "", FailureKind.InvalidConfiguration)]
    [InlineData(429, "", FailureKind.RateLimited)]
    [InlineData(503, "", FailureKind.Unavailable)]
    [InlineData(200, "", FailureKind.InvalidConfiguration)]
    public async Task GetAsync_Refused_SaysWhatToDo_AndHasNoEffect(int status, string error, FailureKind kind)
    {
        wire.Next(HttpAnswers.Json((HttpStatusCode)status, $$"""{"error":"{{error}}"}""").WithHeader("Retry-After", "9"));
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => GetAsync(Own));
        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.DoesNotContain("client-secret", failure.Message);
        if (kind is FailureKind.RateLimited or FailureKind.Unavailable) Assert.Equal(TimeSpan.FromSeconds(9), failure.RetryAfter);
    }

    [Fact]
    public async Task GetAsync_Cut_HasNoEffectOnTheCall()
    {
        wire.Next(HttpAnswers.Cut());
        Assert.Equal(Effect.None, (await Assert.ThrowsAsync<IntegrationException>(() => GetAsync(Own))).Effect);
    }

    private static HttpAnswer Token(string token, int seconds = 3600, string? refresh = null) => HttpAnswers.Json(
        $$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":{{seconds}}{{(refresh is null ? "" : $",\"refresh_token\":\"{refresh}\"")}}}""");

    private async Task<string> GetAsync(OAuth2Settings settings)
    {
        var context = test.Create();
        var tokens = await OAuth2Tokens.OfAsync(settings, context, CancellationToken.None);
        return (await tokens.GetAsync(context, null, CancellationToken.None)).Reveal();
    }

    private async Task<ApiAnswer> SendAsync(OAuth2Settings settings)
    {
        var context = test.Create();
        var tokens = await OAuth2Tokens.OfAsync(settings, context, CancellationToken.None);
        return await tokens.SendAsync(
            token => new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/me") { Headers = { Authorization = new("Bearer", token.Reveal()) } },
            context, CancellationToken.None);
    }

    private static string? Value(RecordedRequest request, string name) => HttpUtility.ParseQueryString(request.BodyText)[name];

    private static string Form(RecordedRequest request)
    {
        var form = HttpUtility.ParseQueryString(request.BodyText);
        return string.Join('&', form.AllKeys.Order(StringComparer.Ordinal).Select(name => $"{name}={form[name]}"));
    }
}
