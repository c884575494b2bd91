using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests.Conversations;

public sealed class ChannelPaceTests : IAsyncDisposable
{
    // Ends a test in which a message waits that should have been sent back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SlackTest test = new();

    public ChannelPaceTests() => test.Wire.Otherwise(SlackTest.Success("post_message")[0]);

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task Post_SecondWithinASecond_WaitsForItsTurnAndTheThirdIsSentBack()
    {
        await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);
        var second = test.RunAsync("post_message", SlackTest.Inputs["post_message"]);
        var third = await test.FailAsync("post_message", SlackTest.Inputs["post_message"]).WaitAsync(Patience);

        Assert.False(second.IsCompleted);
        Assert.Equal((FailureKind.RateLimited, Effect.None), (third.Kind, third.Effect));
        Assert.Equal(TimeSpan.FromSeconds(2), third.RetryAfter);
        Assert.Single(test.Wire.Requests);

        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(1));
        await second;
        Assert.Equal(2, test.Wire.Requests.Count);
    }

    [Fact]
    public async Task Post_AfterTheWaitThatWasNamed_IsSent()
    {
        await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);
        var second = test.RunAsync("post_message", SlackTest.Inputs["post_message"]);
        var refused = await test.FailAsync("post_message", SlackTest.Inputs["post_message"]).WaitAsync(Patience);

        test.Host.FakeClock.Advance(refused.RetryAfter!.Value);
        await second;
        await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);

        Assert.Equal(3, test.Wire.Requests.Count);
    }

    [Fact]
    public async Task Post_OtherChannel_DoesNotWait()
    {
        await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);
        await test.RunAsync("post_message", """{"channel": "C0RANDOM1", "text": "a"}""");

        Assert.Equal(2, test.Wire.Requests.Count);
    }

    [Fact]
    public async Task Post_OtherIntegration_DoesNotWait()
    {
        await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);
        test.Host.IntegrationId = Guid.NewGuid();
        await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);

        Assert.Equal(2, test.Wire.Requests.Count);
    }

    [Fact]
    public async Task Post_CallerGoesWhileWaiting_Stops()
    {
        await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);
        using var impatience = new CancellationTokenSource();

        var second = test.RunAsync("post_message", SlackTest.Inputs["post_message"], cancellationToken: impatience.Token);
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Single(test.Wire.Requests);
    }
}
