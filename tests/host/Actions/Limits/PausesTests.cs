using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Actions.Limits;

/// <summary>The other side has asked to wait.</summary>
public abstract class PausesTests : IAsyncLifetime
{
    private protected static readonly TimeSpan Asked = TimeSpan.FromMinutes(5);

    protected PausesTests(TestDatabase database)
    {
        Database = database;
        database.SkipUnlessAvailable();
    }

    protected TestDatabase Database { get; }

    private protected LimitsNode Node { get; private set; } = null!; // started before each test

    public async ValueTask InitializeAsync() => Node = await LimitsNode.StartAsync(Database);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Tell_RateLimitedWithRetryAfter_LeavesItAloneForSoLong()
    {
        var (integration, other) = (await Node.AddAsync(), await Node.AddAsync());
        Node.Limits.Tell(integration, Limited(Asked));
        Assert.Equal(Asked, Node.Limits.BlockedFor(integration));
        Assert.Equal(Asked, await Node.Limits.TakeAsync(integration, default));
        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await Node.Limits.EnterAsync(integration, default));
        Assert.Equal((ProblemCode.RateLimited, Effect.None, Asked), (refused.Code, refused.Effect, refused.RetryAfter));
        Assert.Null(Node.Limits.BlockedFor(other));

        Node.Clock.Advance(Asked);
        Assert.Null(Node.Limits.BlockedFor(integration));
        Assert.Null(await Node.Limits.EnterAsync(integration, default));
    }

    [Fact]
    public async Task Tell_SeveralAtOnce_TheLongestHolds()
    {
        var integration = await Node.AddAsync();
        foreach (var wait in new[] { Asked, Asked / 2, Asked * 2, TimeSpan.FromSeconds(1) }) Node.Limits.Tell(integration, Limited(wait));
        Assert.Equal(Asked * 2, Node.Limits.BlockedFor(integration));
    }

    [Fact]
    public async Task Tell_LongerThanAnHour_IsAnHour()
    {
        var integration = await Node.AddAsync();
        Node.Limits.Tell(integration, Limited(TimeSpan.FromDays(400)));
        Assert.Equal(Pauses.Longest, Node.Limits.BlockedFor(integration));
        await EventuallyStoredAsync(integration, isPaused: true);
        await using var second = await Node.StartSecondAsync(Database);
        await Eventually.HoldsAsync(() => second.Limits.BlockedFor(integration) is not null);
        Assert.InRange(second.Limits.BlockedFor(integration).GetValueOrDefault(), Pauses.Longest / 2, Pauses.Longest);
    }

    [Fact]
    public async Task Tell_WithoutTime_LeavesNothingBehind()
    {
        var integration = await Node.AddAsync();
        foreach (var wait in new TimeSpan?[] { null, TimeSpan.Zero, TimeSpan.FromSeconds(-5) }) Node.Limits.Tell(integration, Limited(wait));
        Assert.Null(Node.Limits.BlockedFor(integration));
    }

    [Fact]
    public async Task Start_PausedBefore_IsNotForgotten()
    {
        var integration = await Node.AddAsync(perMinute: 600);
        Assert.Null(await Node.Limits.TakeAsync(integration, default));
        Node.Limits.Tell(integration, Limited(Asked));
        await EventuallyStoredAsync(integration, isPaused: true);

        await using var second = await Node.StartSecondAsync(Database);
        await Eventually.HoldsAsync(() => second.Limits.BlockedFor(integration) is not null);
        Assert.InRange(second.Limits.BlockedFor(integration).GetValueOrDefault(), Asked / 2, Asked);
    }

    [Fact]
    public async Task Stop_PausedJustBefore_IsWritten()
    {
        var integration = await Node.AddAsync();
        await using (var second = await Node.StartSecondAsync(Database)) second.Limits.Tell(integration, Limited(Asked));
        Assert.True(await IsPausedAsync(integration));
    }

    [Fact]
    public async Task Change_ByAnAdmin_EndsIt()
    {
        var integration = await Node.AddAsync();
        Node.Limits.Tell(integration, Limited(Asked));
        await EventuallyStoredAsync(integration, isPaused: true);
        await ChangeAsync(integration);
        Assert.Null(Node.Limits.BlockedFor(integration));
        await EventuallyStoredAsync(integration, isPaused: false);
    }

    private protected static ProblemException Limited(TimeSpan? wait) =>
        new(ProblemCode.RateLimited, "It gets too many calls.") { FailureKind = FailureKind.RateLimited, RetryAfter = wait };

    private protected async Task ChangeAsync(BoundIntegration integration)
    {
        var caller = new Caller { Name = "test", Role = CallerRole.Admin, HomeTenantId = integration.TenantId, TenantId = integration.TenantId };
        await Node.Rooms.Get<IntegrationStore>().PatchAsync(
            integration.Id, new JsonObject { ["config"] = new JsonObject { ["address"] = "there" } }, null, caller, CancellationToken.None);
    }

    private protected Task EventuallyStoredAsync(BoundIntegration integration, bool isPaused) =>
        Eventually.HoldsAsync(async () => await IsPausedAsync(integration) == isPaused);

    private async Task<bool> IsPausedAsync(BoundIntegration integration)
    {
        await using var context = Database.CreateContext();
        return await context.Set<IntegrationPacing>().AnyAsync(row => row.IntegrationId == integration.Id && row.PausedUntil != null);
    }
}

