using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>The rows of <c>provider_settings</c>: one per type that was ever loaded, with what an admin decided about it and which build of it
/// passed its checks.</summary>
internal sealed partial class ProviderSettings(
    IDbContextFactory<HostDbContext> databases, PreparedQueries queries, TimeProvider time, ILogger<ProviderSettings> logger)
{
    private const string All = "SELECT type, is_disabled, updated_at, updated_by, checked_build FROM provider_settings";

    /// <summary>By hand, since every start waits for it.</summary>
    public async Task<IReadOnlyDictionary<string, ProviderSetting>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await queries.ReadAsync(All, [], Read, cancellationToken);
        return rows.ToDictionary(setting => setting.Type, StringComparer.Ordinal);
    }

    /// <summary>Makes sure that every type has a row, so that it can be missed when its folder is gone.</summary>
    /// <param name="types">What is loaded.</param>
    /// <param name="known">What was read just now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RememberAsync(
        IEnumerable<string> types, IReadOnlyDictionary<string, ProviderSetting> known, CancellationToken cancellationToken)
    {
        foreach (var type in types.Where(type => !known.ContainsKey(type)))
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            database.Add(new ProviderSetting { Type = type, UpdatedAt = time.GetUtcNow(), UpdatedBy = "host" });
            try
            {
                await database.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
            {
                // Another node that starts at the same time was faster; anything else shows again here.
                if (!(await ReadAsync(cancellationToken)).ContainsKey(type)) throw;
            }
        }
    }

    /// <summary>Remembers which builds passed their checks. Nothing else of the rows is written: an admin may be switching one. A host that cannot
    /// write starts all the same, and checks again next time.</summary>
    public async Task RememberCheckedAsync(IReadOnlyDictionary<string, string> builds, CancellationToken cancellationToken)
    {
        if (builds.Count == 0) return;
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var types = builds.Keys.ToList();
            var rows = await database.Set<ProviderSetting>().Where(setting => types.Contains(setting.Type)).ToListAsync(cancellationToken);
            foreach (var row in rows) row.CheckedBuild = builds[row.Type];
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (Exception exception) when (DatabaseFault.Is(exception) || exception is DbUpdateConcurrencyException)
        {
            LogNotRemembered(exception);
        }
    }

    // In the order of All.
    private static ProviderSetting Read(DbDataReader row) => new()
    {
        Type = row.GetString(0),
        IsDisabled = row.GetBoolean(1),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(2),
        UpdatedBy = row.GetString(3),
        CheckedBuild = row.IsDBNull(4) ? null : row.GetString(4),
    };

    [LoggerMessage(LogLevel.Warning, "Which plugins passed their checks cannot be remembered, so the next start checks them again. Can the database be written?")]
    private partial void LogNotRemembered(Exception exception);
}
