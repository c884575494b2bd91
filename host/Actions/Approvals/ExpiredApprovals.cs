using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Approvals;

/// <summary>Cancels every minute what has waited too long to be approved. Until then it is only refused.</summary>
internal sealed partial class ExpiredApprovals(IDbContextFactory<HostDbContext> databases, TimeProvider clock, ILogger<ExpiredApprovals> log)
    : BackgroundService
{
    private const int Batch = 500;

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    /// <summary>Cancels those of now, by the database's clock.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var now = await database.NowAsync(clock, cancellationToken);
        while (true)
        {
            var ids = await database.Set<Execution>().Where(row => row.State == ExecutionState.AwaitingApproval && row.ApprovalExpiresAt <= now)
                .OrderBy(row => row.ApprovalExpiresAt).Select(row => row.Id).Take(Batch).ToListAsync(cancellationToken);
            foreach (var id in ids) count += await EndAsync(id, now, cancellationToken) ? 1 : 0;
            if (ids.Count < Batch) return count;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Round, clock, stoppingToken);
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotCancelled(fault);
            }
        }
    }

    // Another node may be faster, or an admin.
    private async Task<bool> EndAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await ExecutionStand.FindAsync(database, id, cancellationToken) is { State: ExecutionState.AwaitingApproval } stand
            && await ApprovalDecisions.EndAsync(database, stand, "execution.expired", "Nobody has approved it in time.", Caller.Host, now, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "What has waited too long to be approved could not be cancelled; it is tried again")]
    private partial void LogNotCancelled(Exception fault);
}
