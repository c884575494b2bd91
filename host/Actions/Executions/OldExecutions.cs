using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Executions that have ended, with their attempts. One that may still run is kept however old it is.</summary>
internal sealed class OldExecutions : AgingRecords
{
    /// <summary>The states that an execution leaves only when somebody replays it.</summary>
    private static readonly ExecutionState[] Ended =
        [ExecutionState.Succeeded, ExecutionState.Dead, ExecutionState.Unknown, ExecutionState.Cancelled];

    public override string Name => "Executions";

    public override int DefaultDays => 30;

    public override IQueryable<Guid> Ids(HostDbContext database, Guid after, Guid before, DateTimeOffset until) => Over(database, until)
        .Where(execution => execution.Id.CompareTo(after) > 0 && execution.Id.CompareTo(before) < 0).Select(execution => execution.Id);

    public override async Task<int> DeleteAsync(
        HostDbContext database, IReadOnlyList<Guid> ids, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var count = await Over(database, until).Where(execution => ids.Contains(execution.Id)).ExecuteDeleteAsync(cancellationToken);

        // Not those of one that was replayed a moment ago, and so is still there.
        await database.Set<ExecutionAttempt>().Where(attempt => ids.Contains(attempt.ExecutionId)
            && !database.Set<Execution>().Any(execution => execution.Id == attempt.ExecutionId)).ExecuteDeleteAsync(cancellationToken);
        return count;
    }

    private static IQueryable<Execution> Over(HostDbContext database, DateTimeOffset until) =>
        database.Set<Execution>().Where(execution => Ended.Contains(execution.State) && execution.FinishedAt < until);
}
