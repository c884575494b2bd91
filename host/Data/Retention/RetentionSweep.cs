using Microsoft.EntityFrameworkCore;

namespace Vaka.Plugins.Host.Data.Retention;

/// <summary>Removes what is older than the operator wants to keep: in small batches with a pause after each, so that whoever writes
/// meanwhile hardly waits.</summary>
internal sealed partial class RetentionSweep(
    IDbContextFactory<HostDbContext> databases, IEnumerable<AgingRecords> kinds, IConfiguration configuration, TimeProvider clock,
    ILogger<RetentionSweep> log)
{
    /// <summary>Records removed in one transaction.</summary>
    public const int Batch = 500;

    /// <summary>The pause after a batch; one that took longer is followed by a pause as long.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly List<(AgingRecords Kind, TimeSpan Kept)> aging =
        [.. kinds.SelectMany(kind => RetentionOptions.Read(configuration, kind) is { } kept ? [(kind, kept)] : Array.Empty<(AgingRecords, TimeSpan)>())];

    /// <summary>Removes all that is old by now, unless another node is at it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var turn = await RetentionTurn.TryTakeAsync(database, cancellationToken);
        if (turn is null) return;
        foreach (var (kind, kept) in aging)
        {
            var until = await database.NowAsync(clock, cancellationToken) - kept;
            var removed = await RemoveAsync(database, kind, until, cancellationToken);
            if (removed > 0) LogRemoved(removed, kind.Name, until);
        }
    }

    // By the ids, each of which is looked at once: what is old but not done with is passed over and not found again by the next batch.
    private async Task<int> RemoveAsync(HostDbContext database, AgingRecords kind, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var (removed, last, end) = (0, Guid.Empty, Guid.CreateVersion7(until));
        while (true)
        {
            var start = clock.GetTimestamp();
            var ids = await kind.Ids(database, last, end, until).OrderBy(id => id).Take(Batch).ToListAsync(cancellationToken);
            if (ids.Count == 0) return removed;
            await using (var transaction = await database.Database.BeginTransactionAsync(cancellationToken))
            {
                removed += await kind.DeleteAsync(database, ids, until, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            if (ids.Count < Batch) return removed;
            last = ids[^1];
            var took = clock.GetElapsedTime(start);
            await Task.Delay(took > ShortestPause ? took : ShortestPause, clock, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Removed {Count} records of {Kind} from before {Until:u}")]
    private partial void LogRemoved(int count, string kind, DateTimeOffset until);
}
