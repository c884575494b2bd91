using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Counts from time to time what waits in the database, whichever host will take it.</summary>
internal sealed partial class Backlog(
    IDbContextFactory<HostDbContext> databases, CallFigures figures, TimeProvider clock, ILogger<Backlog> log) : BackgroundService
{
    /// <summary>No more of a kind are counted: a hundred thousand entries of an index are read in some hundredths of a second.</summary>
    public const int Most = 100_000;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        BacklogCount? last = null;
        figures.Observe(() => last);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                last = await CountAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                last = null;
                LogNotCounted(fault);
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task<BacklogCount> CountAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var waiting = await CountAsync(database, Execution.WaitingIndex, Execution.IsWaiting, cancellationToken);
        var now = database.Database.IsNpgsql() ? "now()" : "{1}";
        var due = await CountAsync(database, Execution.WaitingIndex, $"{Execution.IsWaiting} AND available_at <= {now}", cancellationToken);
        var parked = await CountAsync(database, Execution.ParkedIndex, Execution.IsParked, cancellationToken);
        var asked = await CountAsync(database, Execution.ApprovalIndex, Execution.IsAsked, cancellationToken);
        return new BacklogCount(due, Math.Max(0, waiting - due), parked, asked);
    }

    // SQLite is told which index to take, or it reads the table.
    private Task<int> CountAsync(HostDbContext database, string index, string condition, CancellationToken cancellationToken)
    {
        var by = database.Database.IsNpgsql() ? "" : $"INDEXED BY {index}";
        var sql = $$"""SELECT CAST(count(*) AS integer) AS "Value" FROM (SELECT 1 FROM executions {{by}} WHERE {{condition}} LIMIT {0}) AS found""";
        return database.Database.SqlQueryRaw<int>(sql, Most, SqliteHostDbContext.Text(clock.GetUtcNow())).SingleAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Debug, "The database cannot say how much waits; it is asked again in a moment")]
    private partial void LogNotCounted(Exception fault);
}

/// <summary>How many durable executions wait in the database.</summary>
/// <param name="Due">For a host.</param>
/// <param name="Scheduled">For their time: retries and delayed starts.</param>
/// <param name="Parked">For their integration.</param>
/// <param name="Asked">For an admin.</param>
internal sealed record BacklogCount(int Due, int Scheduled, int Parked, int Asked);
