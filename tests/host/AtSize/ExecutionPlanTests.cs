using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.AtSize;

/// <summary>What the databases say of how they find executions: by the index that is meant for it, never by going through the table.</summary>
public abstract class ExecutionPlanTests : IAsyncLifetime
{
    private const int Rows = 20_000;

    private readonly TestDatabase database;
    private readonly PlanRecorder recorder;

    protected ExecutionPlanTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
        recorder = new PlanRecorder(database) { PostgresOptions = "-c enable_seqscan=off -c enable_sort=off -c enable_bitmapscan=off" };
    }

    public static TheoryData<string, string> Lists => new()
    {
        { "", "ix_executions_tenant_id_id" },
        { "since", "ix_executions_tenant_id_id" },
        { "until", "ix_executions_tenant_id_id" },
        { "type", "ix_executions_tenant_id_id" },
        { "action until", "ix_executions_tenant_id_id" },
        { "state=succeeded", "ix_executions_tenant_id_id" },
        { "state=dead", "ix_executions_tenant_id_state_id" },
        { "state=running", "ix_executions_tenant_id_state_id" },
        { "state=awaiting_approval", "ix_executions_tenant_id_state_id" },
        { "state=dead since until", "ix_executions_tenant_id_state_id" },
        { "state=cancelled type", "ix_executions_tenant_id_state_id" },
        { "own", "ix_executions_integration_id_id" },
        { "own since", "ix_executions_integration_id_id" },
        { "own state=dead", "ix_executions_integration_id_state_id" },
        { "own state=cancelled until", "ix_executions_integration_id_state_id" },
        { "all", "ix_executions_integration_id_id" },
        { "all state=unknown", "ix_executions_integration_id_state_id" },
        { "all state=queued", "ix_executions_integration_id_id" },
    };

    public async ValueTask InitializeAsync()
    {
        await using var context = database.CreateContext();
        if (await context.Set<Execution>().AnyAsync()) return;
        context.Add(new Integration
        {
            Id = ManyExecutions.Integration(0), TenantId = ManyExecutions.LargeTenant, Name = "Orders", IntegrationType = "webhook", Status = IntegrationStatus.Active,
            Config = "{}", CreatedAt = DateTimeOffset.UtcNow, CreatedBy = "test", UpdatedAt = DateTimeOffset.UtcNow, UpdatedBy = "test",
        });
        await context.SaveChangesAsync();
        var address = database.Configuration["Database:ConnectionString"]!; // set by the fixture
        await using DbConnection connection = database.Provider is DatabaseProvider.Sqlite ? new SqliteConnection(address) : new NpgsqlConnection(address);
        await ManyExecutions.FillAsync(connection, Rows);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_Plan_ReadsTheIndexThatIsMeant(string what, string index)
    {
        var store = new ExecutionStore(recorder, new TestCatalog(), new ProviderContracts());
        var words = what.Split(' ');
        var state = words.FirstOrDefault(word => word.StartsWith("state=", StringComparison.Ordinal))?[6..];
        await store.ListAsync(
            new ExecutionQuery
            {
                State = state is null ? null : SnakeCaseEnum.Parse<ExecutionState>(state),
                IntegrationId = words.Contains("own") ? ManyExecutions.Integration(0) : words.Contains("all") ? ManyExecutions.PlatformIntegration : null,
                IntegrationType = words.Contains("type") ? "sso" : null,
                Action = words.Contains("action") ? "nothing" : null,
                Since = words.Contains("since") ? DateTimeOffset.UtcNow.AddDays(-3) : null,
                Until = words.Contains("until") ? DateTimeOffset.UtcNow.AddDays(-2) : null,
                AllTenants = words.Contains("all"),
            },
            new Caller { Name = "test", Role = CallerRole.Admin, TenantId = words.Contains("all") ? null : ManyExecutions.LargeTenant },
            CancellationToken.None);
        Check(index);
    }

    [Fact]
    public async Task Replay_OfAWindow_FindsByTheIndexOfWhatWentWrong()
    {
        await using var host = await StoreHost.StartAsync(database);
        var replay = new WindowReplay(recorder, host.Store, NSubstitute.Substitute.For<Vaka.Plugins.Host.Actions.Durable.IWaitingLanes>(), host.Time);
        var done = await replay.RunAsync(
            new ReplayWindow(ManyExecutions.Integration(0), [ReplayableState.Dead, ReplayableState.Unknown], DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(-10)),
            new Caller { Name = "test", Role = CallerRole.Admin, TenantId = ManyExecutions.LargeTenant }, CancellationToken.None);
        Assert.True(done.Count > 10);
        recorder.Plans.RemoveAll(plan => !plan.Contains("integration_id", StringComparison.Ordinal)); // those that go by the ids that were found
        Check("ix_executions_integration_id_state_id");
    }

    private void Check(string index)
    {
        var plans = recorder.Plans.Where(plan => plan.Contains("executions", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(plans);
        Assert.All(plans, plan =>
        {
            Assert.DoesNotContain("Seq Scan on executions", plan);
            Assert.DoesNotMatch("SCAN executions(?! USING)", plan);
            Assert.DoesNotContain("USE TEMP B-TREE", plan);
            Assert.DoesNotContain("Sort", plan);

            // Half of all rows are this tenant's: the plain order of the ids will do as well.
            Assert.Matches(database.Provider is DatabaseProvider.Postgres && index.EndsWith("_id_id", StringComparison.Ordinal) ? $@"\b({index}|pk_executions)\b" : $@"\b{index}\b", plan);
        });
    }
}

public sealed class ExecutionPlanOnSqliteTests(SqliteDatabase database) : ExecutionPlanTests(database), IClassFixture<SqliteDatabase>;

public sealed class ExecutionPlanOnPostgresTests(PostgresDatabase database) : ExecutionPlanTests(database), IClassFixture<PostgresDatabase>;
