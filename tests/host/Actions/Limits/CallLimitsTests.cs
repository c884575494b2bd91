using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Actions.Limits;

/// <summary>What a node decides from its own memory: places, and the breaker.</summary>
public sealed class CallLimitsTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private static readonly ProblemException Away = Failed(ProblemCode.ProviderUnavailable, FailureKind.Unavailable);

    private LimitsNode node = null!; // started before each test

    private CallLimits Limits => node.Limits;

    public async ValueTask InitializeAsync() => node = await LimitsNode.StartAsync(database);

    public ValueTask DisposeAsync() => node.DisposeAsync();

    [Fact]
    public async Task AtOnce_IsTheAdminsLimitOrTheHostsOwn()
    {
        Assert.Equal(CallLimits.DurableAtOnce, CallLimits.AtOnce(await node.AddAsync()));
        Assert.Equal(3, CallLimits.AtOnce(await node.AddAsync(atOnce: 3)));
    }

    [Fact]
    public async Task EnterAsync_NoRoom_WaitsForAPlaceAndThenIsRefused()
    {
        var (integration, other) = (await node.AddAsync(atOnce: 2), await node.AddAsync(atOnce: 1));
        var first = await Limits.EnterAsync(integration, default);
        using var durable = await Limits.PlaceAsync(integration, default);
        using var elsewhere = await Limits.EnterAsync(other, default);

        var waiting = Limits.EnterAsync(integration, default).AsTask();
        Assert.False(waiting.IsCompleted);
        first!.Dispose();
        first.Dispose();
        using (await waiting)
        {
            var refused = Limits.EnterAsync(integration, default).AsTask();
            node.Clock.Advance(CallLimits.PatienceForPlace);
            var problem = await Assert.ThrowsAsync<ProblemException>(() => refused);
            Assert.Equal((ProblemCode.RateLimited, Effect.None, TimeSpan.FromSeconds(1)), (problem.Code, problem.Effect, problem.RetryAfter));
        }
    }

    [Fact]
    public async Task PlaceAsync_NoRoom_WaitsAsLongAsItTakes()
    {
        var integration = await node.AddAsync(atOnce: 1);
        var first = await Limits.EnterAsync(integration, default);
        var waiting = Limits.PlaceAsync(integration, default).AsTask();
        node.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(waiting.IsCompleted);
        first!.Dispose();
        (await waiting)!.Dispose();
    }

    [Fact]
    public async Task EnterAsync_CallerLeavesOrIsRefused_NothingIsKept()
    {
        var integration = await node.AddAsync(atOnce: 1);
        using var leaving = new CancellationTokenSource();
        var first = await Limits.EnterAsync(integration, default);
        var waiting = Limits.EnterAsync(integration, leaving.Token).AsTask();
        var refused = Limits.EnterAsync(integration, default).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        node.Clock.Advance(CallLimits.PatienceForPlace);
        await Assert.ThrowsAsync<ProblemException>(() => refused);
        Assert.Equal(1, node.Places.Count);
        first!.Dispose();
        Assert.Equal(0, node.Places.Count);
        (await Limits.EnterAsync(integration, default))!.Dispose();
    }

    [Fact]
    public async Task EnterAsync_ManyAtOnce_NeverMoreThanAllowed()
    {
        var integration = await node.AddAsync(atOnce: 3);
        var (running, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            using var place = i % 2 == 0 ? await Limits.PlaceAsync(integration, default) : await Limits.EnterAsync(integration, default);
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
        })));
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, node.Places.Count);
    }

    [Fact]
    public async Task EnterAsync_PausedWhileItWaited_IsRefusedAndGivesItsPlaceBack()
    {
        var integration = await node.AddAsync(atOnce: 1);
        var first = await Limits.EnterAsync(integration, default);
        var waiting = Limits.EnterAsync(integration, default).AsTask();
        Limits.Tell(integration, new ProblemException(ProblemCode.RateLimited, "x") { RetryAfter = TimeSpan.FromMinutes(1) });
        first!.Dispose();
        Assert.Equal(ProblemCode.RateLimited, (await Assert.ThrowsAsync<ProblemException>(() => waiting)).Code);
        Assert.Equal(0, node.Places.Count);
    }

    [Fact]
    public async Task Tell_OtherSideAwayAgainAndAgain_IsLeftAloneThenTriedOnce()
    {
        var (integration, other) = (await node.AddAsync(), await node.AddAsync());
        await BreakAsync(integration);
        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await Limits.EnterAsync(integration, default));
        Assert.Equal((ProblemCode.ProviderUnavailable, Effect.None, Breaker.BreakSpan), (refused.Code, refused.Effect, refused.RetryAfter));
        Assert.Equal(Breaker.BreakSpan, await Limits.TakeAsync(integration, default));
        Assert.Null(Limits.BlockedFor(other));

        // What still comes in from before changes nothing.
        node.Clock.Advance(Breaker.BreakSpan / 2);
        Limits.Tell(integration, null);
        Limits.Tell(integration, Away);
        Assert.Equal(Breaker.BreakSpan / 2, Limits.BlockedFor(integration));
        node.Clock.Advance(Breaker.BreakSpan / 2);
        Limits.Tell(integration, Away);
        Assert.Null(Limits.BlockedFor(integration));

        // One may try; it fails, and everything begins again.
        Assert.Null(await Limits.TakeAsync(integration, default));
        Assert.NotNull(Limits.BlockedFor(integration));
        Assert.NotNull(await Limits.TakeAsync(integration, default));
        await Assert.ThrowsAsync<ProblemException>(async () => await Limits.EnterAsync(integration, default));
        Limits.Tell(integration, Away);
        Assert.Equal(Breaker.BreakSpan, Limits.BlockedFor(integration));

        // One may try, and does not come that far; the next one succeeds.
        node.Clock.Advance(Breaker.BreakSpan);
        Assert.Null(await Limits.EnterAsync(integration, default));
        Limits.Tell(integration, Failed(ProblemCode.HostStopping, FailureKind.Unavailable));
        Assert.Null(await Limits.EnterAsync(integration, default));
        Limits.Tell(integration, null);
        Assert.Null(Limits.BlockedFor(integration));
        Assert.Null(await Limits.TakeAsync(integration, default));
        Assert.Null(await Limits.TakeAsync(integration, default));
        Assert.Equal(0, node.Breakers.Count);
    }

    [Fact]
    public async Task Enter_TrialNeverTold_AnotherMayTry()
    {
        var integration = await node.AddAsync();
        await BreakAsync(integration);
        node.Clock.Advance(Breaker.BreakSpan);
        Assert.Null(await Limits.TakeAsync(integration, default));
        Assert.NotNull(await Limits.TakeAsync(integration, default));
        node.Clock.Advance(TimeSpan.FromSeconds(32));
        Assert.Null(await Limits.TakeAsync(integration, default));
    }

    [Fact]
    public async Task Tell_OtherSideIsThere_NothingIsKept()
    {
        var integration = await node.AddAsync();
        foreach (var problem in new[]
        {
            null, Failed(ProblemCode.ProviderFailed, FailureKind.Unauthorized), Failed(ProblemCode.ProviderFailed, FailureKind.Unexpected),
            Failed(ProblemCode.RateLimited, FailureKind.RateLimited), Failed(ProblemCode.InvalidInput, null), Failed(ProblemCode.InvalidInput, FailureKind.InvalidInput),
        })
        {
            for (var i = 0; i < 100; i++) Limits.Tell(integration, problem);
        }

        Assert.Null(Limits.BlockedFor(integration));
        Assert.Equal(0, node.Breakers.Count);
    }

    [Fact]
    public async Task Tell_EveryFifthCallGoesWell_IsNotLeftAlone()
    {
        var integration = await node.AddAsync();
        for (var i = 0; i < 200; i++) Limits.Tell(integration, i % 5 == 4 ? null : Away);
        Assert.Null(Limits.BlockedFor(integration));
    }

    [Fact]
    public async Task Tell_FailuresFarApart_AreNotAddedUp()
    {
        var integration = await node.AddAsync();
        for (var i = 0; i < 3 * Breaker.FewestCalls; i++)
        {
            Limits.Tell(integration, Away);
            node.Clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Null(Limits.BlockedFor(integration));
    }

    [Fact]
    public async Task Breakers_NobodyCallsAnyMoreOrGoWellAgain_AreForgotten()
    {
        var (left, recovered) = (await node.AddAsync(), await node.AddAsync());
        Limits.Tell(left, Away);
        Limits.Tell(recovered, Away);
        Assert.Equal(2, node.Breakers.Count);
        node.Clock.Advance(Breaker.Window + TimeSpan.FromSeconds(1));
        Limits.Tell(recovered, null);
        Assert.Equal(1, node.Breakers.Count);
        node.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, node.Breakers.Count);
    }

    [Fact]
    public async Task Change_ByAnAdmin_EndsIt()
    {
        var integration = await node.AddAsync();
        await BreakAsync(integration);
        node.Rooms.Changes.Publish(new IntegrationChange(integration.Id, integration.TenantId, "smtp"));
        Assert.Null(Limits.BlockedFor(integration));
        Assert.Equal(0, node.Breakers.Count);
    }

    [Fact]
    public async Task Change_HeardOfAgain_EndsNothing()
    {
        var integration = await node.AddAsync();
        await BreakAsync(integration);
        var heard = IntegrationChange.FromPayload(new IntegrationChange(integration.Id, integration.TenantId, "smtp").ToPayload());
        Assert.True(heard is { IsEcho: true });
        node.Rooms.Changes.Publish(heard);
        Assert.NotNull(Limits.BlockedFor(integration));

        var others = IntegrationChange.FromPayload(heard.ToPayload().Replace("\"by\":\"", "\"by\":\"1", StringComparison.Ordinal));
        Assert.True(others is { IsEcho: false });
        node.Rooms.Changes.Publish(others);
        Assert.Null(Limits.BlockedFor(integration));
    }

    [Fact]
    public async Task WithoutLimits_CallsThatGoWell_AllocateNothing()
    {
        var integration = await node.AddAsync();
        for (var i = 0; i < 2; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 1_000; call++)
            {
                if (Limits.BlockedFor(integration) is not null || !Limits.EnterAsync(integration, default).IsCompletedSuccessfully
                    || !Limits.TakeAsync(integration, default).IsCompletedSuccessfully) Assert.Fail("It is not blocked.");
                Limits.Tell(integration, null);
            }

            if (i == 1) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private async Task BreakAsync(BoundIntegration integration)
    {
        for (var i = 0; i < Breaker.FewestCalls - 1; i++) Limits.Tell(integration, Away);
        Assert.Null(await Limits.EnterAsync(integration, default));
        Limits.Tell(integration, Failed(ProblemCode.ProviderTimeout, FailureKind.OutcomeUnknown));
        Assert.Equal(Breaker.BreakSpan, Limits.BlockedFor(integration));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, value, seen);
    }

    private static ProblemException Failed(ProblemCode code, FailureKind? kind) => new(code, "It failed.") { FailureKind = kind };
}
