using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Commands;

/// <summary>What must be true before anything is served or any command runs.</summary>
internal static class HostStart
{
    public static async Task PrepareAsync(IServiceProvider services, bool withPlugins, CancellationToken cancellationToken)
    {
        // Opening plugins needs no database, and both take their time.
        using var refused = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var opening = withPlugins ? OpenPluginsAsync(services, refused.Token) : Task.CompletedTask;
        try
        {
            await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(cancellationToken);
            await services.GetRequiredService<SecretsStart>().RunAsync(cancellationToken);
        }
        catch
        {
            await refused.CancelAsync();
            await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await opening;
        if (withPlugins) await services.GetRequiredService<PluginCatalog>().PublishAsync(cancellationToken);
    }

    private static Task OpenPluginsAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        Task.Run(() => services.GetRequiredService<PluginCatalog>().OpenAsync(cancellationToken), cancellationToken);
}
