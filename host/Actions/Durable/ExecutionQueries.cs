using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>What waits in the database, and taking it: until the lease of the node has run out, nobody else gets it.</summary>
/// <remarks>On PostgreSQL rows that another node is just taking are passed over, and not waited for. SQLite has one writer at a time; it is
/// told which index to take.</remarks>
internal sealed class ExecutionQueries(IDbContextFactory<HostDbContext> databases, NodeLease node, TimeProvider clock)
{
    /// <summary>Takes what is due in a lane, the longest due first.</summary>
    public async Task<IReadOnlyList<WorkItem>> TakeAsync(Guid lane, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var taken = database.Database.IsNpgsql()
            ? database.Set<Execution>().FromSqlRaw(
                $$"""
                WITH due AS MATERIALIZED (
                    SELECT id FROM executions WHERE {{Execution.IsWaiting}} AND lane = {0} AND available_at <= now()
                    ORDER BY available_at, id LIMIT {1} FOR UPDATE SKIP LOCKED)
                UPDATE executions SET leased_by = {2}, fence = fence + 1 FROM due WHERE executions.id = due.id RETURNING executions.*
                """,
                lane, limit, node.Id)
            : database.Set<Execution>().FromSqlRaw(
                $$"""
                UPDATE executions SET leased_by = {2}, fence = fence + 1 WHERE id IN (
                    SELECT id FROM executions INDEXED BY {{Execution.WaitingIndex}}
                    WHERE {{Execution.IsWaiting}} AND lane = {0} AND available_at <= {3} ORDER BY available_at, id LIMIT {1}) RETURNING *
                """,
                SqliteHostDbContext.Text(lane), limit, SqliteHostDbContext.Text(node.Id), SqliteHostDbContext.Text(clock.GetUtcNow()));
        var rows = await taken.AsNoTracking().ToListAsync(cancellationToken);
        rows.Sort((one, other) => (one.AvailableAt, one.Id).CompareTo((other.AvailableAt, other.Id)));
        return rows.ConvertAll(row => new WorkItem(row));
    }

    /// <summary>Takes these, as far as nobody else has and they are due.</summary>
    public async Task<IReadOnlyList<WorkItem>> TakeAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (!database.Database.IsNpgsql()) throw new NotSupportedException("Several hosts share work on PostgreSQL only.");
        var taken = database.Set<Execution>().FromSqlRaw(
            $$"""
            WITH due AS MATERIALIZED (
                SELECT id FROM executions WHERE id = ANY ({0}) AND {{Execution.IsWaiting}} AND available_at <= now() FOR UPDATE SKIP LOCKED)
            UPDATE executions SET leased_by = {1}, fence = fence + 1 FROM due WHERE executions.id = due.id RETURNING executions.*
            """,
            ids.ToArray(), node.Id);
        var rows = await taken.AsNoTracking().ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new WorkItem(row));
    }

    /// <summary>The lanes in which something is due, in their order, after one; with the last one that was looked at, <c>null</c> when that
    /// was the end.</summary>
    /// <remarks>One step into the index from lane to lane, so that ten thousand that wait in one of them are not read to find the next.</remarks>
    public async Task<(IReadOnlyList<Guid> Due, Guid? Last)> FindLanesAsync(Guid? after, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var isPostgres = database.Database.IsNpgsql();
        var (index, now) = isPostgres ? ("", "now()") : ($"INDEXED BY {Execution.WaitingIndex}", "{1}");
        var first = after is null ? "" : "AND lane > {2}";
        var sql = $$"""
            WITH RECURSIVE lanes(lane, step) AS (
                SELECT * FROM (SELECT lane, 1 AS step FROM executions {{index}} WHERE {{Execution.IsWaiting}} {{first}} ORDER BY lane LIMIT 1) AS head
                UNION ALL
                SELECT (SELECT e.lane FROM executions AS e {{index}} WHERE {{Execution.IsWaiting}} AND e.lane > lanes.lane ORDER BY e.lane LIMIT 1), step + 1
                FROM lanes WHERE lanes.lane IS NOT NULL AND step < {0})
            SELECT lane, EXISTS (
                SELECT 1 FROM executions AS e {{index}} WHERE {{Execution.IsWaiting}} AND e.lane = lanes.lane AND e.available_at <= {{now}}) AS is_due
            FROM lanes WHERE lane IS NOT NULL ORDER BY lane
            """;
        object[] values = isPostgres
            ? [limit, clock.GetUtcNow(), after ?? Guid.Empty]
            : [limit, SqliteHostDbContext.Text(clock.GetUtcNow()), SqliteHostDbContext.Text(after ?? Guid.Empty)];
        var found = await database.Database.SqlQueryRaw<FoundLane>(sql, values).ToListAsync(cancellationToken);
        return ([.. found.Where(lane => lane.IsDue).Select(lane => lane.Lane)], found.Count < limit ? null : found[^1].Lane);
    }

    /// <summary>Gives back what was taken and not begun.</summary>
    public async Task ReleaseAsync(IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        foreach (var part in items.Chunk(500))
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var ids = part.Select(item => item.Id).ToList();
            await database.Set<Execution>()
                .Where(row => ids.Contains(row.Id) && row.LeasedBy == node.Id
                    && (row.State == ExecutionState.Queued || row.State == ExecutionState.RetryScheduled))
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.LeasedBy, (Guid?)null).SetProperty(row => row.Fence, row => row.Fence + 1),
                    cancellationToken);
        }
    }

    private sealed record FoundLane(Guid Lane, bool IsDue);
}
