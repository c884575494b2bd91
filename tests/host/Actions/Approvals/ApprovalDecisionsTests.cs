using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.Actions.Approvals;

/// <summary>Asking, approving, denying and expiring: what they do to rows.</summary>
public abstract class ApprovalDecisionsTests : IAsyncLifetime
{
    private const string Payload = """{"text":"x"}""";

    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.CreateVersion7();
    private readonly Lanes lanes = new();
    private StoreHost host = null!; // started before each test
    private ApprovalDecisions decisions = null!; // made before each test
    private Guid integration;

    protected ApprovalDecisionsTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Caller Admin => StoreHost.Tenant(tenant, "key:admin");

    public async ValueTask InitializeAsync()
    {
        host = await StoreHost.StartAsync(database);
        decisions = new ApprovalDecisions(database.Contexts, lanes, host.Time);
        integration = (await host.Store.CreateAsync(StoreHost.Draft("""{"host":"relay.example"}"""), Admin, Cancellation)).Id;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ApproveAsync_WhatWasLookedAt_IsQueuedOnce()
    {
        var row = await AskAsync();
        var hash = await HashAsync(row.Id);

        await decisions.ApproveAsync(row.Id, hash, Admin, Cancellation);

        var after = await ReadAsync(row.Id);
        Assert.Equal((ExecutionState.Queued, hash, null, integration), (after.State, after.ApprovedHash, after.ApprovalExpiresAt, after.Lane));
        Assert.NotNull(after.AvailableAt);
        Assert.Equal(integration, Assert.Single(lanes.Looked));
        Assert.Equal(["execution.approved key:admin"], await EventsAsync());
        Assert.Equal("not_approved", await RefusalAsync(() => decisions.ApproveAsync(row.Id, hash, Admin, Cancellation)));
        Assert.Equal("not_approved", await RefusalAsync(() => decisions.DenyAsync(row.Id, null, Admin, Cancellation)));
    }

    [Fact]
    public async Task ApproveAsync_ManyAtOnce_OneDoesIt()
    {
        var row = await AskAsync();
        var hash = await HashAsync(row.Id);

        var codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() => RefusalAsync(() => number % 2 == 0
            ? decisions.ApproveAsync(row.Id, hash, Admin, Cancellation)
            : decisions.DenyAsync(row.Id, null, Admin, Cancellation)))));

        Assert.Single(codes, code => code is null);
        Assert.All(codes.OfType<string>(), code => Assert.Equal("not_approved", code));
        Assert.Equal(row.Fence + 1, (await ReadAsync(row.Id)).Fence);
        Assert.Single(await EventsAsync());
    }

    [Fact]
    public async Task ApproveAsync_AnotherHash_IsRefused()
    {
        var row = await AskAsync();
        var other = ApprovalHash.Of("relay", "push", integration, 1, """{"text":"y"}""");
        foreach (var wrong in new[] { other, "", "x" })
            Assert.Equal("not_approved", await RefusalAsync(() => decisions.ApproveAsync(row.Id, wrong, Admin, Cancellation)));
        Assert.Equal(ExecutionState.AwaitingApproval, (await ReadAsync(row.Id)).State);
        Assert.Empty(await EventsAsync());
    }

    [Fact]
    public async Task ApproveAsync_AfterTheIntegrationWasChanged_IsToldAndApprovesAnew()
    {
        var row = await AskAsync();
        var seen = await HashAsync(row.Id);
        await host.Store.PatchAsync(integration, StoreHost.Json("""{"config":{"host":"other.example"}}"""), null, Admin, Cancellation);

        var problem = await Assert.ThrowsAsync<ProblemException>(() => decisions.ApproveAsync(row.Id, seen, Admin, Cancellation));

        Assert.Contains("from revision 1 to 2", problem.Message);
        await decisions.ApproveAsync(row.Id, await HashAsync(row.Id), Admin, Cancellation);
        Assert.Equal(ExecutionState.Queued, (await ReadAsync(row.Id)).State);
    }

    [Theory]
    [InlineData("key:1", "key:1")]
    [InlineData("key:1", "session:1")]
    [InlineData("jwt:ann", "jwt:ann")]
    [InlineData("jwt:ann", "sso:ann")]
    public async Task ApproveAsync_OnesOwn_IsForbidden(string asked, string approves)
    {
        var row = await AskAsync(asked);
        var hash = await HashAsync(row.Id);
        Assert.Equal("forbidden", await RefusalAsync(() => decisions.ApproveAsync(row.Id, hash, StoreHost.Tenant(tenant, approves), Cancellation)));
        await decisions.ApproveAsync(row.Id, hash, StoreHost.Tenant(tenant, "key:2"), Cancellation);
    }

    [Fact]
    public async Task ApproveAsync_ThroughThePlatforms_IsForThePlatform()
    {
        integration = (await host.Store.CreateAsync(StoreHost.Draft("""{"host":"relay.example"}""", $"{Guid.NewGuid()}"), StoreHost.Platform(), Cancellation)).Id;
        var row = await AskAsync();
        var hash = await HashAsync(row.Id);
        Assert.Equal("forbidden", await RefusalAsync(() => decisions.ApproveAsync(row.Id, hash, Admin, Cancellation)));
        await decisions.ApproveAsync(row.Id, hash, StoreHost.Platform(tenant), Cancellation);
    }

    [Fact]
    public async Task Decisions_OfAnothers_AreNotFound()
    {
        var row = await AskAsync();
        var stranger = StoreHost.Tenant(Guid.NewGuid());
        Assert.Equal("not_found", await RefusalAsync(() => decisions.ApproveAsync(row.Id, "", stranger, Cancellation)));
        Assert.Equal("not_found", await RefusalAsync(() => decisions.DenyAsync(row.Id, null, stranger, Cancellation)));
    }

    [Theory]
    [InlineData(null, "An admin has denied it.")]
    [InlineData(" too late ", "An admin has denied it: too late")]
    public async Task DenyAsync_WithOrWithoutAReason_IsCancelled(string? reason, string expected)
    {
        var row = await AskAsync();
        await decisions.DenyAsync(row.Id, reason, Admin, Cancellation);
        var after = await ReadAsync(row.Id);
        Assert.Equal((ExecutionState.Cancelled, "not_approved", expected, null), (after.State, after.ErrorCode, after.ErrorMessage, after.ApprovalExpiresAt));
        Assert.NotNull(after.FinishedAt);
        Assert.Equal(["execution.denied key:admin"], await EventsAsync());
        Assert.Empty(lanes.Looked);
    }

    [Fact]
    public async Task Expired_IsRefusedAtOnceAndCancelledByTheSweep()
    {
        var (late, timely) = (await AskAsync(), await AskAsync());
        var hash = await HashAsync(late.Id);
        await using (var context = database.CreateContext())
        {
            // Over by both databases' clocks.
            var over = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
            await context.Set<Execution>().Where(e => e.Id == late.Id).ExecuteUpdateAsync(set => set.SetProperty(e => e.ApprovalExpiresAt, over), Cancellation);
        }

        Assert.Equal("not_approved", await RefusalAsync(() => decisions.ApproveAsync(late.Id, hash, Admin, Cancellation)));
        Assert.Equal(ExecutionState.AwaitingApproval, (await ReadAsync(late.Id)).State);
        using var sweep = new ExpiredApprovals(database.Contexts, host.Time, NullLogger<ExpiredApprovals>.Instance);
        await sweep.SweepAsync(Cancellation);
        await sweep.SweepAsync(Cancellation);

        var after = await ReadAsync(late.Id);
        Assert.Equal((ExecutionState.Cancelled, "Nobody has approved it in time."), (after.State, after.ErrorMessage));
        Assert.Equal(ExecutionState.AwaitingApproval, (await ReadAsync(timely.Id)).State);
        Assert.Equal(["execution.expired host"], await EventsAsync());
    }

    [Fact]
    public async Task AskAsync_ByTheClock_ExpiresAfterTheLifetime()
    {
        var before = await NowAsync();
        var row = await ReadAsync((await AskAsync()).Id);
        Assert.InRange((row.ApprovalExpiresAt ?? default) - before, TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1), TimeSpan.FromHours(24) + TimeSpan.FromMinutes(5));
        if (database.Provider is not DatabaseProvider.Sqlite) return;

        // There the clock is the host's.
        var hash = await HashAsync(row.Id);
        host.Time.Advance(TimeSpan.FromHours(24));
        Assert.Equal("not_approved", await RefusalAsync(() => decisions.ApproveAsync(row.Id, hash, Admin, Cancellation)));
    }

    [Fact]
    public async Task Requeue_AnApprovedOne_ForgetsTheApproval()
    {
        var row = await AskAsync();
        await decisions.ApproveAsync(row.Id, await HashAsync(row.Id), Admin, Cancellation);
        await using var context = database.CreateContext();
        await Requeue.WriteAsync(context.Set<Execution>().Where(e => e.Id == row.Id), DateTimeOffset.UtcNow, Cancellation);
        Assert.Null((await ReadAsync(row.Id)).ApprovedHash);
    }

    private async Task<Execution> AskAsync(string caller = "key:service")
    {
        var row = new Execution
        {
            Id = Guid.CreateVersion7(), TenantId = tenant, IntegrationId = integration, IntegrationType = "relay", Action = "push",
            State = ExecutionState.Queued, Caller = caller, Payload = Payload, Lane = integration, CreatedAt = DateTimeOffset.UtcNow, Fence = 3,
        };
        var keys = new KeyedInsert(database.Contexts, host.Time);
        Assert.Null(await new PendingApprovals(database.Contexts, keys, new ApprovalOptions(), host.Time).AskAsync(row, null));
        return row;
    }

    private async Task<string> HashAsync(Guid id)
    {
        await using var context = database.CreateContext();
        var row = await context.Set<Execution>().AsNoTracking().SingleAsync(e => e.Id == id, Cancellation);
        return (await ApprovalDecisions.FindAsync(context, row, Cancellation) ?? throw new InvalidOperationException("Nothing is there to be approved.")).InputSha256;
    }

    private async Task<Execution> ReadAsync(Guid id)
    {
        await using var context = database.CreateContext();
        return await context.Set<Execution>().AsNoTracking().SingleAsync(e => e.Id == id, Cancellation);
    }

    private async Task<DateTimeOffset> NowAsync()
    {
        await using var context = database.CreateContext();
        return await context.NowAsync(host.Time, Cancellation);
    }

    private async Task<IReadOnlyList<string>> EventsAsync()
    {
        await using var context = database.CreateContext();
        return [.. (await context.Set<AuditEvent>().Where(e => e.TenantId == tenant && e.Action.StartsWith("execution")).ToListAsync(Cancellation))
            .Select(e => $"{e.Action} {e.Actor}")];
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

public sealed class ApprovalDecisionsOnSqliteTests(SqliteDatabase database) : ApprovalDecisionsTests(database), IClassFixture<SqliteDatabase>;

public sealed class ApprovalDecisionsOnPostgresTests(PostgresDatabase database) : ApprovalDecisionsTests(database), IClassFixture<PostgresDatabase>;
