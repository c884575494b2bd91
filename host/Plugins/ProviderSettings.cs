using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>The rows of <c>provider_settings</c>: one per type that was ever loaded, with what an admin decided about it.</summary>
internal sealed class ProviderSettings(IDbContextFactory<HostDbContext> databases, TimeProvider time)
{
    public async Task<IReadOnlyDictionary<string, ProviderSetting>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<ProviderSetting>().AsNoTracking().ToDictionaryAsync(setting => setting.Type, cancellationToken);
    }

    /// <summary>Makes sure that every type has a row, so that it can be missed when its folder is gone.</summary>
    public async Task RememberAsync(IReadOnlyCollection<string> types, CancellationToken cancellationToken)
    {
        var known = await ReadAsync(cancellationToken);
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
}
