using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Actions.Durable;

public abstract class BacklogTests
{
    private readonly TestDatabase database;

    protected BacklogTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    [Fact]
    public async Task CountAsync_EachKind_IsCountedOnce()
    {
        var (past, future) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        await using (var context = database.CreateContext())
        {
            context.AddRange(
                Row(ExecutionState.Queued, past), Row(ExecutionState.RetryScheduled, past), Row(ExecutionState.Queued, future),
                Row(ExecutionState.Parked, null), Row(ExecutionState.AwaitingApproval, null, expiry: future), Row(ExecutionState.Queued, past, Guid.NewGuid()), Row(ExecutionState.Succeeded, null), Row(ExecutionState.Dead, null));
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var backlog = new Backlog(
            database.Contexts, new CallFigures(services.GetRequiredService<IMeterFactory>()), TimeProvider.System, NullLogger<Backlog>.Instance);

        Assert.Equal(new BacklogCount(Due: 2, Scheduled: 1, Parked: 1, Asked: 1), await backlog.CountAsync(TestContext.Current.CancellationToken));
    }

    private static Execution Row(ExecutionState state, DateTimeOffset? availableAt, Guid? leasedBy = null, DateTimeOffset? expiry = null) => new()
    {
        Id = Guid.CreateVersion7(), IntegrationType = "webhook", Action = "push_data", State = state, Caller = "test", CreatedAt = DateTimeOffset.UtcNow,
        Lane = Guid.NewGuid(), AvailableAt = availableAt, LeasedBy = leasedBy, ApprovalExpiresAt = expiry,
    };
}

public sealed class BacklogOnSqliteTests(SqliteDatabase database) : BacklogTests(database), IClassFixture<SqliteDatabase>;

public sealed class BacklogOnPostgresTests(PostgresDatabase database) : BacklogTests(database), IClassFixture<PostgresDatabase>;
