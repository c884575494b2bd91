using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Admin.Listing;

/// <summary>Counts the tenants that a platform-wide integration serves. The host knows a tenant by its integrations, so that one without any
/// is not counted.</summary>
internal sealed class DependentTenants(IDbContextFactory<HostDbContext> databases)
{
    /// <summary>More than these are not counted.</summary>
    public const int Limit = 1000;

    /// <summary>How many tenants are looked at: on PostgreSQL this many take less than half a second.</summary>
    public int Visited { get; init; } = 20_000;

    /// <summary>The tenants that have integrations, but none of the type that serves them or forbids the platform-wide one.</summary>
    /// <returns>At most one more than <see cref="Limit"/>, and whether there were no more tenants to look at.</returns>
    public async Task<(int Count, bool IsAll)> CountAsync(string type, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);

        // From one tenant to the next by the index, whatever number of rows each has; 0 stands for the end of the looking.
        var found = await database.Database.SqlQuery<int>($"""
            WITH RECURSIVE tenants(id, number) AS (
                SELECT (SELECT tenant_id FROM integrations WHERE tenant_id IS NOT NULL ORDER BY tenant_id LIMIT 1), 0
                UNION ALL
                SELECT (SELECT i.tenant_id FROM integrations i WHERE i.tenant_id > tenants.id ORDER BY i.tenant_id LIMIT 1), number + 1
                FROM tenants WHERE tenants.id IS NOT NULL AND number < {Visited})
            SELECT CASE WHEN number = {Visited} THEN 0 ELSE 1 END AS "Value" FROM tenants WHERE id IS NOT NULL AND (
                number = {Visited} OR NOT EXISTS (
                    SELECT 1 FROM integrations own WHERE own.tenant_id = tenants.id AND own.integration_type = {type} AND (
                        own.fallback = 'never' OR (own.is_active AND NOT (own.status = 'error' AND own.fallback = 'when_unusable')))))
            LIMIT {Limit + 1}
            """).ToListAsync(cancellationToken);
        return (found.Count(one => one == 1), !found.Contains(0));
    }
}
