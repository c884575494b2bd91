using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.Actions.Executions;

/// <summary>Cancel, replay of one, replay of a window: what they do to rows.</summary>
public abstract class ExecutionChangesTests : IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.CreateVersion7();
    private readonly Lanes lanes = new();
    private StoreHost host = null!; // started before each test
    private ExecutionChanges changes = null!; // made before each test

    protected ExecutionChangesTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private const string Config = """{"host":"relay.example"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Caller Service => new() { Name = "key:service", Role = CallerRole.Service, HomeTenantId = tenant, TenantId = tenant };

    private WindowReplay Window => new(database.Contexts, host.Store, lanes, host.Time);

    public static TheoryData<string, string?> Cancels => new()
    {
        { "queued", null }, { "retry_scheduled", null }, { "parked", null }, { "awaiting_approval", null }, { "cancelled", null },
        { "running", "execution_in_progress" }, { "succeeded", "invalid_request" }, { "dead", "invalid_request" }, { "unknown", "invalid_request" },
    };

    public static TheoryData<string, string?> Replays => new()
    {
        { "dead", null }, { "unknown", null }, { "parked", null }, { "cancelled", null }, { "succeeded", null },
        { "queued", "execution_in_progress" }, { "running", "execution_in_progress" }, { "retry_scheduled", "execution_in_progress" },
        { "awaiting_approval", "execution_in_progress" },
    };

    public async ValueTask InitializeAsync()
    {
        host = await StoreHost.StartAsync(database);
        changes = new ExecutionChanges(database.Contexts, lanes, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Cancels))]
    public async Task CancelAsync_EachState_IsCancelledOrRefused(string state, string? refusal)
    {
        var row = Row(state);
        await AddAsync(row);

        var code = await RefusalAsync(() => changes.CancelAsync(row.Id, Service, Cancellation));

        Assert.Equal(refusal, code);
        var after = await ReadAsync(row.Id);
        if (refusal is not null || state == "cancelled")
        {
            Assert.Equal((row.State, row.Fence, row.AvailableAt), (after.State, after.Fence, after.AvailableAt));
            Assert.Empty(await EventsAsync());
            return;
        }

        Assert.Equal(ExecutionState.Cancelled, after.State);
        Assert.Equal((row.Fence + 1, null, null), (after.Fence, after.LeasedBy, after.AvailableAt));
        Assert.NotNull(after.FinishedAt);
        Assert.Equal((row.Attempts, row.Payload), (after.Attempts, after.Payload));
        Assert.Equal([$"execution.cancelled {row.Id} key:service"], await EventsAsync());
        Assert.Empty(lanes.Looked);
    }

    [Fact]
    public async Task CancelAsync_OneThatANodeHasTaken_LeavesTheNodeNothingToBegin()
    {
        var row = Row("queued");
        row.LeasedBy = Guid.NewGuid();
        await AddAsync(row);

        await changes.CancelAsync(row.Id, Service, Cancellation);

        await using var context = database.CreateContext();
        Assert.Equal(0, await context.Set<Execution>()
            .Where(e => e.Id == row.Id && e.Fence == row.Fence && e.LeasedBy == row.LeasedBy && e.State == ExecutionState.Queued)
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.State, ExecutionState.Running), Cancellation));
    }

    [Fact]
    public async Task Changes_OfAnotherTenants_AreNotFound()
    {
        var (parked, dead) = (Row("parked", Guid.CreateVersion7()), Row("dead", null));
        await AddAsync(parked, dead);
        foreach (var id in new[] { parked.Id, dead.Id, Guid.NewGuid() })
        {
            Assert.Equal("not_found", await RefusalAsync(() => changes.CancelAsync(id, Service, Cancellation)));
            Assert.Equal("not_found", await RefusalAsync(() => changes.ReplayAsync(id, Service, Cancellation)));
        }

        Assert.Equal(ExecutionState.Parked, (await ReadAsync(parked.Id)).State);
    }

    [Theory]
    [MemberData(nameof(Replays))]
    public async Task ReplayAsync_EachState_WaitsAgainOrIsRefused(string state, string? refusal)
    {
        var row = Row(state);
        await AddAsync(row);

        var code = await RefusalAsync(() => changes.ReplayAsync(row.Id, Service, Cancellation));

        Assert.Equal(refusal, code);
        var after = await ReadAsync(row.Id);
        if (refusal is not null)
        {
            Assert.Equal((row.State, row.Fence), (after.State, after.Fence));
            Assert.Empty(await EventsAsync());
            Assert.Empty(lanes.Looked);
            return;
        }

        Assert.Equal(ExecutionState.Queued, after.State);
        Assert.InRange(after.AvailableAt ?? default, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal((row.Fence + 1, (Guid?)null, row.Attempts, row.Attempts), (after.Fence, after.LeasedBy, after.Attempts, after.ForgivenAttempts));
        Assert.Equal((null, null, null, null), (after.StartedAt, after.FinishedAt, after.DurationMs, after.FailureKind));
        Assert.Equal((null, null, null, null), (after.ErrorCode, after.ErrorMessage, after.Output, after.Steps));
        Assert.Equal((row.Payload, row.Lane, row.IntegrationId, row.CreatedAt), (after.Payload, after.Lane, after.IntegrationId, after.CreatedAt));
        Assert.Equal([$"execution.replayed {row.Id} key:service"], await EventsAsync());
        Assert.Equal(row.Lane, Assert.Single(lanes.Looked));
    }

    [Fact]
    public async Task ReplayAsync_OneThatSucceeded_KeepsTheAttemptThatDid()
    {
        var row = Row("succeeded");
        await AddAsync(row, new ExecutionAttempt { ExecutionId = row.Id, Number = 1, StartedAt = row.CreatedAt, FailureKind = FailureKind.Unavailable, Message = "away" });

        await changes.ReplayAsync(row.Id, Service, Cancellation);

        await using var context = database.CreateContext();
        var attempts = await context.Set<ExecutionAttempt>().Where(a => a.ExecutionId == row.Id).OrderBy(a => a.Number).ToListAsync(Cancellation);
        Assert.Equal([1, 2], attempts.Select(attempt => attempt.Number));
        Assert.Equal((row.StartedAt ?? default, row.FinishedAt, (FailureKind?)null, (string?)null), (attempts[1].StartedAt, attempts[1].FinishedAt, attempts[1].FailureKind, attempts[1].Message));
    }

    [Fact]
    public async Task ReplayAsync_ManyAtOnce_OneDoesIt()
    {
        var row = Row("succeeded");
        await AddAsync(row);

        var codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RefusalAsync(() => changes.ReplayAsync(row.Id, Service, Cancellation)))));

        Assert.Single(codes, code => code is null);
        Assert.All(codes.OfType<string>(), code => Assert.Equal("execution_in_progress", code));
        Assert.Equal(row.Fence + 1, (await ReadAsync(row.Id)).Fence);
        Assert.Single(await EventsAsync());
    }

    [Theory]
    [InlineData("dead")]
    [InlineData("succeeded")]
    public async Task ReplayAsync_ASynchronousRun_IsRefused(string state)
    {
        var row = new Execution
        {
            Id = Guid.CreateVersion7(), TenantId = tenant, IntegrationType = "relay", Action = "send", State = State(state), Caller = "test",
            CreatedAt = DateTimeOffset.UtcNow, FinishedAt = DateTimeOffset.UtcNow, Input = "{}",
        };
        await AddAsync(row);
        Assert.Equal("invalid_request", await RefusalAsync(() => changes.ReplayAsync(row.Id, Service, Cancellation)));
        Assert.Equal(State(state), (await ReadAsync(row.Id)).State);
    }

    [Fact]
    public async Task Window_OfAnIntegration_TakesWhatItSaysAndNothingElse()
    {
        var own = (await host.Store.CreateAsync(StoreHost.Draft(Config), StoreHost.Tenant(tenant), Cancellation)).Id;
        var now = DateTimeOffset.UtcNow;
        Execution[] taken = [Made("dead", own, now.AddHours(-3)), Made("parked", own, now.AddHours(-2)), Made("dead", own, now.AddHours(-1))];
        Execution[] left =
        [
            Made("dead", own, now.AddHours(-5)), Made("dead", own, now.AddMinutes(-1)), Made("succeeded", own, now.AddHours(-2)),
            Made("unknown", own, now.AddHours(-2)), Made("running", own, now.AddHours(-2)), Made("dead", Guid.NewGuid(), now.AddHours(-2)),
        ];
        await AddAsync([.. taken, .. left]);
        var window = new ReplayWindow(own, [ReplayableState.Dead, ReplayableState.Parked, ReplayableState.Dead], now.AddHours(-4), now.AddMinutes(-30));

        Assert.Equal(3, await Window.CountAsync(window, 100, StoreHost.Tenant(tenant), Cancellation));
        Assert.Equal(2, await Window.CountAsync(window, 2, StoreHost.Tenant(tenant), Cancellation));
        Assert.Equal(new WindowReplayed(3, null), await Window.RunAsync(window, StoreHost.Tenant(tenant), Cancellation));

        foreach (var row in taken) Assert.Equal(ExecutionState.Queued, (await ReadAsync(row.Id)).State);
        foreach (var row in left) Assert.Equal((row.State, row.Fence), await StateAsync(row.Id));
        Assert.Equal([$"executions.replayed {own} key:tenant"], await EventsAsync());
        Assert.Equal([own], lanes.Looked);
        Assert.Equal(new WindowReplayed(0, null), await Window.RunAsync(window, StoreHost.Tenant(tenant), Cancellation));
        Assert.Equal("not_found", await RefusalAsync(() => Window.RunAsync(window, StoreHost.Tenant(Guid.NewGuid()), Cancellation)));
    }

    [Fact]
    public async Task Window_OfMoreThanACallTakes_SaysWhereToGoOn()
    {
        var own = (await host.Store.CreateAsync(StoreHost.Draft(Config), StoreHost.Tenant(tenant), Cancellation)).Id;
        var begin = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3600);
        await AddAsync([.. Enumerable.Range(0, 2_500).Select(i => Made(i % 2 == 0 ? "dead" : "unknown", own, begin.AddSeconds(i)))]);
        var window = new ReplayWindow(own, [ReplayableState.Unknown, ReplayableState.Dead], begin, null);
        var replay = new WindowReplay(database.Contexts, host.Store, lanes, host.Time) { Most = 2_000 };

        var first = await replay.RunAsync(window, StoreHost.Tenant(tenant), Cancellation);

        Assert.Equal(2_000, first.Count);
        Assert.Equal(begin.AddSeconds(2_000).ToUnixTimeSeconds(), first.NextSince?.ToUnixTimeSeconds());
        Assert.Equal(2, (await EventsAsync()).Count);
        var rest = await replay.RunAsync(window with { Since = first.NextSince ?? default }, StoreHost.Tenant(tenant), Cancellation);
        Assert.Equal(new WindowReplayed(500, null), rest);
        await using var context = database.CreateContext();
        Assert.Equal(2_500, await context.Set<Execution>().CountAsync(e => e.IntegrationId == own && e.State == ExecutionState.Queued, Cancellation));
    }

    [Fact]
    public async Task Window_OfThePlatforms_TakesEveryTenantsAndIsThePlatformsAlone()
    {
        var platform = (await host.Store.CreateAsync(StoreHost.Draft(Config, $"{Guid.NewGuid()}"), StoreHost.Platform(), Cancellation)).Id;
        var since = DateTimeOffset.UtcNow.AddHours(-1);
        await AddAsync(
            Made("dead", platform, since.AddMinutes(1)), Made("dead", platform, since.AddMinutes(2), Guid.NewGuid()), Made("dead", platform, since.AddMinutes(3), isPlatforms: true));
        var window = new ReplayWindow(platform, [ReplayableState.Dead], since, null);

        Assert.Equal("not_found", await RefusalAsync(() => Window.RunAsync(window, StoreHost.Tenant(tenant), Cancellation)));
        Assert.Equal("not_found", await RefusalAsync(() => Window.CountAsync(window, 10, StoreHost.Platform(tenant), Cancellation)));
        Assert.Equal(new WindowReplayed(3, null), await Window.RunAsync(window, StoreHost.Platform(), Cancellation));
    }

    private Execution Row(string state, Guid? of) => Made(state, Guid.NewGuid(), DateTimeOffset.UtcNow.AddMinutes(-5), of, of is null);

    private Execution Row(string state) => Row(state, tenant);

    private Execution Made(string state, Guid integration, DateTimeOffset at, Guid? of = null, bool isPlatforms = false)
    {
        var created = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond));
        var hasFailed = state is "dead" or "unknown" or "parked" or "retry_scheduled";
        return new Execution
        {
            Id = Guid.CreateVersion7(created), TenantId = isPlatforms ? null : of ?? tenant, IntegrationId = integration, IntegrationType = "relay", Action = "send",
            State = State(state), Caller = "test", Payload = """{"text":"x"}""", Lane = integration, CreatedAt = created, Attempts = 2, Fence = 5,
            AvailableAt = state is "queued" or "retry_scheduled" ? created.AddMinutes(1) : null, StartedAt = created.AddSeconds(1),
            FinishedAt = state is "succeeded" or "dead" or "unknown" or "cancelled" ? created.AddSeconds(2) : null, DurationMs = 1000,
            Output = state is "succeeded" ? "{}" : null, Steps = "[]", ErrorCode = hasFailed ? "provider_unavailable" : null, ErrorMessage = hasFailed ? "away" : null,
            FailureKind = hasFailed ? FailureKind.Unavailable : null, LeasedBy = state is "running" ? Guid.NewGuid() : null,
        };
    }

    private static ExecutionState State(string state) => SnakeCaseEnum.Parse<ExecutionState>(state);

    private async Task AddAsync(params object[] rows)
    {
        await using var context = database.CreateContext();
        context.AddRange(rows);
        await context.SaveChangesAsync(Cancellation);
    }

    private async Task<Execution> ReadAsync(Guid id)
    {
        await using var context = database.CreateContext();
        return await context.Set<Execution>().AsNoTracking().SingleAsync(e => e.Id == id, Cancellation);
    }

    private async Task<(ExecutionState, int)> StateAsync(Guid id)
    {
        var row = await ReadAsync(id);
        return (row.State, row.Fence);
    }

    private async Task<IReadOnlyList<string>> EventsAsync()
    {
        await using var context = database.CreateContext();
        return [.. (await context.Set<AuditEvent>().Where(e => e.TenantId == tenant && e.Action.StartsWith("execution")).ToListAsync(Cancellation))
            .Select(e => $"{e.Action} {e.Subject} {e.Actor}")];
    }

    private static async Task<string?> RefusalAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (ProblemException problem)
        {
            return SnakeCaseEnum.Text(problem.Code);
        }
    }

    private sealed class Lanes : IWaitingLanes
    {
        public List<Guid> Looked { get; } = [];

        public void Look(Guid lane)
        {
            lock (Looked) Looked.Add(lane);
        }
    }
}

public sealed class ExecutionChangesOnSqliteTests(SqliteDatabase database) : ExecutionChangesTests(database), IClassFixture<SqliteDatabase>;

public sealed class ExecutionChangesOnPostgresTests(PostgresDatabase database) : ExecutionChangesTests(database), IClassFixture<PostgresDatabase>;
