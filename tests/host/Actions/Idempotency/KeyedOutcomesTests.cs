using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Actions.Idempotency;

public abstract class KeyedOutcomesTests : IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    private readonly AwayContexts databases;
    private readonly KeyedInsert keys;
    private readonly KeyedOutcomes outcomes;

    protected KeyedOutcomesTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
        databases = new AwayContexts(database.Contexts);
        keys = new KeyedInsert(database.Contexts, TimeProvider.System);
        outcomes = new KeyedOutcomes(databases, clock, NullLogger<KeyedOutcomes>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await outcomes.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await outcomes.StopAsync(CancellationToken.None);
        outcomes.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task SettleAsync_Done_WritesRowAndAnswerTogether()
    {
        var (claim, begun) = await BeginAsync();

        await outcomes.SettleAsync(KeyedRows.Outcome(claim, KeyedRows.Ended(begun)));

        Assert.Equal(new EarlierExecution(begun.Id, ExecutionState.Succeeded, "sealed"), await keys.FindAsync(claim, Cancellation));
        var row = await RowAsync(begun.Id);
        Assert.Equal(("{}", 3, null, 1), (row.Output, row.DurationMs, row.LeasedBy, row.Fence));
        Assert.NotNull(row.FinishedAt);
    }

    [Fact]
    public async Task SettleAsync_NothingWasDone_ReleasesTheKeyAndKeepsTheRecord()
    {
        var (claim, begun) = await BeginAsync();

        await outcomes.SettleAsync(KeyedRows.Outcome(claim, KeyedRows.Ended(begun, ExecutionState.Dead), answer: null, releases: true));

        Assert.Null(await keys.FindAsync(claim, Cancellation));
        Assert.Equal(ExecutionState.Dead, (await RowAsync(begun.Id)).State);
    }

    [Fact]
    public async Task SettleAsync_RowThatWasTakenAway_ChangesNeitherRowNorKey()
    {
        // A host that was thought dead, whose row was given up meanwhile.
        var (claim, begun) = await BeginAsync();
        await using (var context = database.CreateContext())
        {
            await context.Set<Execution>().Where(row => row.Id == begun.Id).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, ExecutionState.Unknown).SetProperty(row => row.Fence, 2).SetProperty(row => row.LeasedBy, (Guid?)null),
                Cancellation);
        }

        await outcomes.SettleAsync(KeyedRows.Outcome(claim, KeyedRows.Ended(begun)));
        await outcomes.SettleAsync(KeyedRows.Outcome(claim, KeyedRows.Ended(begun, ExecutionState.Dead), answer: null, releases: true));

        Assert.Equal(new EarlierExecution(begun.Id, ExecutionState.Unknown, null), await keys.FindAsync(claim, Cancellation));
    }

    [Fact]
    public async Task SettleAsync_DatabaseIsAway_HoldsNobodyUpAndWritesLater()
    {
        var (claim, begun) = await BeginAsync();
        var (other, otherBegun) = await BeginAsync();
        databases.IsAway = true;

        await outcomes.SettleAsync(KeyedRows.Outcome(claim, KeyedRows.Ended(begun)));
        outcomes.SettleLater(KeyedRows.Outcome(other, KeyedRows.Ended(otherBegun, ExecutionState.Dead), answer: null, releases: true));
        Assert.Equal(ExecutionState.Running, (await keys.FindAsync(claim, Cancellation))?.State);
        await Eventually.HoldsAsync(() => databases.Asked >= 2); // once by the caller, once behind its back
        databases.IsAway = false;

        await Eventually.HoldsAsync(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1)); // the pause may begin only after the clock was moved
            return (await keys.FindAsync(claim, Cancellation))?.Answer == "sealed" && await keys.FindAsync(other, Cancellation) is null;
        });
    }

    [Fact]
    public async Task StopAsync_DatabaseIsAway_GivesUpRatherThanHanging()
    {
        var (claim, begun) = await BeginAsync();
        databases.IsAway = true;
        await outcomes.SettleAsync(KeyedRows.Outcome(claim, KeyedRows.Ended(begun)));
        await Eventually.HoldsAsync(() => databases.Asked >= 2);

        var stopping = outcomes.StopAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return stopping.IsCompleted;
        });

        Assert.Equal(ExecutionState.Running, (await keys.FindAsync(claim, Cancellation))?.State);
    }

    private async Task<(KeyClaim Claim, Execution Begun)> BeginAsync()
    {
        var (claim, row) = (KeyedRows.Claim(), KeyedRows.Running());
        Assert.Null(await keys.TryAddAsync(row, claim, Cancellation));
        return (claim, row);
    }

    private async Task<Execution> RowAsync(Guid id)
    {
        await using var context = database.CreateContext();
        return await context.Set<Execution>().AsNoTracking().SingleAsync(row => row.Id == id, Cancellation);
    }

    private sealed class AwayContexts(IDbContextFactory<HostDbContext> inner) : IDbContextFactory<HostDbContext>
    {
        private int asked;

        public volatile bool IsAway;

        public int Asked => Volatile.Read(ref asked);

        public HostDbContext CreateDbContext()
        {
            if (!IsAway) return inner.CreateDbContext();
            Interlocked.Increment(ref asked);
            throw new SqliteException("disk I/O error", 10);
        }
    }
}

public sealed class KeyedOutcomesOnSqliteTests(SqliteDatabase database) : KeyedOutcomesTests(database), IClassFixture<SqliteDatabase>;

public sealed class KeyedOutcomesOnPostgresTests(PostgresDatabase database) : KeyedOutcomesTests(database), IClassFixture<PostgresDatabase>;
