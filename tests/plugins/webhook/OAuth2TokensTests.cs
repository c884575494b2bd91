using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Webhook.Tests;

public sealed class OAuth2TokensTests : IAsyncDisposable
{
    private const string TokenUrl = "https://login.example.com/token";

    private static readonly WebhookConfig Config = WebhookTest.Config(
        $$"""
        "auth": {"type": "oauth2_client_credentials", "token_url": "{{TokenUrl}}", "client_id": "c d", "client_secret": "s:é", "scope": "a b"}
        """);

    private readonly WebhookTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    private int Fetches => test.Wire.Requests.Count(request => request.Uri.AbsoluteUri == TokenUrl);

    [Fact]
    public async Task Push_FetchesATokenOnceAndKeepsIt()
    {
        test.Wire.Next(Token("t1"), HttpAnswers.Json("{}"), HttpAnswers.Json("{}"));

        await test.PushAsync(Config);
        await test.PushAsync(Config);

        var fetch = test.Wire.Requests[0];
        Assert.Equal("grant_type=client_credentials&scope=a+b", fetch.BodyText);
        Assert.Equal("Basic " + Convert.ToBase64String("c+d:s%3A%C3%A9"u8), fetch.Header("Authorization"));
        Assert.Equal(["Bearer t1", "Bearer t1"], test.Wire.Requests.Skip(1).Select(request => request.Header("Authorization")));
    }

