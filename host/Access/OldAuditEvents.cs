using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access.Sealing;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Access;

/// <summary>What the audit was told long ago. It goes with its seal: once all events of a seal, and of those before it, are old. The newest of
/// the seals that were emptied so stays and begins the chain.</summary>
internal sealed class OldAuditEvents(IAuditKey key) : AgingRecords
{
    public override string Name => "Audit";

    public override int DefaultDays => 365;

    public override IQueryable<Guid> Ids(HostDbContext database, Guid after, Guid before, DateTimeOffset until)
    {
        var seals = database.Set<AuditSeal>();
        return database.Set<AuditEvent>()
            .Where(e => e.Id.CompareTo(after) > 0 && e.Id.CompareTo(before) < 0
                && e.Seal < (seals.Where(seal => seal.NewestAt >= until).Min(seal => (long?)seal.Number) ?? long.MaxValue))
            .Select(e => e.Id);
    }

    public override async Task<int> DeleteAsync(
        HostDbContext database, IReadOnlyList<Guid> ids, DateTimeOffset until, CancellationToken cancellationToken)
    {
        // The seals say that this was the host before any event is missing.
        var numbers = await database.Set<AuditEvent>().Where(e => ids.Contains(e.Id)).Select(e => e.Seal).Distinct().ToListAsync(cancellationToken);
        foreach (var seal in await database.Set<AuditSeal>().AsNoTracking().Where(seal => numbers.Contains(seal.Number) && seal.Checkpoint == null)
            .ToListAsync(cancellationToken))
        {
            var checkpoint = SealFormat.Checkpoint(key, seal);
            await database.Set<AuditSeal>().Where(same => same.Number == seal.Number).ExecuteUpdateAsync(
                set => set.SetProperty(same => same.Checkpoint, checkpoint).SetProperty(same => same.Entries, Array.Empty<byte>()), cancellationToken);
        }

        var removed = await database.Set<AuditEvent>().Where(e => ids.Contains(e.Id)).ExecuteDeleteAsync(cancellationToken);
        await DeleteEmptiedAsync(database, cancellationToken);
        return removed;
    }

    // From the beginning of the chain on, so that it has no gap.
    private static async Task DeleteEmptiedAsync(HostDbContext database, CancellationToken cancellationToken)
    {
        var seals = database.Set<AuditSeal>();
        var full = await seals.Where(seal => seal.Checkpoint == null).MinAsync(seal => (long?)seal.Number, cancellationToken)
            ?? await seals.MaxAsync(seal => (long?)seal.Number, cancellationToken) + 1 ?? 0;
        var left = await database.Set<AuditEvent>().MinAsync(e => e.Seal, cancellationToken) ?? long.MaxValue;
        var first = Math.Min(full - 1, left);
        await seals.Where(seal => seal.Number < first).ExecuteDeleteAsync(cancellationToken);
    }
}
