using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Brings the cache what other processes change: on PostgreSQL by notifications that are sent in the writing transaction, on
/// SQLite by rows that are read as often as the feed makes sure that it lives, for the command line is a second process there.</summary>
/// <remarks>The cache trusts its entries only while the feed keeps saying that it is alive; without it they grow old within a second. So
/// a lost connection needs no discovery to be safe.</remarks>
internal sealed partial class ChangeFeed(
    IDbContextFactory<HostDbContext> contexts, IntegrationChanges changes, ResolutionCache cache, BoundRows bound,
    IEnumerable<IFeedListener> listeners, TimeProvider clock, ILogger<ChangeFeed> logger) : BackgroundService
{
    /// <summary>How often it is made sure that the feed lives.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = Pulse;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var context = await contexts.CreateDbContextAsync(stoppingToken);
                await context.Database.OpenConnectionAsync(stoppingToken);
                pause = Pulse;
                await FollowAsync(context, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (IsLoss(exception))
            {
                cache.Distrust();
                LogLost(exception);
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private Task FollowAsync(HostDbContext context, CancellationToken cancellationToken) => context.Database.IsNpgsql()
        ? new PostgresChanges(context, changes, [.. listeners], clock).FollowAsync(Flush, cache.TrustSince, Pulse, cancellationToken)
        : new SqliteChanges(context, changes, clock).FollowAsync(Flush, cache.TrustSince, Pulse, cancellationToken);

    private void Flush()
    {
        foreach (var listener in listeners) listener.CatchUp();
        bound.Clear();
        cache.Clear(); // last: a new epoch says that all of it is done
    }

    private static bool IsLoss(Exception exception) =>
        exception is DbException or IOException or TimeoutException or InvalidOperationException or OperationCanceledException;

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The feed of changed integrations is interrupted; until it is back they are read again every second.")]
    private partial void LogLost(Exception exception);
}