    [Fact]
    public async Task Push_ShortlyBeforeTheTokenExpires_FetchesAnother()
    {
        test.Wire.Next(Token("t1"), HttpAnswers.Json("{}"), HttpAnswers.Json("{}"), Token("t2"), HttpAnswers.Json("{}"));

        await test.PushAsync(Config);
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(3600 - 61));
        await test.PushAsync(Config);
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(2));
        await test.PushAsync(Config);

        Assert.Equal(2, Fetches);
        Assert.Equal("Bearer t2", test.Wire.Requests[^1].Header("Authorization"));
    }

    [Fact]
    public async Task Push_ManyAtOnce_ShareOneFetch()
    {
        var gate = new TaskCompletionSource();
        test.Wire.Next(async (request, cancellationToken) =>
        {
            await gate.Task;
            return await Token("t1")(request, cancellationToken);
        }).Otherwise(HttpAnswers.Json("{}"));

        var pushes = Enumerable.Range(0, 20).Select(_ => test.PushAsync(Config)).ToList();
        gate.SetResult();
        await Task.WhenAll(pushes);

        Assert.Equal((1, 21), (Fetches, test.Wire.Requests.Count));
    }

    [Fact]
    public async Task Push_FirstCallerGivesUp_TheOthersStillGetTheToken()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource();
        test.Wire.Next(async (request, cancellationToken) =>
        {
            asked.SetResult();
            await gate.Task.WaitAsync(cancellationToken);
            return await Token("t1")(request, cancellationToken);
        }).Otherwise(HttpAnswers.Json("{}"));
        using var impatience = new CancellationTokenSource();

        var first = test.PushAsync(Config, cancellationToken: impatience.Token);
        await asked.Task;
        var second = test.PushAsync(Config);
        await impatience.CancelAsync();
        gate.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(200, (await second).StatusCode);
        Assert.Equal(1, Fetches);
    }

    [Fact]
    public async Task Push_TokenRefusedByTheEndpoint_IsRenewedOnceAndTheCallRepeated()
    {
        test.Wire.Next(Token("t1"), HttpAnswers.Status(HttpStatusCode.Unauthorized), Token("t2"), HttpAnswers.Json("{}"));

        await test.PushAsync(Config);

        var (refused, repeated) = (test.Wire.Requests[1], test.Wire.Requests[3]);
        Assert.Equal(("Bearer t1", "Bearer t2"), (refused.Header("Authorization"), repeated.Header("Authorization")));
        Assert.Equal((refused.Header("webhook-id"), refused.BodyText), (repeated.Header("webhook-id"), repeated.BodyText));
    }

    [Fact]
    public async Task Push_NewTokenRefusedAsWell_IsUnauthorized()
    {
        test.Wire.Next(
            Token("t1"), HttpAnswers.Status(HttpStatusCode.Unauthorized), Token("t2"), HttpAnswers.Status(HttpStatusCode.Unauthorized));

        var failure = await test.FailAsync(Config);

        Assert.Equal(FailureKind.Unauthorized, failure.Kind);
        Assert.Equal(4, test.Wire.Requests.Count);
    }

    [Fact]
    public async Task Push_ServerTakesTheSecretInTheBodyOnly_IsServed()
    {
        test.Wire.Next(
            HttpAnswers.Json(HttpStatusCode.Unauthorized, """{"error":"invalid_client"}"""), Token("t1"), HttpAnswers.Json("{}"));

        await test.PushAsync(Config);

        Assert.Equal("grant_type=client_credentials&scope=a+b&client_id=c+d&client_secret=s%3A%C3%A9", test.Wire.Requests[1].BodyText);
        Assert.Null(test.Wire.Requests[1].Header("Authorization"));
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client"}""", FailureKind.Unauthorized, "refused the client credentials (invalid_client)")]
    [InlineData(400, """{"error":"unauthorized_client"}""", FailureKind.Unauthorized, "refused the client credentials (unauthorized_client)")]
    [InlineData(400, """{"error":"vendor words"}""", FailureKind.Unauthorized, "refused the client credentials (400)")]
    [InlineData(400, """{"error":"invalid_scope"}""", FailureKind.InvalidConfiguration, "check auth.scope")]
    [InlineData(400, """{"error":"unsupported_grant_type"}""", FailureKind.InvalidConfiguration, "check auth.token_url")]
    [InlineData(302, "", FailureKind.InvalidConfiguration, "answered 302")]
    [InlineData(404, "<html>", FailureKind.InvalidConfiguration, "answered 404")]
    [InlineData(429, "", FailureKind.RateLimited, "too many calls")]
    [InlineData(500, "<html>", FailureKind.Unavailable, "answered 500")]
    [InlineData(200, "<html>", FailureKind.InvalidConfiguration, "without an access token")]
    [InlineData(200, "[]", FailureKind.InvalidConfiguration, "without an access token")]
    [InlineData(200, """{"access_token":""}""", FailureKind.InvalidConfiguration, "without an access token")]
    [InlineData(200, """{"access_token":"a\r\nb"}""", FailureKind.InvalidConfiguration, "without an access token")]
    [InlineData(200, """{"access_token":"a","token_type":"mac"}""", FailureKind.InvalidConfiguration, "another type than Bearer")]
    public async Task Push_NoToken_SaysWhyAndSendsNothing(int status, string answer, FailureKind kind, string words)
    {
        test.Wire.Otherwise(HttpAnswers.Json((HttpStatusCode)status, answer).WithHeader("Retry-After", "9"));

        var failure = await test.FailAsync(Config);

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(words, failure.Message);
        Assert.DoesNotContain("vendor words", failure.Message);
        Assert.Equal(kind is FailureKind.RateLimited or FailureKind.Unavailable ? TimeSpan.FromSeconds(9) : null, failure.RetryAfter);
        Assert.All(test.Wire.Requests, request => Assert.Equal(TokenUrl, request.Uri.AbsoluteUri));
    }

    [Fact]
    public async Task Push_TokenEndpointCut_HadNoEffect()
    {
        test.Wire.Next(HttpAnswers.Cut());

        var failure = await test.FailAsync(Config);

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
    }

    [Fact]
    public async Task Push_TokenEndpointSilent_EndsInItsOwnTimeout()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Wire.Next(async (request, cancellationToken) =>
        {
            asked.SetResult();
            return await HttpAnswers.Timeout()(request, cancellationToken);
        });

        var push = test.FailAsync(Config);
        await asked.Task;
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(31));

        var failure = await push;
        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal("The token endpoint did not answer in time.", failure.Message);
    }

    [Fact]
    public async Task Push_AfterAFailedFetch_TriesAgain()
    {
        test.Wire.Next(HttpAnswers.Status(HttpStatusCode.ServiceUnavailable), Token("t1"), HttpAnswers.Json("{}"));

        await test.FailAsync(Config);

        Assert.Equal(200, (await test.PushAsync(Config)).StatusCode);
    }

    private static HttpAnswer Token(string value) =>
        HttpAnswers.Json($$"""{"access_token":"{{value}}","token_type":"bearer","expires_in":3600}""");
}
