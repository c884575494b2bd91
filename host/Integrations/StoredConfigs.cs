using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Packages;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Tries configs with another version of their plugin, and gives them back an earlier one.</summary>
internal sealed class StoredConfigs(IDbContextFactory<HostDbContext> databases, ConfigReader reader, IntegrationStore store) : IStoredConfigs
{
    private const int Batch = 500;

    public async Task<ConfigTrial> TryAsync(LoadedPlugin candidate, CancellationToken cancellationToken)
    {
        var count = 0;
        var failing = new List<Guid>();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        for (var after = Guid.Empty; ;)
        {
            var last = after;
            var rows = await database.Set<Integration>().AsNoTracking()
                .Where(row => row.IntegrationType == candidate.Type && row.Id > last)
                .OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellationToken);
            count += rows.Count;

            // A draft, or what cannot be used as it is, is none the worse for it.
            failing.AddRange(rows
                .Where(row => row.Status is not IntegrationStatus.Configuring && IsRefused(reader.Read(row, candidate)) && IsFineToday(row))
                .Select(row => row.Id));
            if (rows.Count < Batch) return new ConfigTrial(count, failing);
            after = rows[^1].Id;
        }
    }

    public async Task<IReadOnlyList<Guid>> FindNewerAsync(string type, int configVersion, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await Newer(database, type, configVersion).Select(row => row.Id).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<string>> RestoreAsync(string type, int configVersion, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var problems = new List<string>();
        foreach (var row in await Newer(database, type, configVersion).Select(row => new { row.Id, row.TenantId }).ToListAsync(cancellationToken))
        {
            var last = await database.Set<IntegrationRevision>()
                .Where(revision => revision.IntegrationId == row.Id && revision.ConfigVersion <= configVersion)
                .MaxAsync(revision => (int?)revision.Revision, cancellationToken);
            try
            {
                if (last is not { } revision) problems.Add($"{row.Id}: it was made with the newer version and has no earlier config.");
                else await store.RestoreAsync(row.Id, revision, null, Caller.CommandLine with { TenantId = row.TenantId }, cancellationToken);
            }
            catch (ProblemException refused)
            {
                problems.Add($"{row.Id}: {refused.Message}");
            }
        }

        return problems;
    }

    private static IQueryable<Integration> Newer(HostDbContext database, string type, int configVersion) =>
        database.Set<Integration>().Where(row => row.IntegrationType == type && row.ConfigVersion > configVersion).OrderBy(row => row.Id);

    // Without a plugin today nothing can be compared: then whatever fails counts.
    private bool IsFineToday(Integration row) => reader.Read(row) is { Integration: not null } or { Reason: Unusable.PluginNotLoaded };

    private static bool IsRefused(ReadResult result) => result is { Integration: null, Reason: Unusable.NeedsMigration or Unusable.InvalidConfig };
}
