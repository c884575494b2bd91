using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Health;

public abstract class HealthTests : IAsyncLifetime
{
    private readonly TestDatabase database;
    private HealthHost host = null!; // opened before each test

    protected HealthTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    public async ValueTask InitializeAsync() => host = await HealthHost.OpenAsync(database);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Probe_FailsAgainAndAgain_BacksOff_AndTheFirstSuccessClearsIt()
    {
        var id = (await host.AddAsync()).Id;
        host.Provider.Fails();
        var begin = host.Clock.GetUtcNow();
        foreach (var (minutes, failures) in new[] { 1, 5, 15, 30, 60, 60 }.Select((minutes, index) => (minutes, index + 1)))
        {
            var (failing, pause) = await host.ProbeAsync(id);
            Assert.InRange(pause.TotalMinutes, minutes * 0.8, (minutes * 1.2) + 0.1);
            Assert.Equal((HealthStatus.Error, failures, "Nobody answers."), (failing.HealthStatus, failing.HealthFailures, failing.HealthMessage));
            Assert.Equal((begin, host.Clock.GetUtcNow()), (failing.HealthFailingSince, failing.HealthCheckedAt));
            host.Clock.Advance(TimeSpan.FromHours(1));
        }

        host.Provider.Works();
        var (healed, next) = await host.ProbeAsync(id);
        Assert.Equal((HealthStatus.Healthy, 0, null, "It works."), (healed.HealthStatus, healed.HealthFailures, healed.HealthFailingSince, healed.HealthMessage));
        Assert.InRange(next.TotalMinutes, 12, 18.1);

        host.Provider.Fails();
        Assert.InRange((await host.ProbeAsync(id)).Next.TotalMinutes, 0.8, 1.3);
    }

    [Fact]
    public async Task Probe_ExpiresSoon_WarnsAndIsNoFailure()
    {
        var id = (await host.AddAsync()).Id;
        host.Provider.Probe = _ => Task.FromResult(ProbeResult.Healthy("It works.") with { Expiries = [new("The token", host.Clock.GetUtcNow().AddDays(3))] });
        var (row, _) = await host.ProbeAsync(id);
        Assert.Equal((HealthStatus.Warning, 0, null), (row.HealthStatus, row.HealthFailures, row.HealthFailingSince));
        Assert.Contains("The token", row.HealthExpiries);
    }

    [Fact]
    public async Task Probe_ConfigThatCannotBeRead_IsAnErrorThatHealsItself()
    {
        var id = (await host.AddAsync(row => row.Config = "{}")).Id;
        var (failing, _) = await host.ProbeAsync(id);
        Assert.Equal((HealthStatus.Error, 1), (failing.HealthStatus, failing.HealthFailures));
        Assert.StartsWith("This integration cannot be used: its config is not valid", failing.HealthMessage);
        Assert.Equal(0, host.Provider.Probes);

        await host.Rooms.EditAsync(failing, row => row.Config = """{"address": "here"}""");
        Assert.Equal(HealthStatus.Healthy, (await host.ProbeAsync(id)).Row.HealthStatus);
    }

    [Fact]
    public async Task Probe_ChangedMeanwhile_SaysNothingOfTheNewRevision()
    {
        var row = await host.AddAsync();
        host.Provider.Probe = async _ =>
        {
            await host.Rooms.EditAsync(row, _ => { });
            return ProbeResult.Healthy("The old one works.");
        };
        var (after, _) = await host.ProbeAsync(row.Id);
        Assert.Null(after.HealthStatus);
        Assert.Empty(await host.Book.ReadLastAsync(row.Id, 20, CancellationToken.None));
    }

