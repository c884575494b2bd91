using System.Net;
using System.Text;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Abstractions.Tests;

public sealed class ApiAnswerTests : IDisposable
{
    private readonly StubHttp wire = new();
    private readonly TimeProvider clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => wire.Dispose();

    [Fact]
    public async Task SendAsync_Json_IsReadWhateverItClaimsToBe()
    {
        wire.Next(HttpAnswers.Content(HttpStatusCode.OK, () => new StringContent("""{"a":1}""", Encoding.UTF8, "text/plain")));
        var answer = await SendAsync(HttpMethod.Get);
        Assert.True(answer.IsSuccess);
        Assert.Equal("text/plain", answer.MediaType);
        Assert.Equal(1, answer.Json!.Value.GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task SendAsync_Html_IsNoJson()
    {
        wire.Next(HttpAnswers.Html(HttpStatusCode.OK));
        Assert.Null((await SendAsync(HttpMethod.Get)).Json);
    }

    [Theory]
    [InlineData(401, FailureKind.Unauthorized)]
    [InlineData(403, FailureKind.Forbidden)]
    [InlineData(404, FailureKind.NotFound)]
    [InlineData(408, FailureKind.Unavailable)]
    [InlineData(409, FailureKind.Rejected)]
    [InlineData(410, FailureKind.NotFound)]
    [InlineData(422, FailureKind.InvalidInput)]
    [InlineData(429, FailureKind.RateLimited)]
    [InlineData(302, FailureKind.InvalidConfiguration)]
    [InlineData(500, FailureKind.Unavailable)]
    [InlineData(503, FailureKind.Unavailable)]
    public async Task Kind_FollowsTheStatus(int status, FailureKind kind)
    {
        wire.Next(HttpAnswers.Status((HttpStatusCode)status));
        Assert.Equal(kind, (await SendAsync(HttpMethod.Post)).ToFailure("No.").Kind);
    }

    [Theory]
    [InlineData("POST", 500, Effect.Possible)]
    [InlineData("POST", 408, Effect.Possible)]
    [InlineData("POST", 302, Effect.Possible)]
    [InlineData("POST", 400, Effect.None)]
    [InlineData("POST", 429, Effect.None)]
    [InlineData("GET", 500, Effect.None)]
    [InlineData("HEAD", 408, Effect.None)]
    public async Task Effect_IsNoneWhereNothingCanHaveChanged(string method, int status, Effect effect)
    {
        wire.Next(HttpAnswers.Status((HttpStatusCode)status));
        Assert.Equal(effect, (await SendAsync(new HttpMethod(method))).ToFailure("No.").Effect);
    }

    [Theory]
    [InlineData("GET", Effect.None)]
    [InlineData("POST", Effect.Possible)]
    public async Task SendAsync_Cut_HasAnEffectOnlyWhereItWrote(string method, Effect effect)
    {
        wire.Next(HttpAnswers.Cut());
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => SendAsync(new HttpMethod(method)));
        Assert.Equal((FailureKind.Unavailable, effect), (failure.Kind, failure.Effect));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendAsync_TooLarge_IsNotReadOn(bool isDeclared)
    {
        wire.Next(isDeclared ? HttpAnswers.Json(new string(' ', 2000) + "{}") : HttpAnswers.Endless());
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => SendAsync(HttpMethod.Get, 1024));
        Assert.Equal((FailureKind.Rejected, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("1 KiB", failure.Message);
    }

    [Fact]
    public async Task RetryAfter_IsReadInBothForms_AndBounded()
    {
        wire.Next(
            HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)),
            HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, clock.GetUtcNow().AddSeconds(90)),
            HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, clock.GetUtcNow().AddSeconds(-90)),
            HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromDays(9)),
            HttpAnswers.Status(HttpStatusCode.TooManyRequests).WithHeader("Retry-After", "soon"));
        TimeSpan?[] expected = [TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(90), TimeSpan.Zero, TimeSpan.FromDays(1), null];
        foreach (var wait in expected) Assert.Equal(wait, (await SendAsync(HttpMethod.Get)).RetryAfter);
    }

    private async Task<ApiAnswer> SendAsync(HttpMethod method, int maxBytes = ApiAnswer.DefaultMaxBytes)
    {
        using var http = wire.CreateClient();
        using var request = new HttpRequestMessage(method, "https://api.example.com/things");
        return await ApiAnswer.SendAsync(http, request, clock, CancellationToken.None, maxBytes);
    }
}
