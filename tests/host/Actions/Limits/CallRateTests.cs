using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Actions.Limits;

/// <summary>A rate that all nodes share. Two of them are on one database here.</summary>
public abstract class CallRateTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TestDatabase database;

    protected CallRateTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private protected LimitsNode One { get; private set; } = null!; // started before each test

    private protected LimitsNode Other { get; private set; } = null!; // started before each test

    public async ValueTask InitializeAsync()
    {
        One = await LimitsNode.StartAsync(database);
        Other = await One.StartSecondAsync(database);
    }

    public async ValueTask DisposeAsync()
    {
        await Other.DisposeAsync();
        await One.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task TakeAsync_TurnTakenOnOneNode_MakesTheOtherWait()
    {
        var integration = await One.AddAsync(perMinute: 1);
        Assert.Null(await One.Limits.TakeAsync(integration, default));
        Assert.InRange((await Other.Limits.TakeAsync(integration, default)).GetValueOrDefault(), Minute / 2, Minute);
        Assert.InRange((await One.Limits.TakeAsync(integration, default)).GetValueOrDefault(), Minute / 2, Minute);

        await SetNextAsync(integration, DateTimeOffset.UnixEpoch);
        Assert.Null(await Other.Limits.TakeAsync(integration, default));
        Assert.NotNull(await One.Limits.TakeAsync(integration, default));
    }

    [Fact]
    public async Task TakeAsync_ManyAtOnceOnBothNodes_GrantsOneTurn()
    {
        var integration = await One.AddAsync(perMinute: 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Task.Run(async () => await (i % 2 == 0 ? One : Other).Limits.TakeAsync(integration, default))));
        Assert.Single(answers, answer => answer is null);
    }

    [Fact]
    public async Task TakeAsync_ASecondsWorthAtOnce_AndNoMore()
    {
        var integration = await One.AddAsync(perMinute: 600);
        var time = Stopwatch.StartNew();
        for (var i = 0; i < 10; i++) Assert.Null(await One.Limits.TakeAsync(integration, default));
        var granted = 10;
        for (var i = 0; i < 10; i++) granted += await One.Limits.TakeAsync(integration, default) is null ? 1 : 0;
        Assert.InRange(granted, 10, 10 + (int)Math.Ceiling(time.Elapsed.TotalSeconds * 10));
    }

    [Fact]
    public async Task TakeAsync_LeftOverFromAnotherTime_HoldsNobodyUp()
    {
        var integration = await One.AddAsync(perMinute: 60);
        Assert.Null(await One.Limits.TakeAsync(integration, default));
        await SetNextAsync(integration, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Null(await One.Limits.TakeAsync(integration, default));
        Assert.NotNull(await One.Limits.TakeAsync(integration, default));
    }

    [Fact]
    public async Task TakeAsync_WithoutARate_LeavesNothingBehind()
    {
        var integration = await One.AddAsync();
        for (var i = 0; i < 100; i++) Assert.Null(await One.Limits.TakeAsync(integration, default));
        Assert.Empty(await database.QueryAsync("SELECT * FROM integration_pacing"));
    }

    [Fact]
    public async Task TakeAsync_IntegrationIsDeleted_ItsTurnsGoWithIt()
    {
        var integration = await One.AddAsync(perMinute: 1);
        await One.Limits.TakeAsync(integration, default);
        await using var context = database.CreateContext();
        context.Remove(await context.Set<Integration>().SingleAsync(row => row.Id == integration.Id));
        await context.SaveChangesAsync();
        Assert.Empty(await database.QueryAsync("SELECT * FROM integration_pacing"));
    }

    [Fact]
    public async Task EnterAsync_TurnWouldNotComeSoon_IsRefusedWithTheTimeToWait()
    {
        var integration = await One.AddAsync(perMinute: 1);
        using var first = await One.Limits.EnterAsync(integration, default);
        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await Other.Limits.EnterAsync(integration, default));
        Assert.Equal((ProblemCode.RateLimited, Effect.None), (refused.Code, refused.Effect));
        Assert.InRange(refused.RetryAfter.GetValueOrDefault(), Minute / 2, Minute);
    }

    [Fact]
    public async Task EnterAsync_TurnComesSoon_IsWaitedFor()
    {
        var integration = await One.AddAsync(perMinute: 60);
        using var first = await One.Limits.EnterAsync(integration, default);
        var second = One.Limits.EnterAsync(integration, default).AsTask();
        await Eventually.HoldsAsync(() =>
        {
            One.Clock.Advance(CallRate.Patience);
            return second.IsCompleted;
        });
        await second;
    }

    private protected async Task SetNextAsync(BoundIntegration integration, DateTimeOffset next)
    {
        await using var context = database.CreateContext();
        await context.Set<IntegrationPacing>().Where(row => row.IntegrationId == integration.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.NextCallAt, next));
    }
}

public sealed class CallRateOnSqliteTests(SqliteDatabase database) : CallRateTests(database), IClassFixture<SqliteDatabase>
{
    [Fact]
    public async Task TakeAsync_ByTheClock_SpreadsTurnsEvenly()
    {
        var integration = await One.AddAsync(perMinute: 180);
        for (var i = 0; i < 3; i++) Assert.Null(await One.Limits.TakeAsync(integration, default));
        for (var i = 0; i < 5; i++)
        {
            var wait = (await One.Limits.TakeAsync(integration, default)).GetValueOrDefault();
            Assert.InRange(wait, TimeSpan.FromMilliseconds(330), TimeSpan.FromMilliseconds(334));
            One.Clock.Advance(wait);
            Assert.Null(await One.Limits.TakeAsync(integration, default));
        }
    }

    [Fact]
    public async Task EnterAsync_TurnComesSoon_IsWaitedForAsLongAsItTakes()
    {
        var integration = await One.AddAsync(perMinute: 60);
        using var first = await One.Limits.EnterAsync(integration, default);
        var second = One.Limits.EnterAsync(integration, default).AsTask();
        Assert.False(second.IsCompleted);
        One.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(second.IsCompleted);
        One.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await second;
    }
}

public sealed class CallRateOnPostgresTests(PostgresDatabase database) : CallRateTests(database), IClassFixture<PostgresDatabase>;
