using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Health;

/// <summary>What probes and failed calls found long ago. How many are kept of each integration is <see cref="HealthBook.Kept"/>.</summary>
internal sealed class OldProbes : AgingRecords
{
    public override string Name => "Probes";

    public override int DefaultDays => 14;

    public override IQueryable<Guid> Ids(HostDbContext database, Guid after, Guid before, DateTimeOffset until) => database.Set<ProbeRecord>()
        .Where(probe => probe.Id.CompareTo(after) > 0 && probe.Id.CompareTo(before) < 0 && probe.CheckedAt < until).Select(probe => probe.Id);

    public override Task<int> DeleteAsync(
        HostDbContext database, IReadOnlyList<Guid> ids, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.Set<ProbeRecord>().Where(probe => ids.Contains(probe.Id)).ExecuteDeleteAsync(cancellationToken);
}