    [Fact]
    public async Task Take_TwoNodes_NeverGetTheSameRow()
    {
        for (var i = 0; i < 60; i++) await host.AddAsync();
        var nodes = Enumerable.Range(0, 4).Select(_ => new ProbeQueue(host.Rooms.Contexts, host.Get<ProbeSchedule>(), host.Clock));
        var taken = await Task.WhenAll(nodes.Select(async node =>
        {
            var ids = new List<Guid>();
            for (var empty = 0; empty < 2;)
            {
                var rows = await node.TakeAsync(5, CancellationToken.None);
                Assert.InRange(rows.Count, 0, 5);
                ids.AddRange(rows.Select(row => row.Id));
                if (rows.Count == 0) empty++;
            }

            return ids;
        }));
        var all = taken.SelectMany(ids => ids).ToList();
        Assert.Equal(60, all.Count);
        Assert.Equal(60, all.Distinct().Count());
    }

    [Fact]
    public async Task Take_LeaseRunsOut_IsTakenAgain()
    {
        var id = (await host.AddAsync()).Id;
        var leased = Assert.Single(await host.Queue.TakeAsync(10, CancellationToken.None));
        Assert.InRange(leased.NextProbeAt - await host.NowAsync(), ProbeQueue.Lease - TimeSpan.FromSeconds(20), ProbeQueue.Lease);
        Assert.Empty(await host.Queue.TakeAsync(10, CancellationToken.None));

        await host.MakeDueAsync(id);
        Assert.Single(await host.Queue.TakeAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task Take_DueLaterThanAnythingCanBe_IsCalledBack()
    {
        // Written while the clock was wrong; the other is as late as can be.
        var now = await host.NowAsync();
        var longest = host.Get<ProbeSchedule>().Longest;
        var stuck = await host.AddAsync(row => row.NextProbeAt = now.AddYears(10));
        var late = await host.AddAsync(row => row.NextProbeAt = now + longest);

        Assert.Empty(await host.Queue.TakeAsync(10, CancellationToken.None));
        Assert.Equal(stuck.Id, Assert.Single(await host.Queue.TakeAsync(10, CancellationToken.None)).Id);
        Assert.Empty(await host.Queue.TakeAsync(10, CancellationToken.None));
        Assert.InRange((await host.ReadAsync(late.Id)).NextProbeAt, now + (longest * 0.9), now + (longest * 1.1));
    }

    [Fact]
    public async Task Take_OnlyWhatIsInUse_TheChangedBeforeTheOverdue()
    {
        await host.AddAsync(row => row.IsActive = false);
        await host.AddAsync(row => row.Status = IntegrationStatus.Error);
        await host.AddAsync(row => row.NextProbeAt = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var overdue = await host.AddAsync(row => row.NextProbeAt = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var changed = await host.AddAsync();
        Assert.Equal(changed.Id, Assert.Single(await host.Queue.TakeAsync(1, CancellationToken.None)).Id);
        Assert.Equal(overdue.Id, Assert.Single(await host.Queue.TakeAsync(10, CancellationToken.None)).Id);
    }

    [Fact]
    public async Task Edit_NewConfig_ClearsHealthAndIsDueAtOnce()
    {
        var row = await host.AddAsync();
        host.Provider.Fails();
        await host.ProbeAsync(row.Id);
        var admin = new Caller { Name = "key:admin", Role = CallerRole.Admin, HomeTenantId = row.TenantId, TenantId = row.TenantId };
        await host.Get<IntegrationStore>().PatchAsync(
            row.Id, new JsonObject { ["config"] = new JsonObject { ["address"] = "there" } }, null, admin, CancellationToken.None);
        var edited = await host.ReadAsync(row.Id);
        Assert.Equal((null, 0, null, Integration.DueAtOnce),
            (edited.HealthStatus, edited.HealthFailures, edited.HealthFailingSince, edited.NextProbeAt));
    }

    [Fact]
    public async Task History_OldRecords_AreForgotten()
    {
        var row = await host.AddAsync();
        await using (var context = host.Rooms.Contexts.CreateDbContext())
        {
            context.AddRange(Enumerable.Range(1, HealthBook.Kept + 10).Select(minutes => new ProbeRecord
            {
                Id = Guid.CreateVersion7(), IntegrationId = row.Id, HealthStatus = HealthStatus.Healthy, Message = $"{minutes} minutes old",
                Steps = "[]", DurationMs = 1, CheckedAt = host.Clock.GetUtcNow().AddMinutes(-minutes),
            }));
            await context.SaveChangesAsync();
        }

        await host.ProbeAsync(row.Id);

        var history = await host.Book.ReadLastAsync(row.Id, 1000, CancellationToken.None);
        Assert.Equal(HealthBook.Kept, history.Count);
        Assert.Equal(("It works.", "1 minutes old", "99 minutes old"), (history[0].Message, history[1].Message, history[^1].Message));
    }

    [Fact]
    public async Task Call_Refused_TurnsHealthRedOnce_AndAProbeHealsIt()
    {
        var row = await host.AddAsync();
        await host.ProbeAsync(row.Id);
        await host.StartAsync<CallWatch>();
        var signals = host.Get<CallSignals>();
        signals.Publish(new FailedCall(row.Id, row.Revision, "send_email", FailureKind.InvalidInput, "No recipient."));
        signals.Publish(new FailedCall(row.Id, row.Revision + 1, "send_email", FailureKind.Unauthorized, "Not of this revision."));
        for (var i = 0; i < 20; i++)
        {
            signals.Publish(new FailedCall(row.Id, row.Revision, "send_email", FailureKind.Unauthorized, "The password is refused."));
        }

        await Eventually.HoldsAsync(async () => (await host.ReadAsync(row.Id)).HealthStatus is HealthStatus.Error);
        var red = await host.ReadAsync(row.Id);
        Assert.Equal("A call of send_email failed: The password is refused.", red.HealthMessage);
        Assert.Equal((1, host.Clock.GetUtcNow()), (red.HealthFailures, red.HealthFailingSince));
        Assert.InRange((red.NextProbeAt - await host.NowAsync()).TotalSeconds, 20, 72);
        Assert.False(await host.Book.WriteAsync(
            new FailedCall(row.Id, row.Revision, "send_email", FailureKind.Forbidden, "Again."), CancellationToken.None));
        var history = await host.Book.ReadLastAsync(row.Id, 20, CancellationToken.None);
        Assert.Equal([HealthStatus.Error, HealthStatus.Healthy], history.Select(record => record.HealthStatus).Order().Reverse());
        Assert.Null(history.Single(record => record.HealthStatus is HealthStatus.Error).DurationMs);

        var (healed, _) = await host.ProbeAsync(row.Id);
        Assert.Equal((HealthStatus.Healthy, 0, null), (healed.HealthStatus, healed.HealthFailures, healed.HealthFailingSince));
    }

    [Fact]
    public async Task Monitor_MuchIsDue_TakesItInSmallBatchesAtItsPace()
    {
        for (var i = 0; i < 100; i++) await host.AddAsync();
        host.Provider.Probe = async _ =>
        {
            await Task.Yield();
            return ProbeResult.Healthy("It works.");
        };
        await host.StartAsync<HealthMonitor>();
        for (var expected = HealthMonitor.Batch; expected < 100; expected += HealthMonitor.Batch)
        {
            await Eventually.HoldsAsync(() => host.Provider.Probes >= expected);
            Assert.Equal(expected, host.Provider.Probes);
            Assert.Equal(100 - expected, await CountDueAsync());
            host.Clock.Advance(HealthMonitor.Slowest * HealthMonitor.Batch);
        }

        await Eventually.HoldsAsync(() => host.Provider.Probes == 100);
        Assert.InRange(host.Provider.MostAtOnce, 1, HealthMonitor.AtOnce);
    }

    [Fact]
    public async Task Monitor_MuchMoreIsDue_GoesFasterButNotAllAtOnce()
    {
        var total = await host.AddOverdueAsync(Environment.GetEnvironmentVariable("VAKA_TEST_LONG") == "1" ? 100_000 : 13_000);
        var until = total == 100_000 ? total : 200;
        using var figures = new ProbeFigures();
        host.Provider.Probe = async cancellationToken =>
        {
            figures.NoteStart();
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            return ProbeResult.Healthy("It works.");
        };
        await host.StartAsync<HealthMonitor>();
        for (var at = Stopwatch.GetTimestamp(); figures.Starts < until;)
        {
            // The host's clock goes as fast as the machine's: what is counted in a second was done in one.
            await Task.Delay(TimeSpan.FromMilliseconds(1));
            var now = Stopwatch.GetTimestamp();
            host.Clock.Advance(Stopwatch.GetElapsedTime(at, now));
            at = now;
            if (figures.Starts % 1000 == 0) figures.NoteMemory();
        }

        await figures.WriteAsync(database.GetType().Name, host.Provider.MostAtOnce);
        Assert.All(figures.BySecond, count => Assert.InRange(count, 1, (int)(TimeSpan.FromSeconds(1) / HealthMonitor.Fastest) + HealthMonitor.Batch));
        Assert.InRange(host.Provider.MostAtOnce, 1, HealthMonitor.AtOnce);

        // What was probed together is not due together again.
        await Eventually.HoldsAsync(async () => (await host.ReadNextAsync()).Count >= until);
        var next = await host.ReadNextAsync();
        Assert.All(next.GroupBy(at => (int)(at - next[0]).TotalSeconds / 30), part => Assert.InRange(part.Count(), 0, Math.Max(next.Count / 4, 40)));
    }

    [Fact]
    public async Task CountDue_CountsWhatIsDueUpToALimit()
    {
        await host.AddAsync();
        await host.AddAsync();
        await host.AddAsync(row => row.IsActive = false);
        await host.AddAsync(row => row.NextProbeAt = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal((2, 1), (await host.Queue.CountDueAsync(10, CancellationToken.None), await host.Queue.CountDueAsync(1, CancellationToken.None)));
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(3_000, 50)]
    [InlineData(6_000, 100)]
    [InlineData(12_000, 200)]
    [InlineData(1_000_000, 200)]
    public void Pace_FollowsWhatIsDue_WithinBounds(int due, int aSecond) =>
        Assert.Equal(aSecond, Math.Round(TimeSpan.FromSeconds(1) / HealthMonitor.Pace(due)));

    [Fact]
    public async Task Monitor_Changed_ProbesAtOnce()
    {
        await host.StartAsync<HealthMonitor>();
        var row = await host.AddAsync();
        host.Rooms.Publish(row);
        await Eventually.HoldsAsync(async () => (await host.ReadAsync(row.Id)).HealthStatus is HealthStatus.Healthy);
    }

    [Fact]
    public async Task Monitor_TwoNodes_ProbeEachRowOnce()
    {
        for (var i = 0; i < 20; i++) await host.AddAsync();
        await host.StartAsync<HealthMonitor>();
        var other = new HealthMonitor(
            host.Rooms.Changes, host.Queue, host.Get<DueProbe>(), host.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<HealthMonitor>.Instance);
        await other.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(async () => await CountDueAsync() == 0 && host.Provider.Probes >= 20);
        await other.StopAsync(CancellationToken.None);
        Assert.Equal(20, host.Provider.Probes);
    }

    private async Task<int> CountDueAsync()
    {
        await using var context = host.Rooms.Contexts.CreateDbContext();
        return await context.Set<Integration>().CountAsync(row => row.NextProbeAt == Integration.DueAtOnce);
    }
}

public sealed class HealthOnSqliteTests(SqliteDatabase database) : HealthTests(database), IClassFixture<SqliteDatabase>;

public sealed class HealthOnPostgresTests(PostgresDatabase database) : HealthTests(database), IClassFixture<PostgresDatabase>;
