using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests.Connections;

public class SmtpPoolTests
{
    [Fact]
    public async Task SendAsync_Again_UsesTheSameConnection()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Mailed().Mailed().Mailed().Goodbye());
        await using var test = new ProviderTestContext();
        var config = Given.Config(server);

        for (var i = 0; i < 3; i++)
        {
            await test.SendAsync(config);
        }

        await test.DropResourcesAsync();
        await server.CompleteAsync();
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task SendAsync_AfterARefusal_UsesTheSameConnection()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted().Expect("MAIL *").Send("250 ok").Expect("RCPT *").Send("550 no").Expect("RSET").Send("250 ok").Mailed());
        await using var test = new ProviderTestContext();

        await test.FailAsync(Given.Config(server));
        await test.SendAsync(Given.Config(server));

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task SendAsync_IdleForTenSeconds_AsksFirst()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Mailed().Expect("NOOP").Send("250 still here").Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Given.Config(server));
        test.FakeClock.Advance(TimeSpan.FromSeconds(11));
        await test.SendAsync(Given.Config(server));

        await test.DropResourcesAsync();
        await server.CompleteAsync();
    }

    [Fact]
    public async Task SendAsync_NoopFails_OpensAnother()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted().Mailed().Expect("NOOP").Send("421 timeout"), Given.Greeted().Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Given.Config(server));
        test.FakeClock.Advance(TimeSpan.FromSeconds(11));
        await test.SendAsync(Given.Config(server));

        Assert.Equal(2, server.Connections);
    }

    public static TheoryData<string, Transcript> Stale => new()
    {
        { "closed", Given.Greeted().Mailed() },
        { "reset", Given.Greeted().Mailed().Drop() },
        { "said goodbye", Given.Greeted().Mailed().Expect("MAIL *").Send("421 4.4.2 timeout exceeded") },
        { "said goodbye before it was asked", Given.Greeted().Mailed().Send("421 4.4.2 timeout exceeded") },
        { "pipelined goodbye", Given.Greeted("PIPELINING").Mailed().Expect("MAIL *").Expect("RCPT *").Send("421 4.4.2 timeout exceeded") },
    };

    [Theory]
    [MemberData(nameof(Stale))]
    public async Task SendAsync_PooledConnectionIsGone_SendsOnAFreshOne(string how, Transcript transcript)
    {
        Assert.NotNull(how);
        await using var server = TranscriptServer.Start(transcript, Given.Greeted().Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Given.Config(server));
        var output = await test.SendAsync(Given.Config(server));

        Assert.Equal(["bot@vaka.test"], output.Accepted);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task SendAsync_FreshConnectionIsGoneToo_FailsWithoutAThird()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Mailed().Drop(), Given.Greeted().Expect("MAIL *").Drop(),
            Given.Greeted().Mailed());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Given.Config(server));
        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task SendAsync_PooledConnectionBreaksAfterTheEnd_IsNotRepeated()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Mailed().Addressed().Content().Drop(), Given.Greeted().Mailed());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Given.Config(server));
        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal(FailureKind.OutcomeUnknown, failure.Kind);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Idle_ForAMinute_IsClosed()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Given.Config(server));
        test.FakeClock.Advance(TimeSpan.FromSeconds(61));

        await server.CompleteAsync();
    }

    [Fact]
    public async Task SendAsync_HundredMails_StartsANewConnection()
    {
        var hundred = Enumerable.Range(0, 100).Aggregate(Given.Greeted(), (transcript, _) => transcript.Mailed()).Goodbye();
        await using var server = TranscriptServer.Start(hundred, Given.Greeted().Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        for (var i = 0; i < 101; i++)
        {
            await test.SendAsync(Given.Config(server));
        }

        await test.DropResourcesAsync();
        await server.CompleteAsync();
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task SendAsync_AfterGivingUpSmtpUtf8_StartsANewConnection()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted("8BITMIME", "SMTPUTF8").Mailed().Goodbye(),
            Given.Greeted("8BITMIME", "SMTPUTF8").Expect("MAIL FROM:<alice@vaka.test> SMTPUTF8*").Send("250 ok")
                .Expect("RCPT TO:<josé@vaka.test>").Send("250 ok").Content().Send("250 queued").Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(Given.Config(server), Given.Mail("a@bücher.example"));
        await test.SendAsync(Given.Config(server), Given.Mail("josé@vaka.test"));

        await test.DropResourcesAsync();
        await server.CompleteAsync();
    }

    [Fact]
    public async Task SendAsync_FourAtATime_TheFifthWaitsAndCanGiveUp()
    {
        var release = new TaskCompletionSource();
        var slow = Enumerable.Range(0, 4).Select(_ => Given.Greeted().Addressed().Content().Wait(release.Task)
            .Send("250 queued").Goodbye()).ToArray();
        await using var server = TranscriptServer.Start(slow);
        await using var test = new ProviderTestContext();
        using var cancellation = new CancellationTokenSource();

        var sending = Enumerable.Range(0, 4).Select(_ => test.SendAsync(Given.Config(server))).ToArray();
        while (server.Received.Count(line => line == ".") < 4)
        {
            await Task.Yield();
        }

        var fifth = test.SendAsync(Given.Config(server), null, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fifth);
        release.SetResult();
        await Task.WhenAll(sending);
        Assert.Equal(4, server.Connections);
    }

    [Fact]
    public async Task SendAsync_OpeningFails_GivesTheSlotBack()
    {
        await using var server = TranscriptServer.Start([.. Enumerable.Range(0, 5).Select(_ => new Transcript().Send("421 busy")),
            Given.Greeted().Mailed().Goodbye()]);
        await using var test = new ProviderTestContext();

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(FailureKind.Unavailable, (await test.FailAsync(Given.Config(server))).Kind);
        }

        await test.SendAsync(Given.Config(server));
    }
}