public sealed class PausesOnSqliteTests(SqliteDatabase database) : PausesTests(database), IClassFixture<SqliteDatabase>;

public sealed class PausesOnPostgresTests(PostgresDatabase database) : PausesTests(database), IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task Tell_OnOneNode_ReachesTheOther()
    {
        var integration = await Node.AddAsync();
        await using var other = await Node.StartSecondAsync(Database);
        Node.Limits.Tell(integration, Limited(TimeSpan.FromMinutes(5)));
        await Eventually.HoldsAsync(() => other.Limits.BlockedFor(integration) is not null);

        // An admin's change on one ends it on both.
        await ChangeAsync(integration);
        await Eventually.HoldsAsync(() => other.Limits.BlockedFor(integration) is null);
        await EventuallyStoredAsync(integration, isPaused: false);
    }

    [Fact]
    public async Task Hear_WhatItHasSaidItself_IsPassedOver()
    {
        var integration = await Node.AddAsync();
        await using var context = Database.CreateContext();
        await context.Database.OpenConnectionAsync();
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await using (var listen = new NpgsqlCommand($"LISTEN {PauseStore.Channel}", connection)) await listen.ExecuteNonQueryAsync();
        string? said = null;
        connection.Notification += (_, notification) => said = notification.Payload;

        Node.Limits.Tell(integration, Limited(Asked));
        await connection.WaitAsync();
        Node.Clock.Advance(Asked);
        Node.Rooms.Get<Pauses>().Hear(said!);
        Assert.Null(Node.Limits.BlockedFor(integration));

        await using var other = await Node.StartSecondAsync(Database);
        other.Rooms.Get<Pauses>().Hear(said!);
        Assert.NotNull(other.Limits.BlockedFor(integration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00000000-0000-0000-0000-000000000001 5")]
    [InlineData("00000000-0000-0000-0000-000000000001 -5 other")]
    [InlineData("00000000-0000-0000-0000-000000000001 99999999999999999999999 other")]
    [InlineData("00000000-0000-0000-0000-000000000001 5 other more")]
    public async Task Hear_WhatANewerVersionSays_IsPassedOver(string payload)
    {
        var integration = await Node.AddAsync();
        await using var context = Database.CreateContext();
        await context.NotifyAsync(PauseStore.Channel, payload, CancellationToken.None);
        await context.NotifyAsync(PauseStore.Channel, $"{integration.Id:D} 60000 other", CancellationToken.None);
        await Eventually.HoldsAsync(() => Node.Limits.BlockedFor(integration) is not null);
    }
}
