using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookFailuresTests : IAsyncDisposable
{
    private readonly WebhookTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [InlineData(301, FailureKind.InvalidConfiguration, Effect.Possible)]
    [InlineData(303, FailureKind.InvalidConfiguration, Effect.Possible)]
    [InlineData(400, FailureKind.Rejected, Effect.None)]
    [InlineData(401, FailureKind.Unauthorized, Effect.None)]
    [InlineData(403, FailureKind.Forbidden, Effect.None)]
    [InlineData(404, FailureKind.NotFound, Effect.None)]
    [InlineData(405, FailureKind.Rejected, Effect.None)]
    [InlineData(408, FailureKind.Unavailable, Effect.Possible)]
    [InlineData(409, FailureKind.Rejected, Effect.None)]
    [InlineData(410, FailureKind.Rejected, Effect.None)]
    [InlineData(413, FailureKind.Rejected, Effect.None)]
    [InlineData(422, FailureKind.Rejected, Effect.None)]
    [InlineData(425, FailureKind.Unavailable, Effect.None)]
    [InlineData(429, FailureKind.RateLimited, Effect.None)]
    [InlineData(500, FailureKind.Unavailable, Effect.Possible)]
    [InlineData(502, FailureKind.Unavailable, Effect.Possible)]
    [InlineData(503, FailureKind.Unavailable, Effect.Possible)]
    [InlineData(504, FailureKind.Unavailable, Effect.Possible)]
    public async Task ExecuteAsync_NotSuccess_BecomesItsKindOfFailure(int status, FailureKind kind, Effect effect)
    {
        test.Wire.Next(HttpAnswers.Html((HttpStatusCode)status, "<h1>vendor words</h1>"));

        var failure = await test.FailAsync(WebhookTest.Config());

        Assert.Equal((kind, effect), (failure.Kind, failure.Effect));
        Assert.StartsWith($"The webhook endpoint answered {status}. ", failure.Message);
        Assert.DoesNotContain("vendor words", failure.Message);
        Assert.DoesNotContain("tenant=7", failure.ToString());
        Assert.Equal(status is 410 ? UnusableReason.EndpointGone : null, failure.MakesUnusable);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task ExecuteAsync_RetryAfter_IsCarried(int status)
    {
        var code = (HttpStatusCode)status;
        test.Wire.Next(
            HttpAnswers.RetryAfter(code, TimeSpan.FromSeconds(7)),
            HttpAnswers.RetryAfter(code, test.Host.Clock.GetUtcNow().AddMinutes(3)),
            HttpAnswers.RetryAfter(code, test.Host.Clock.GetUtcNow().AddMinutes(-3)),
            HttpAnswers.RetryAfter(code, TimeSpan.FromDays(400)),
            HttpAnswers.Status(code).WithHeader("Retry-After", "soon"),
            HttpAnswers.Status(code));

        TimeSpan?[] expected = [TimeSpan.FromSeconds(7), TimeSpan.FromMinutes(3), TimeSpan.Zero, TimeSpan.FromDays(1), null, null];
        foreach (var wait in expected)
        {
            Assert.Equal(wait, (await test.FailAsync(WebhookTest.Config())).RetryAfter);
        }
    }

    [Fact]
    public async Task ExecuteAsync_Redirect_IsNotFollowed()
    {
        test.Wire.Next(HttpAnswers.Redirect("https://elsewhere.example.com/"));

        var failure = await test.FailAsync(WebhookTest.Config());

        Assert.Contains("set url to the final address", failure.Message);
        Assert.Single(test.Wire.Requests);
    }

    [Fact]
    public async Task ExecuteAsync_NobodyListens_HadNoEffect()
    {
        test.Wire.Next(HttpAnswers.Refused());

        var failure = await test.FailAsync(WebhookTest.Config());

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
    }

    [Fact]
    public async Task ExecuteAsync_CutBeforeTheAnswer_MayHaveHadAnEffect()
    {
        test.Wire.Next(HttpAnswers.Cut());

        var failure = await test.FailAsync(WebhookTest.Config());

        Assert.Equal((FailureKind.Unavailable, Effect.Possible), (failure.Kind, failure.Effect));
        Assert.Equal("The connection to hooks.example.com broke before the answer was complete.", failure.Message);
    }

    [Fact]
    public async Task ExecuteAsync_EndlessErrorBody_IsNotRead()
    {
        test.Wire.Next(HttpAnswers.Endless(HttpStatusCode.InternalServerError));

        Assert.Equal(FailureKind.Unavailable, (await test.FailAsync(WebhookTest.Config())).Kind);
    }

    [Fact]
    public async Task ExecuteAsync_NoAnswer_LeavesTheTimeoutToTheHost()
    {
        test.Wire.Next(HttpAnswers.Timeout());
        using var deadline = new CancellationTokenSource();

        var push = test.PushAsync(WebhookTest.Config(), cancellationToken: deadline.Token);
        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push);
    }

    [Fact]
    public async Task ExecuteAsync_RealConnectionCut_MayHaveHadAnEffect()
    {
        await using var peer = await HttpPeer.StartAsync();
        peer.Next(HttpAnswers.Cut());
        await using var real = new WebhookTest(new LoopbackNetwork());

        var failure = await real.FailAsync(WebhookTest.Config(url: peer.Address.AbsoluteUri));

        Assert.Equal((FailureKind.Unavailable, Effect.Possible), (failure.Kind, failure.Effect));
        Assert.Single(peer.Requests);
    }

    [Fact]
    public async Task ExecuteAsync_RealPortWithoutServer_HadNoEffect()
    {
        var peer = await HttpPeer.StartAsync();
        var address = peer.Address.AbsoluteUri;
        await peer.DisposeAsync();
        await using var real = new WebhookTest(new LoopbackNetwork());

        var failure = await real.FailAsync(WebhookTest.Config(url: address));

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
    }

    [Fact]
    public async Task ExecuteAsync_RefusedByTheNetworkPolicy_SaysWhatThePolicySaid()
    {
        await using var real = new WebhookTest(new LoopbackNetwork());

        var failure = await real.FailAsync(WebhookTest.Config(url: "http://192.0.2.1/"));

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("192.0.2.1 is not an address of this machine", failure.Message);
    }

    [Fact]
    public async Task ExecuteAsync_UntrustedCertificate_SaysSo()
    {
        await using var peer = await HttpPeer.StartTlsAsync();
        await using var real = new WebhookTest(new LoopbackNetwork());

        var failure = await real.FailAsync(WebhookTest.Config(url: peer.Address.AbsoluteUri));

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("not trusted", failure.Message);
        Assert.Empty(peer.Requests);
    }
}
