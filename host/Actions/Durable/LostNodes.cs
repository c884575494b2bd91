using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Takes over what a host that is gone had taken. What it had not begun simply waits again; what it had begun is tried again only
/// where that cannot do it twice.</summary>
internal sealed partial class LostNodes(
    IDbContextFactory<HostDbContext> databases, NodeLease node, SoleHost sole, HeldExecutions held, IPluginCatalog catalog, RetrySchedule retries,
    DurableOptions options, TimeProvider clock, ILogger<LostNodes> log) : BackgroundService
{
    private const int Batch = 200;

    private const string Sentence =
        "The host that ran it was lost in the middle of the call. It may have been done all the same: look before trying again.";

    private HashSet<Guid> suspects = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TakeOverAsync(stoppingToken);
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotLooked(fault);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(options.Lease / 3, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One look for hosts that are gone.</summary>
    /// <returns>How many executions were taken over.</returns>
    public async Task<int> TakeOverAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        if (node.MayJudge || sole.IsAlone)
        {
            foreach (var gone in await FindAsync(cancellationToken))
            {
                var taken = await TakeOverAsync(gone, null, cancellationToken);
                if (taken > 0) LogTakenOver(taken, gone);
                count += taken;
            }
        }

        return count + await TakeBackAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<Guid>> FindAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var now = await database.NowAsync(clock, cancellationToken);
        var nodes = database.Set<HostNode>();

        // An embedded database has one host: whoever else stands there is an earlier life of it.
        var living = sole.IsAlone ? nodes.Where(other => other.Id == node.Id) : nodes.Where(other => other.Id == node.Id || other.LeaseUntil > now);
        var gone = await database.Set<Execution>().Where(row => row.LeasedBy != null && row.LeasedBy != node.Id && !living.Any(other => other.Id == row.LeasedBy))
            .Select(row => row.LeasedBy ?? Guid.Empty).Distinct().ToListAsync(cancellationToken);
        await nodes.Where(other => other.Id != node.Id && !gone.Contains(other.Id) && other.LeaseUntil < now - options.Lease).ExecuteDeleteAsync(cancellationToken);
        return gone;
    }

    // What is this node's own in the database and not in its memory: it was accepted while the answer of the database was lost. Seen twice,
    // it is not merely on its way.
    private async Task<int> TakeBackAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var mine = await database.Set<Execution>().Where(row => row.LeasedBy == node.Id && row.Payload != null).Select(row => row.Id).ToListAsync(cancellationToken);
        var stray = mine.Where(id => !held.Contains(id)).ToHashSet();
        var sure = stray.Where(suspects.Contains).ToList();
        suspects = stray;
        return sure.Count == 0 ? 0 : await TakeOverAsync(node.Id, sure, cancellationToken);
    }

    private async Task<int> TakeOverAsync(Guid from, IReadOnlyCollection<Guid>? only, CancellationToken cancellationToken)
    {
        var count = 0;
        while (true)
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var now = await database.NowAsync(clock, cancellationToken);
            var rows = database.Set<Execution>().AsNoTracking().Where(row => row.LeasedBy == from);
            if (only is not null) rows = rows.Where(row => only.Contains(row.Id));
            var batch = await rows.OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellationToken);
            var changed = 0;
            foreach (var row in batch) changed += await TakeOverAsync(database, row, from, now, cancellationToken);
            count += changed;
            if (batch.Count < Batch || changed == 0) return count;
        }
    }

    private async Task<int> TakeOverAsync(HostDbContext database, Execution row, Guid from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var same = database.Set<Execution>().Where(other => other.Id == row.Id && other.LeasedBy == from && other.Fence == row.Fence);
        if (row.State is not ExecutionState.Running)
        {
            return await same.ExecuteUpdateAsync(
                set => set.SetProperty(other => other.LeasedBy, (Guid?)null).SetProperty(other => other.Fence, other => other.Fence + 1), cancellationToken);
        }

        var action = catalog.Find(row.IntegrationType)?.Plugin?.FindAction(row.Action);
        var verdict = row.Payload is null ? Verdict.Unknown : retries.DecideLost(action, row.Attempts - row.ForgivenAttempts);
        var isOver = verdict.State is not ExecutionState.RetryScheduled;
        DateTimeOffset? availableAt = isOver ? null : now + (verdict.Delay ?? TimeSpan.Zero);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var changed = await same.ExecuteUpdateAsync(
            set => set.SetProperty(other => other.State, verdict.State)
                .SetProperty(other => other.ErrorCode, SnakeCaseEnum.Text(ProblemCode.ProviderFailed))
                .SetProperty(other => other.ErrorMessage, Sentence)
                .SetProperty(other => other.FailureKind, FailureKind.OutcomeUnknown)
                .SetProperty(other => other.AvailableAt, availableAt)
                .SetProperty(other => other.FinishedAt, isOver ? now : null)
                .SetProperty(other => other.LeasedBy, (Guid?)null)
                .SetProperty(other => other.Fence, other => other.Fence + 1),
            cancellationToken);
        if (changed > 0 && row.Payload is not null)
        {
            database.Add(new ExecutionAttempt
            {
                ExecutionId = row.Id, Number = row.Attempts, StartedAt = row.StartedAt ?? row.CreatedAt, FinishedAt = now,
                FailureKind = FailureKind.OutcomeUnknown, Message = Sentence,
            });
            await database.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} executions of the host {Node}, which is gone, were taken over")]
    private partial void LogTakenOver(int count, Guid node);

    [LoggerMessage(LogLevel.Warning, "The database could not be asked for what a lost host had taken; it is asked again")]
    private partial void LogNotLooked(Exception fault);
}
