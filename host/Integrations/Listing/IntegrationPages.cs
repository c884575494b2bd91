using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Listing;

/// <summary>Reads one page of integrations in the order of their ids. However many rows there are and whatever is asked, few are looked at.</summary>
/// <remarks>
/// <para>Filters are served by an index that is in the order of the page. A search among all tenants for a part of a name reads some rows
/// in this order first: what is in many names is found there. If they do not fill the page, <see cref="IntegrationWords"/> finds the rest.</para>
/// <para>One tenant's rows are few, and are read in order.</para>
/// <para>SQLite does not know how common a value is, so it is told which index to take. PostgreSQL knows.</para>
/// </remarks>
internal sealed class IntegrationPages(HostDbContext context, IntegrationQuery query, Guid? tenantId, int? most = null)
{
    // Rows that a search reads before it turns to the index of words. PostgreSQL reads more, since that index answers in no order: all
    // that has the words is found before the first is shown.
    private readonly int walked = most ?? (context.Database.IsSqlite() ? 2_000 : 4_000);

    private readonly IReadOnlyList<IntegrationStatus> statuses = IntegrationStatuses.Of(query.Status, query.IsActive);

    private bool IsSearch => query.Name is not null || query.Q is { Length: > 0 };

    public async Task<List<Integration>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        var ids = statuses.Count == 0 ? [] : await FindAsync(limit, cancellationToken);
        if (ids.Count == 0) return [];
        return await context.Set<Integration>().AsNoTracking().Where(i => ids.Contains(i.Id)).OrderBy(i => i.Id).ToListAsync(cancellationToken);
    }

    private async Task<List<Guid>> FindAsync(int limit, CancellationToken cancellationToken)
    {
        if (!query.AllTenants) return await ReadIdsAsync(sql => OfTenant(sql, limit), cancellationToken);
        if (!IsSearch) return await ReadIdsAsync(sql => $"{OfAll(sql, "id", limit)} ORDER BY id LIMIT {limit}", cancellationToken);

        var near = await ReadIdsAsync(
            sql => $"""
                SELECT id FROM ({OfAll(sql, "id, name", walked)} ORDER BY id LIMIT {walked}) AS walked
                WHERE {sql.And(sql.Name(query))} ORDER BY id LIMIT {sql.Add(limit)}
                """,
            cancellationToken);
        if (near.Count == limit) return near;
        var beyond = await ReadIdsAsync(sql => $"{OfAll(sql, "id", walked + 1)} ORDER BY id LIMIT 1 OFFSET {walked}", cancellationToken);
        return beyond.Count == 0 ? near : await ReadIdsAsync(sql => WordSearch.Sql(sql, query, statuses, limit), cancellationToken);
    }

    private string OfTenant(PageSql sql, int limit)
    {
        var index = query.Name is null ? Integration.TenantPageIndex
            : tenantId is null ? Integration.PlatformNameIndex : Integration.TenantNameIndex;
        string tenant = tenantId is { } id ? $"tenant_id = {sql.Add(id)}" : "tenant_id IS NULL";
        return $"""
            SELECT id FROM integrations {sql.By(index)}
            WHERE {sql.And([tenant, .. sql.Facets(query), sql.OneOf(statuses), .. sql.After(query), .. sql.Name(query)])}
            ORDER BY tenant_id, id LIMIT {sql.Add(limit)}
            """;
    }

    // One ordered run of an index for each status, to be merged. SQLite reads no more of each than it needs; PostgreSQL has to be told that
    // few are needed, or it may sort them all.
    private string OfAll(PageSql sql, string columns, int limit)
    {
        var index = (query.IntegrationType, query.HealthStatus) switch
        {
            (not null, not null) => Integration.TypeHealthPageIndex,
            (not null, null) => Integration.TypePageIndex,
            (null, not null) => Integration.HealthPageIndex,
            (null, null) when statuses.Count < IntegrationStatuses.All.Count => Integration.StatusPageIndex,
            (null, null) => null,
        };
        return index is null
            ? $"SELECT {columns} FROM integrations WHERE {sql.And(sql.After(query))}"
            : string.Join(" UNION ALL ", statuses.Select(status => Run($"""
                SELECT {columns} FROM integrations {sql.By(index)}
                WHERE {sql.And([.. sql.Facets(query), sql.OneOf([status]), .. sql.After(query)])}
                """)));

        string Run(string rows) => sql.IsSqlite ? rows : $"SELECT * FROM ({rows} ORDER BY id LIMIT {limit}) AS run";
    }

    private async Task<List<Guid>> ReadIdsAsync(Func<PageSql, string> write, CancellationToken cancellationToken)
    {
        var sql = new PageSql(context.Database.IsSqlite());
        var text = $"SELECT id AS \"Value\" FROM ({write(sql)}) AS page"; // what a caller gave is an argument
        return await context.Database.SqlQueryRaw<Guid>(text, [.. sql.Arguments]).ToListAsync(cancellationToken);
    }
}
