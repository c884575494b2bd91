using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Where the resolver reads from.</summary>
internal interface IIntegrationRows
{
    /// <summary>The rows that could answer, in the order in which they are looked at.</summary>
    Task<CandidateRows> ReadAsync(string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken);
}

/// <summary>Rows that could answer.</summary>
/// <param name="Own">The tenant's, or the platform-wide ones when the platform itself asks.</param>
/// <param name="Platform">The platform-wide ones; empty when the platform itself asks.</param>
/// <param name="FallbackForbiddenBy">The name of a row of the tenant and type that says <c>never</c>, able to answer or not.</param>
internal sealed record CandidateRows(
    IReadOnlyList<Integration> Own, IReadOnlyList<Integration> Platform, string? FallbackForbiddenBy);

/// <summary>Reads the candidates with one query, never a whole table: a trail of more rows than this helps nobody.</summary>
internal sealed class IntegrationRows(IDbContextFactory<HostDbContext> contexts) : IIntegrationRows
{
    private const int Limit = 20;

    public async Task<CandidateRows> ReadAsync(string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Set<Integration>().AsNoTracking().Where(row => row.IntegrationType == type);
        var query = First(Meant(rows.Where(row => row.TenantId == tenantId), nameOrId));
        if (tenantId is not null)
        {
            query = query
                .Concat(First(Meant(rows.Where(row => row.TenantId == null), nameOrId)))
                .Concat(rows.Where(row => row.TenantId == tenantId && row.Fallback == Fallback.Never).OrderBy(row => row.Id).Take(1));
        }

        // UNION ALL promises no order and may repeat the row that says never.
        var found = (await query.ToListAsync(cancellationToken)).DistinctBy(row => row.Id)
            .OrderByDescending(row => row.IsDefault)
            .ThenByDescending(row => row.IsActive)
            .ThenBy(row => row.CreatedAt)
            .ThenBy(row => row.Id)
            .ToList();
        return new CandidateRows(
            [.. found.Where(row => row.TenantId == tenantId && IsMeant(row, nameOrId))],
            tenantId is null ? [] : [.. found.Where(row => row.TenantId is null)],
            tenantId is null ? null : found.Find(row => row.TenantId == tenantId && row.Fallback is Fallback.Never)?.Name);
    }

    private static IQueryable<Integration> Meant(IQueryable<Integration> rows, string? nameOrId) =>
        nameOrId is null ? rows
        : Guid.TryParse(nameOrId, out var id) ? rows.Where(row => row.Id == id || row.Name == nameOrId)
        : rows.Where(row => row.Name == nameOrId);

    private static bool IsMeant(Integration row, string? nameOrId) =>
        nameOrId is null || row.Name == nameOrId || (Guid.TryParse(nameOrId, out var id) && row.Id == id);

    private static IQueryable<Integration> First(IQueryable<Integration> rows) => rows
        .OrderByDescending(row => row.IsDefault)
        .ThenByDescending(row => row.IsActive)
        .ThenBy(row => row.CreatedAt)
        .ThenBy(row => row.Id)
        .Take(Limit);
}
