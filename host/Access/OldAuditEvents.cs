using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Access;

/// <summary>What the audit was told long ago.</summary>
internal sealed class OldAuditEvents : AgingRecords
{
    public override string Name => "Audit";

    public override int DefaultDays => 365;

    public override IQueryable<Guid> Ids(HostDbContext database, Guid after, Guid before, DateTimeOffset until) => database.Set<AuditEvent>()
        .Where(e => e.Id.CompareTo(after) > 0 && e.Id.CompareTo(before) < 0 && e.At < until).Select(e => e.Id);

    public override Task<int> DeleteAsync(
        HostDbContext database, IReadOnlyList<Guid> ids, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.Set<AuditEvent>().Where(e => ids.Contains(e.Id)).ExecuteDeleteAsync(cancellationToken);
}
