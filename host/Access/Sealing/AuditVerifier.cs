using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access.Sealing;

/// <summary>Goes through the chain from its newest checkpoint, or its first link, to its end. It holds no lock: what is sealed or pruned
/// meanwhile is no finding.</summary>
internal sealed class AuditVerifier(IDbContextFactory<HostDbContext> databases, IAuditKey key)
{
    private const int Batch = 100;
    private const int MostFindings = 1_000;

    /// <param name="expected">A seal that somebody kept: it must still be there, unless it was pruned; <c>null</c>: nothing was kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AuditVerification> RunAsync(SealMark? expected, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var findings = new List<AuditFinding>();
        var (count, events, checkpoint) = (0L, 0L, (long?)null);
        AuditSeal? previous = null;
        while (true)
        {
            var last = previous?.Number ?? 0;
            var seals = await database.Set<AuditSeal>().AsNoTracking().Where(seal => seal.Number > last).OrderBy(seal => seal.Number)
                .Take(Batch).ToListAsync(cancellationToken);
            foreach (var seal in seals)
            {
                count++;
                findings.AddRange(CheckLink(previous, seal, expected));
                if (seal.Checkpoint is not null) checkpoint = seal.Number;
                else
                {
                    var (looked, wrong) = await CheckEventsAsync(database, seal, cancellationToken);
                    events += looked;
                    if (wrong.Count > 0 && !await IsPrunedAsync(database, seal, cancellationToken)) findings.AddRange(wrong);
                }

                previous = seal;
            }

            if (seals.Count < Batch || findings.Count >= MostFindings) break;
        }

        findings.AddRange(await FindWithoutSealAsync(database, cancellationToken));
        if (expected is not null && expected.Number > (previous?.Number ?? 0))
            findings.Add(new AuditFinding(AuditFindingKind.SealRemoved, expected.Number, null, $"Seal {expected.Number}, which was kept, and all after it are missing."));
        return new AuditVerification
        {
            Seals = count,
            Events = events,
            Unsealed = await database.Set<AuditEvent>().LongCountAsync(e => e.Seal == null, cancellationToken),
            Checkpoint = checkpoint,
            Last = previous is null ? null : new SealMark(previous.Number, previous.Hash),
            Findings = [.. findings.Take(MostFindings)],
        };
    }

    private IEnumerable<AuditFinding> CheckLink(AuditSeal? previous, AuditSeal seal, SealMark? expected)
    {
        var begins = previous is null && (seal.Number == 1 || seal.Checkpoint is not null);
        if (!begins && seal.Number != (previous?.Number ?? 0) + 1)
        {
            yield return new AuditFinding(
                AuditFindingKind.SealRemoved, seal.Number - 1, null, $"Seals {(previous?.Number ?? 0) + 1} to {seal.Number - 1} are missing, and so may be their events.");
        }
        else if (previous is not null && previous.Hash != seal.PreviousHash) yield return Changed("does not follow from the one before");

        if (SealFormat.Mac(key, seal) != seal.Mac) yield return Changed("was changed, or was not made by the host");
        if (seal.Checkpoint is { } checkpoint && checkpoint != SealFormat.Checkpoint(key, seal))
            yield return Changed("says that its events were pruned, which was not by the host");
        if (seal.Checkpoint is null && SealFormat.Hash(seal.PreviousHash, seal.Number, seal.Entries) != seal.Hash)
            yield return Changed("has other entries than when it was made");
        if (seal.Number == 1 && seal.PreviousHash != SealFormat.FirstHash) yield return Changed("does not begin the chain");
        if (expected?.Number == seal.Number && expected.Hash != seal.Hash) yield return Changed("is another one than the one that was kept");

        AuditFinding Changed(string what) => new(AuditFindingKind.SealChanged, seal.Number, null, $"Seal {seal.Number} {what}.");
    }

    private static async Task<(int Looked, List<AuditFinding> Findings)> CheckEventsAsync(
        HostDbContext database, AuditSeal seal, CancellationToken cancellationToken)
    {
        var findings = new List<AuditFinding>();
        var entries = SealFormat.Read(seal.Entries).DistinctBy(entry => entry.Id).ToDictionary(entry => entry.Id, entry => entry.Hash);
        var events = await database.Set<AuditEvent>().AsNoTracking().Where(e => e.Seal == seal.Number).OrderBy(e => e.Id)
            .Take(entries.Count + MostFindings).ToListAsync(cancellationToken);
        foreach (var e in events)
        {
            if (!entries.Remove(e.Id, out var hash)) Add(AuditFindingKind.EventInserted, e.Id, "was added later");
            else if (!hash.AsSpan().SequenceEqual(SealFormat.Hash(e))) Add(AuditFindingKind.EventChanged, e.Id, "was changed");
        }

        foreach (var id in entries.Keys) Add(AuditFindingKind.EventRemoved, id, "is missing");
        return (events.Count, findings);

        void Add(AuditFindingKind kind, Guid id, string what) =>
            findings.Add(new AuditFinding(kind, seal.Number, id, $"Event {id} of seal {seal.Number} {what}."));
    }

    private static async Task<IEnumerable<AuditFinding>> FindWithoutSealAsync(HostDbContext database, CancellationToken cancellationToken)
    {
        var seals = database.Set<AuditSeal>();
        var strays = await database.Set<AuditEvent>().AsNoTracking().Where(e => e.Seal != null && !seals.Any(seal => seal.Number == e.Seal))
            .OrderBy(e => e.Id).Take(MostFindings).Select(e => new { e.Id, e.Seal }).ToListAsync(cancellationToken);
        return strays.Select(e => new AuditFinding(
            AuditFindingKind.EventInserted, e.Seal ?? 0, e.Id, $"Event {e.Id} says that it is in seal {e.Seal}, which there is not."));
    }

    private static async Task<bool> IsPrunedAsync(HostDbContext database, AuditSeal seal, CancellationToken cancellationToken) =>
        !await database.Set<AuditSeal>().AnyAsync(now => now.Number == seal.Number && now.Checkpoint == null, cancellationToken);
}
