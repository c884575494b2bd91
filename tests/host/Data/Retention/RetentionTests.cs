using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Access.Sealing;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Data.Retention;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Access.Sealing;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Data.Retention;

/// <summary>Old records go, in small batches; nothing else does.</summary>
public abstract class RetentionTests : IAsyncLifetime
{
    private readonly TestDatabase database;

    // PostgreSQL goes by its own clock, so that both live in the present; pauses and rounds pass when the test says so.
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    private readonly DateTimeOffset now = DateTimeOffset.UtcNow;

    protected RetentionTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private static TestAuditKey Key { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> NoDays => ["-1", "36501", "1.5", "a year", "0x10", "99999999999"];

    public async ValueTask InitializeAsync()
    {
        await using var context = database.CreateContext();
        await context.Set<Execution>().ExecuteDeleteAsync();
        await context.Set<ExecutionAttempt>().ExecuteDeleteAsync();
        await context.Set<ProbeRecord>().ExecuteDeleteAsync();
        await context.Set<AuditEvent>().ExecuteDeleteAsync();
        await context.Set<AuditSeal>().ExecuteDeleteAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RunAsync_WhatIsOlderThanItsDays_GoesAndTheRestStays()
    {
        var integration = await AddIntegrationAsync();
        await AddAsync(
            Event(now.AddDays(-366)), Event(now.AddDays(-364)), Event(now),
            Probe(integration, now.AddDays(-15)), Probe(integration, now.AddDays(-13)),
            Ended(now.AddDays(-31)), Ended(now.AddDays(-29)));

        await Sweep().RunAsync(Cancellation);

        Assert.Equal([-364, 0], await AgesAsync<AuditEvent>(e => e.At));
        Assert.Equal([-13], await AgesAsync<ProbeRecord>(p => p.CheckedAt));
        Assert.Equal([-29], await AgesAsync<Execution>(e => e.CreatedAt));
    }

    [Fact]
    public async Task RunAsync_ExecutionsThatMayStillRun_StayHoweverOld()
    {
        await AddAsync([.. Enum.GetValues<ExecutionState>().Select(state => Run(now.AddDays(-400), state, now.AddDays(-300)))]);

        await Sweep().RunAsync(Cancellation);

        await using var context = database.CreateContext();
        Assert.Equal(
            [ExecutionState.Queued, ExecutionState.Running, ExecutionState.RetryScheduled, ExecutionState.Parked, ExecutionState.AwaitingApproval],
            (await context.Set<Execution>().Select(run => run.State).ToListAsync(Cancellation)).Order());
    }

    [Fact]
    public async Task RunAsync_AnExecution_TakesItsAttemptsWithIt()
    {
        var (old, replayed) = (Ended(now.AddDays(-40)), Run(now.AddDays(-40), ExecutionState.Succeeded, now.AddDays(-1)));
        await AddAsync(old, replayed, Attempt(old, 1), Attempt(old, 2), Attempt(replayed, 1));

        await Sweep().RunAsync(Cancellation);

        await using var context = database.CreateContext();
        Assert.Equal(replayed.Id, (await context.Set<Execution>().SingleAsync(Cancellation)).Id);
        Assert.Equal(replayed.Id, (await context.Set<ExecutionAttempt>().SingleAsync(Cancellation)).ExecutionId);
    }

    [Fact]
    public async Task RunAsync_ZeroDays_KeepsForEver()
    {
        await AddAsync(Event(now.AddDays(-4000)), Ended(now.AddDays(-4000)));

        await Sweep(("Retention:AuditDays", "0"), ("Retention:ExecutionsDays", "1000")).RunAsync(Cancellation);

        Assert.Equal([-4000], await AgesAsync<AuditEvent>(e => e.At));
        Assert.Empty(await AgesAsync<Execution>(e => e.CreatedAt));
    }

    [Fact]
    public async Task RunAsync_ABacklog_GoesInBatchesWhileOthersWrite()
    {
        // Parked ones lie before and between the others.
        const int Old = 20_000;
        const int Parked = 700;
        await AddAsync([.. Enumerable.Range(0, Old + Parked).Select(i => i % 29 == 0 && i / 29 < Parked
            ? Run(now.AddDays(-100).AddSeconds(i), ExecutionState.Parked, null)
            : (object)Ended(now.AddDays(-100).AddSeconds(i)))]);
        var sweeping = Sweep().RunAsync(Cancellation);

        var (left, written) = (Old, 0);
        while (left > 0)
        {
            var before = left;
            await Eventually.HoldsAsync(async () =>
            {
                if ((left = await CountAsync(ended: true)) < before) return true;
                clock.Advance(RetentionSweep.ShortestPause); // the pause may begin only after the clock was moved
                return false;
            });
            Assert.Equal(0, (before - left) % RetentionSweep.Batch); // nobody sees half a batch
            await AddAsync(Run(now, ExecutionState.Queued, null)); // between two batches nothing is held
            written++;
        }

        await Eventually.HoldsAsync(() =>
        {
            clock.Advance(RetentionSweep.ShortestPause);
            return sweeping.IsCompleted;
        });
        await sweeping;
        Assert.InRange(written, 2, Old / RetentionSweep.Batch);
        Assert.Equal(Parked + written, await CountAsync(ended: false));
    }

    [Fact]
    public async Task RunAsync_WhileABatchWaits_WritersDoNot()
    {
        await AddAsync([.. Enumerable.Range(0, 5_000).Select(i => (object)Event(now.AddDays(-500).AddSeconds(i)))]);
        var sweeping = Sweep().RunAsync(Cancellation);
        var written = 0;
        while (!sweeping.IsCompleted)
        {
            await AddAsync(Event(now));
            written++;
            clock.Advance(RetentionSweep.ShortestPause);
        }

        await sweeping;
        Assert.InRange(written, 2, int.MaxValue);
        Assert.Equal(written, (await AgesAsync<AuditEvent>(e => e.At)).Count);
    }

    [Fact]
    public async Task Rounds_ADatabaseThatCannotAnswer_IsAskedAgain()
    {
        var databases = new FailingContexts(database.Contexts) { Fails = true };
        await AddAsync(Event(now.AddDays(-400)));
        using var rounds = new RetentionRounds(Sweep(databases), clock, NullLogger<RetentionRounds>.Instance);
        await rounds.StartAsync(Cancellation);
        await PassAsync(() => databases.Asked == 1);
        databases.Fails = false;

        await PassAsync(() => databases.Asked == 2);

        await Eventually.HoldsAsync(async () => (await AgesAsync<AuditEvent>(e => e.At)).Count == 0);
        await rounds.StopAsync(Cancellation);
    }

    [Theory]
    [MemberData(nameof(NoDays))]
    public void Days_ThatAreNone_AreRefusedAtStart(string text)
    {
        var refused = Assert.Throws<StartupException>(() => Sweep(("Retention:ProbesDays", text)));
        Assert.Equal($"Retention:ProbesDays is '{text}'. Give a whole number of days from 1 to 36500, or 0 to keep them for ever.", refused.Message);
    }

    private protected RetentionSweep Sweep(params (string Name, string Value)[] settings) => Sweep(database.Contexts, settings);

    protected Task AddOldEventAsync() => AddAsync(Event(now.AddDays(-400)));

    protected async Task<int> CountEventsAsync() => (await AgesAsync<AuditEvent>(e => e.At)).Count;

    private RetentionSweep Sweep(IDbContextFactory<HostDbContext> databases, params (string Name, string Value)[] settings) => new(
        databases,
        [new OldExecutions(), new OldProbes(), new OldAuditEvents(Key)],
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build(),
        clock,
        NullLogger<RetentionSweep>.Instance);

    // Until the delay is waited for, an advance passes it by.
    private async Task PassAsync(Func<bool> holds) => await Eventually.HoldsAsync(() =>
    {
        clock.Advance(TimeSpan.FromMinutes(1));
        return holds();
    });

    private async Task AddAsync(params object[] rows)
    {
        foreach (var some in rows.Chunk(1_000))
        {
            await using var context = database.CreateContext();
            context.AddRange(some);
            await context.SaveChangesAsync(Cancellation);
        }

        // Only sealed events go, and a seal as a whole.
        var most = rows.Length > 100 ? AuditSealing.MostEvents : 1;
        var sealing = new AuditSealing(database.Contexts, Key, TimeProvider.System, most);
        while (rows.OfType<AuditEvent>().Any() && await sealing.SealAsync(Cancellation) == most)
        {
            // The next ones.
        }
    }

    private async Task<Guid> AddIntegrationAsync()
    {
        var row = new Integration
        {
            Id = Guid.CreateVersion7(), Name = $"{Guid.NewGuid():N}", IntegrationType = "webhook", Status = IntegrationStatus.Inactive, Config = "{}",
            CreatedAt = now, CreatedBy = "test", UpdatedAt = now, UpdatedBy = "test",
        };
        await AddAsync(row);
        return row.Id;
    }

    private async Task<List<int>> AgesAsync<T>(System.Linq.Expressions.Expression<Func<T, DateTimeOffset>> time)
        where T : class
    {
        await using var context = database.CreateContext();
        var times = await context.Set<T>().Select(time).ToListAsync(Cancellation);
        return [.. times.Order().Select(at => (int)Math.Round((at - now).TotalDays))];
    }

    private async Task<int> CountAsync(bool ended)
    {
        await using var context = database.CreateContext();
        return await context.Set<Execution>().CountAsync(run => run.State == ExecutionState.Succeeded == ended, Cancellation);
    }

    private static AuditEvent Event(DateTimeOffset at) =>
        new() { Id = Guid.CreateVersion7(at), At = at, Actor = "test", Action = "test", Subject = "test" };

    private static ProbeRecord Probe(Guid integration, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at), IntegrationId = integration, HealthStatus = HealthStatus.Healthy, Message = "", Steps = "[]", DurationMs = 1, CheckedAt = at,
    };

    private static Execution Ended(DateTimeOffset at) => Run(at, ExecutionState.Succeeded, at);

    private static Execution Run(DateTimeOffset createdAt, ExecutionState state, DateTimeOffset? finishedAt) => new()
    {
        Id = Guid.CreateVersion7(createdAt), IntegrationType = "webhook", Action = "push_data", State = state, Caller = "test", CreatedAt = createdAt,
        FinishedAt = finishedAt,
    };

    private static ExecutionAttempt Attempt(Execution execution, int number) =>
        new() { ExecutionId = execution.Id, Number = number, StartedAt = execution.CreatedAt };

    private sealed class FailingContexts(IDbContextFactory<HostDbContext> inner) : IDbContextFactory<HostDbContext>
    {
        private int asked;

        public bool Fails { get; set; }

        public int Asked => Volatile.Read(ref asked);

        public HostDbContext CreateDbContext()
        {
            Interlocked.Increment(ref asked);
            return Fails ? throw new SqliteException("disk I/O error", 10) : inner.CreateDbContext();
        }
    }
}

public sealed class RetentionOnSqliteTests(SqliteDatabase database) : RetentionTests(database), IClassFixture<SqliteDatabase>;

public sealed class RetentionOnPostgresTests : RetentionTests, IClassFixture<PostgresDatabase>
{
    private readonly PostgresDatabase database;

