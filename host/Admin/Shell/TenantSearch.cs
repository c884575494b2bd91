using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Shell;

/// <summary>Tenants to offer to a platform admin. The host knows a tenant only by the rows that name it, so that any UUID can be typed.</summary>
internal sealed class TenantSearch(IDbContextFactory<HostDbContext> databases)
{
    private const int Offered = 20;

    /// <summary>The tenants whose integrations were made last.</summary>
    public async Task<IReadOnlyList<Guid>> ListAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var newest = await database.Set<Integration>().AsNoTracking().OrderByDescending(row => row.Id).Take(500)
            .Where(row => row.TenantId != null).Select(row => row.TenantId).ToListAsync(cancellationToken);
        return [.. newest.OfType<Guid>().Distinct().Take(Offered)];
    }
}
