using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>Switches a provider on or off for everyone. Its rows stay as they are.</summary>
internal sealed class ProviderSwitch(IDbContextFactory<HostDbContext> databases, PluginCatalog catalog, TimeProvider time)
{
    /// <exception cref="ProblemException"><see cref="ProblemCode.Forbidden"/>, <see cref="ProblemCode.NotFound"/>, or
    /// <see cref="ProblemCode.InvalidRequest"/> for a plugin that never was loaded.</exception>
    public Task<PluginEntry> EnableAsync(string type, Caller caller, CancellationToken cancellationToken) =>
        SetAsync(type, isDisabled: false, caller, cancellationToken);

    /// <inheritdoc cref="EnableAsync"/>
    public Task<PluginEntry> DisableAsync(string type, Caller caller, CancellationToken cancellationToken) =>
        SetAsync(type, isDisabled: true, caller, cancellationToken);

    private async Task<PluginEntry> SetAsync(string type, bool isDisabled, Caller caller, CancellationToken cancellationToken)
    {
        if (caller is not { IsPlatform: true, Role: CallerRole.Admin })
            throw new ProblemException(ProblemCode.Forbidden, "Only a platform admin switches a provider on or off for everyone.");
        var entry = catalog.Find(type) ?? throw NotFound(type);

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var setting = await database.Set<ProviderSetting>().SingleOrDefaultAsync(s => s.Type == type, cancellationToken);
        if (setting is null)
        {
            // The name of a folder is no type: a row for it would be missed for ever.
            if (entry.Plugin is null)
            {
                throw new ProblemException(
                    ProblemCode.InvalidRequest, $"Provider '{type}' is not loaded, so there is nothing to switch. {entry.StateReason}");
            }

            setting = new ProviderSetting { Type = type, UpdatedAt = time.GetUtcNow(), UpdatedBy = caller.Name };
            database.Add(setting);
        }

        // Enabling what is enabled lifts a quarantine, which may be on another host.
        var isChange = setting.IsDisabled != isDisabled || (!isDisabled && entry.State is PluginState.Quarantined);
        if (isChange || !isDisabled) (setting.IsDisabled, setting.UpdatedAt, setting.UpdatedBy) = (isDisabled, time.GetUtcNow(), caller.Name);
        if (isChange)
        {
            database.Add(new AuditEvent
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                At = time.GetUtcNow(),
                Actor = caller.Name,
                Action = isDisabled ? "provider.disabled" : "provider.enabled",
                Subject = type,
            });
        }

        await database.SaveChangesAsync(cancellationToken);

        // What was committed shows here even when the caller has gone.
        await catalog.RefreshAsync(CancellationToken.None);
        return catalog.Find(type) ?? throw NotFound(type);
    }

    private static ProblemException NotFound(string type) =>
        new(ProblemCode.NotFound, $"There is no provider '{type}'. GET /api/v1/providers lists them.");
}