    public RetentionOnPostgresTests(PostgresDatabase database)
        : base(database) => this.database = database;

    [Fact]
    public async Task RunAsync_WhileAnotherNodeIsAtIt_LeavesItAlone()
    {
        await AddOldEventAsync();
        await using var another = database.CreateContext();
        await using (var turn = await RetentionTurn.TryTakeAsync(another, CancellationToken.None))
        {
            Assert.NotNull(turn);
            await Sweep().RunAsync(CancellationToken.None);
            Assert.Equal(1, await CountEventsAsync());
        }

        await Sweep().RunAsync(CancellationToken.None);
        Assert.Equal(0, await CountEventsAsync());
    }

    [Fact]
    public async Task RunAsync_AfterANodeThatDied_GetsTheTurn()
    {
        await AddOldEventAsync();
        await using var died = database.CreateContext();
        Assert.NotNull(await RetentionTurn.TryTakeAsync(died, CancellationToken.None));
        await using var other = database.CreateContext();
        await other.Database.ExecuteSqlAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            CancellationToken.None);

        NpgsqlConnection.ClearPool((NpgsqlConnection)died.Database.GetDbConnection());

        await Eventually.HoldsAsync(async () =>
        {
            await Sweep().RunAsync(CancellationToken.None);
            return await CountEventsAsync() == 0;
        });
    }
}
