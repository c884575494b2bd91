using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access;

/// <summary>Reads the audit. Events are written by the change that they tell of.</summary>
internal sealed class AuditTrail(IDbContextFactory<HostDbContext> databases)
{
    /// <summary>Newest first; ids are UUIDv7 and so order by time.</summary>
    public async Task<IReadOnlyList<AuditEvent>> ListAsync(Guid? before, int count, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var events = database.Set<AuditEvent>().AsNoTracking().Where(e => e.TenantId == caller.TenantId);
        if (before is { } last) events = events.Where(e => e.Id.CompareTo(last) < 0);
        return await events.OrderByDescending(e => e.Id).Take(count).ToListAsync(cancellationToken);
    }
}
