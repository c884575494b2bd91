using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Listing;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.AtSize;

/// <summary>What the databases say of how they answer: never by going through a whole table.</summary>
public abstract class PlanTests : IAsyncLifetime
{
    private const int Rows = 20_000;

    private readonly TestDatabase database;
    private readonly PlanRecorder recorder;

    protected PlanTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
        recorder = new PlanRecorder(database);
    }

    public static TheoryData<string> Lists => new(
        "all", "all smtp", "all active", "all error", "all red", "all off", "all on", "all smtp error", "all teams red", "all smtp active red", "all smtp off",
        "all q=team", "all q=zq", "all q=rollout", "all q=rollout smtp", "all q=0001234", "all q=team red", "all q=team teams off", "all name=nobody",
        "one", "one smtp", "one active", "one red", "one off", "one q=team", "one name=nobody", "one name=nobody smtp active red",
        "none", "none smtp", "none q=team", "none name=nobody");

    public async ValueTask InitializeAsync()
    {
        await using var context = database.CreateContext();
        if (await context.Set<Integration>().AnyAsync()) return;
        var address = database.Configuration["Database:ConnectionString"]!; // set by the fixture
        await using (DbConnection connection = database.Provider is DatabaseProvider.Sqlite ? new SqliteConnection(address) : new NpgsqlConnection(address))
            await ManyIntegrations.FillAsync(connection, 0, Rows, Rows);
        await IntegrationWords.EnsureAsync(context, CancellationToken.None);
        if (database.Provider is DatabaseProvider.Postgres) await context.Database.ExecuteSqlRawAsync("ANALYZE");
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_Plan_ReadsAnIndexInTheOrderOfThePage(string what)
    {
        foreach (var cursor in new[] { null, IntegrationQuery.WriteCursor(ManyIntegrations.Rows(Rows / 2, Rows, Rows).First().Id) })
        {
            await using var context = recorder.CreateDbContext();
            await new IntegrationPages(context, Query(what) with { Cursor = cursor }, what.StartsWith("one", StringComparison.Ordinal) ? ManyIntegrations.Tenant(3) : null, 1000)
                .ReadAsync(51, CancellationToken.None);
            Check(what.StartsWith("all", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Take_Plan_ReadsTheIndexOfWhatIsDue()
    {
        var queue = new ProbeQueue(recorder, new ProbeSchedule(new HealthOptions(), new Random(1)), TimeProvider.System);
        await queue.TakeAsync(32, CancellationToken.None);
        await queue.CountDueAsync(12_000, CancellationToken.None);
        Check(isOrdered: true);
        Assert.All(recorder.Plans.Where(plan => plan.Contains("integrations")), plan => Assert.Contains("ix_integrations_next_probe", plan));
    }

    [Fact]
    public async Task Resolve_Plan_ReadsTheRowsOfTheTenant()
    {
        var isSqlite = database.Provider is DatabaseProvider.Sqlite;
        foreach (var sql in IntegrationRows.Statements)
        {
            var named = sql.Replace("@tenant", $"'{ManyIntegrations.Tenant(5)}'").Replace("@type", "'webhook'").Replace("@name", "'nobody'")
                .Replace("@id", $"'{Guid.NewGuid()}'");
            recorder.Plans.Add(string.Join('\n', (await database.QueryAsync((isSqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + named))
                .Select(row => row.Values.Last())));
        }

        Check(isOrdered: false);
        Assert.All(
            recorder.Plans.SelectMany(plan => plan.Split('\n')).Where(line => line.StartsWith("SEARCH integrations", StringComparison.Ordinal)),
            line => Assert.Matches("tenant_id=|[(]id=|name=|ux_integrations_platform", line));
    }

    private void Check(bool isOrdered)
    {
        Assert.NotEmpty(recorder.Plans);
        foreach (var line in recorder.Plans.SelectMany(plan => plan.Split('\n')))
        {
            Assert.DoesNotContain("Seq Scan on integration", line);
            if (line.StartsWith("SCAN integration", StringComparison.Ordinal)) Assert.True(line.Contains("USING") || line.Contains("VIRTUAL"), line);
            if (isOrdered) Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", line);
        }
    }

    private static IntegrationQuery Query(string what)
    {
        var words = what.Split(' ');
        return new IntegrationQuery
        {
            AllTenants = words[0] == "all",
            IntegrationType = words.FirstOrDefault(word => word is "smtp" or "teams"),
            Status = words.Contains("active") ? IntegrationStatus.Active : words.Contains("error") ? IntegrationStatus.Error : null,
            HealthStatus = words.Contains("red") ? HealthStatus.Error : null,
            IsActive = words.Contains("on") ? true : words.Contains("off") ? false : null,
            Q = words.FirstOrDefault(word => word.StartsWith("q=", StringComparison.Ordinal))?[2..],
            Name = words.FirstOrDefault(word => word.StartsWith("name=", StringComparison.Ordinal))?[5..],
        };
    }
}

public sealed class PlanOnSqliteTests(SqliteDatabase database) : PlanTests(database), IClassFixture<SqliteDatabase>;

public sealed class PlanOnPostgresTests(PostgresDatabase database) : PlanTests(database), IClassFixture<PostgresDatabase>;
