using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>The integrations that are due, shared out among the nodes. Where several nodes share a database, its clock decides.</summary>
internal sealed class ProbeQueue(IDbContextFactory<HostDbContext> databases, ProbeSchedule schedule, TimeProvider clock)
{
    /// <summary>How long a row is left to the node that took it. More than a whole batch of probes that all hang; a node that died leaves its
    /// rows to the others after it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private const int RecalledAtOnce = 1000;

    /// <summary>Takes rows that are due, the longest due first: until the lease has run out, nobody else gets them.</summary>
    /// <remarks>One statement. On PostgreSQL the rows that another node is just taking are passed over, and not waited for; the common
    /// table expression keeps the planner from running the limited query more than once. SQLite has one writer at a time; it is told which
    /// index to take, or it reads all that is active.</remarks>
    public async Task<IReadOnlyList<Integration>> TakeAsync(int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var taken = database.Database.IsNpgsql()
            ? database.Set<Integration>().FromSqlRaw(
                $$"""
                WITH due AS MATERIALIZED (
                    SELECT id FROM integrations WHERE {{Integration.IsProbed}} AND next_probe_at <= now()
                    ORDER BY next_probe_at LIMIT {0} FOR UPDATE SKIP LOCKED)
                UPDATE integrations SET next_probe_at = now() + {1} FROM due WHERE integrations.id = due.id RETURNING integrations.*
                """,
                limit, Lease)
            : database.Set<Integration>().FromSqlRaw(
                $$"""
                UPDATE integrations SET next_probe_at = {2} WHERE id IN (
                    SELECT id FROM integrations INDEXED BY {{Integration.NextProbeIndex}}
                    WHERE {{Integration.IsProbed}} AND next_probe_at <= {1} ORDER BY next_probe_at LIMIT {0}) RETURNING *
                """,
                limit, SqliteHostDbContext.Text(clock.GetUtcNow()), SqliteHostDbContext.Text(clock.GetUtcNow() + Lease));
        var rows = await taken.AsNoTracking().ToListAsync(cancellationToken);
        if (rows.Count == 0) await RecallAsync(database, cancellationToken);
        return rows;
    }

    /// <summary>Makes due what would be due later than anything can be: the clock was ahead when that was written, and would otherwise have to
    /// get there first.</summary>
    private async Task RecallAsync(HostDbContext database, CancellationToken cancellationToken)
    {
        var now = await NowAsync(database, cancellationToken);
        var furthest = now + schedule.Longest + Lease;
        await database.Set<Integration>()
            .Where(row => row.IsActive && row.Status == IntegrationStatus.Active && row.NextProbeAt > furthest)
            .OrderByDescending(row => row.NextProbeAt).Take(RecalledAtOnce)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.NextProbeAt, now), cancellationToken);
    }

    /// <summary>How many are due; no more than <paramref name="most"/> are counted.</summary>
    public async Task<int> CountDueAsync(int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var (by, now) = database.Database.IsNpgsql() ? ("", "now()") : ($"INDEXED BY {Integration.NextProbeIndex}", "{1}");
        var sql = $$"""
            SELECT CAST(count(*) AS integer) AS "Value" FROM (
                SELECT 1 FROM integrations {{by}} WHERE {{Integration.IsProbed}} AND next_probe_at <= {{now}} LIMIT {0}) AS due
            """;
        return await database.Database.SqlQueryRaw<int>(sql, most, SqliteHostDbContext.Text(clock.GetUtcNow())).SingleAsync(cancellationToken);
    }

    /// <summary>The time by which rows are due.</summary>
    public Task<DateTimeOffset> NowAsync(HostDbContext database, CancellationToken cancellationToken) => database.NowAsync(clock, cancellationToken);
}
