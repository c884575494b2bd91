using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>What people and services do with a durable execution. Each change is one transaction with its audit event, made only while the
/// execution stands as it was judged, and takes it away from whichever node had taken it.</summary>
internal sealed class ExecutionChanges(IDbContextFactory<HostDbContext> databases, IWaitingLanes lanes, TimeProvider clock)
{
    /// <summary>Ends one that waits, for whatever. One that is cancelled already stays as it is.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>; <see cref="ProblemCode.ExecutionInProgress"/>: it runs;
    /// <see cref="ProblemCode.InvalidRequest"/>: it has ended otherwise.</exception>
    public Task CancelAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(id, caller, async (database, seen) =>
        {
            if (seen.State is ExecutionState.Cancelled) return true;
            if (!CanCancel(seen.State)) throw NotCancelled(seen.State);
            var now = await database.NowAsync(clock, cancellationToken);
            return await seen.WriteAsync(database, "execution.cancelled", caller, now, rows => rows.ExecuteUpdateAsync(
                set => set.SetProperty(e => e.State, ExecutionState.Cancelled)
                    .SetProperty(e => e.Fence, e => e.Fence + 1)
                    .SetProperty(e => e.LeasedBy, (Guid?)null)
                    .SetProperty(e => e.AvailableAt, (DateTimeOffset?)null)
                    .SetProperty(e => e.ApprovalExpiresAt, (DateTimeOffset?)null)
                    .SetProperty(e => e.FinishedAt, now),
                cancellationToken), cancellationToken);
        }, cancellationToken);

    /// <summary>Has one done again that has ended or is parked. Its attempts stay and are numbered on.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>; <see cref="ProblemCode.ExecutionInProgress"/>: it runs or waits
    /// to; <see cref="ProblemCode.InvalidRequest"/>: its input was not kept.</exception>
    public async Task ReplayAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        Guid? lane = null;
        await ChangeAsync(id, caller, async (database, seen) =>
        {
            if (!CanReplay(seen.State)) throw NotReplayed(seen.State);
            if (!seen.HasPayload)
            {
                throw new ProblemException(ProblemCode.InvalidRequest,
                    "This was a synchronous run, and its input was not kept. Run the action again instead.");
            }

            var now = await database.NowAsync(clock, cancellationToken);

            // What it did is no longer told by the execution itself.
            if (seen.State is ExecutionState.Succeeded) database.Add(seen.ToAttempt());
            lane = seen.Lane;
            return await seen.WriteAsync(
                database, "execution.replayed", caller, now, rows => Requeue.WriteAsync(rows, now, cancellationToken), cancellationToken);
        }, cancellationToken);
        if (lane is { } one) lanes.Look(one);
    }

    public static bool CanCancel(ExecutionState state) => state switch
    {
        ExecutionState.Queued or ExecutionState.RetryScheduled or ExecutionState.Parked or ExecutionState.AwaitingApproval => true,
        ExecutionState.Running or ExecutionState.Succeeded or ExecutionState.Dead or ExecutionState.Unknown or ExecutionState.Cancelled => false,
    };

    public static bool CanReplay(ExecutionState state) => state switch
    {
        ExecutionState.Succeeded or ExecutionState.Dead or ExecutionState.Unknown or ExecutionState.Cancelled or ExecutionState.Parked => true,
        ExecutionState.Queued or ExecutionState.Running or ExecutionState.RetryScheduled or ExecutionState.AwaitingApproval => false,
    };

    /// <summary>Looks, judges and writes, until what was judged is what is written to.</summary>
    private async Task ChangeAsync(Guid id, Caller caller, Func<HostDbContext, Seen, Task<bool>> changeAsync, CancellationToken cancellationToken)
    {
        bool isDone;
        do
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var seen = await database.Set<Execution>().Where(e => e.Id == id && e.TenantId == caller.TenantId)
                .Select(e => new Seen(e.Id, e.TenantId, e.IntegrationType, e.Action, e.State, e.Fence, e.Lane, e.Payload != null, e.Attempts, e.StartedAt,
                    e.CreatedAt, e.FinishedAt))
                .SingleOrDefaultAsync(cancellationToken) ?? throw ExecutionStore.NotFound();
            isDone = await changeAsync(database, seen);
        }
        while (!isDone);
    }

    private static ProblemException NotCancelled(ExecutionState state) => state is ExecutionState.Running
        ? new ProblemException(ProblemCode.ExecutionInProgress,
            "It runs at this moment, and what it does cannot be taken back. Look again when it has ended.")
        : new ProblemException(ProblemCode.InvalidRequest,
            $"It has ended already and is {SnakeCaseEnum.Text(state)}. Only what waits can be cancelled.");

    private static ProblemException NotReplayed(ExecutionState state) => new(ProblemCode.ExecutionInProgress, state is ExecutionState.Running
        ? "It runs at this moment. Replay it when it has ended."
        : $"It is {SnakeCaseEnum.Text(state)} and will be done without being replayed.");

    /// <summary>An execution as it stood when it was judged, with what is judged here.</summary>
    private sealed record Seen(
        Guid Id, Guid? TenantId, string IntegrationType, string Action, ExecutionState State, int Fence, Guid? Lane, bool HasPayload, int Attempts,
        DateTimeOffset? StartedAt, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
        : ExecutionStand(Id, TenantId, IntegrationType, Action, State, Fence)
    {
        public ExecutionAttempt ToAttempt() =>
            new() { ExecutionId = Id, Number = Attempts, StartedAt = StartedAt ?? CreatedAt, FinishedAt = FinishedAt };
    }
}
