using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access.Sealing;

/// <summary>Adds a link to the chain, of events that are in none. Events are committed by many nodes and in no order, so that each says itself
/// in which link it is.</summary>
internal sealed class AuditSealing(IDbContextFactory<HostDbContext> databases, IAuditKey key, TimeProvider clock, int most = AuditSealing.MostEvents)
{
    /// <summary>Events of one link.</summary>
    public const int MostEvents = 500;

    private const long Lock = 0x7661_6b61_7365_6101; // any number of our own

    /// <summary>Seals what there is, at most <see cref="MostEvents"/>; nothing while another node does.</summary>
    /// <returns>How many events were sealed.</returns>
    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (!await Unsealed(database).AnyAsync(cancellationToken)) return 0; // without a lock, which on SQLite all writers wait for
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (database.Database.IsNpgsql()
            && !await database.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({Lock}) AS \"Value\"").SingleAsync(cancellationToken)) return 0;
        var events = await Unsealed(database).AsNoTracking().OrderBy(e => e.Id).Take(most).ToListAsync(cancellationToken);
        if (events.Count == 0) return 0;
        var last = await database.Set<AuditSeal>().AsNoTracking().OrderByDescending(seal => seal.Number).FirstOrDefaultAsync(cancellationToken);
        var seal = Make(last, events);
        database.Add(seal);
        await database.SaveChangesAsync(cancellationToken);
        var ids = events.Select(e => e.Id).ToList();
        var written = await Unsealed(database).Where(e => ids.Contains(e.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.Seal, (long?)seal.Number), cancellationToken);
        if (written != events.Count) return 0; // somebody deleted one meanwhile: rolled back, and sealed as it is by then
        await transaction.CommitAsync(CancellationToken.None);
        return written;
    }

    private AuditSeal Make(AuditSeal? last, IReadOnlyList<AuditEvent> events)
    {
        var (number, previous, entries) = ((last?.Number ?? 0) + 1, last?.Hash ?? SealFormat.FirstHash, SealFormat.Entries(events));
        var now = clock.GetUtcNow();
        AuditSeal Of(string mac) => new()
        {
            Number = number,
            NewestAt = events.Max(e => e.At),
            SealedAt = now,
            Entries = entries,
            PreviousHash = previous,
            Hash = SealFormat.Hash(previous, number, entries),
            Mac = mac,
        };
        return Of(SealFormat.Mac(key, Of("")));
    }

    private static IQueryable<AuditEvent> Unsealed(HostDbContext database) => database.Set<AuditEvent>().Where(e => e.Seal == null);
}
