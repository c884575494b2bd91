using Microsoft.EntityFrameworkCore;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>What being replayed means to a row: it waits as one that was just accepted. Its attempts are numbered on, and those before do not
/// count against the schedule of retries, and what was approved is asked for anew.</summary>
internal static class Requeue
{
    /// <returns>How many there were.</returns>
    public static Task<int> WriteAsync(IQueryable<Execution> rows, DateTimeOffset now, CancellationToken cancellationToken) => rows.ExecuteUpdateAsync(
        set => set.SetProperty(e => e.State, ExecutionState.Queued)
            .SetProperty(e => e.AvailableAt, now)
            .SetProperty(e => e.ForgivenAttempts, e => e.Attempts)
            .SetProperty(e => e.Fence, e => e.Fence + 1)
            .SetProperty(e => e.LeasedBy, (Guid?)null)
            .SetProperty(e => e.StartedAt, (DateTimeOffset?)null)
            .SetProperty(e => e.FinishedAt, (DateTimeOffset?)null)
            .SetProperty(e => e.DurationMs, (int?)null)
            .SetProperty(e => e.Output, (string?)null)
            .SetProperty(e => e.Steps, (string?)null)
            .SetProperty(e => e.ErrorCode, (string?)null)
            .SetProperty(e => e.ErrorMessage, (string?)null)
            .SetProperty(e => e.FailureKind, (FailureKind?)null)
            .SetProperty(e => e.ApprovedHash, (string?)null),
        cancellationToken);
}
