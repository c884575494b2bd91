using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Commands;

/// <summary>What must be true before anything is served or any command runs.</summary>
internal static class HostStart
{
    public static async Task PrepareAsync(IServiceProvider services, bool withPlugins, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(cancellationToken);
        await services.GetRequiredService<SecretsStart>().RunAsync(cancellationToken);
        if (withPlugins) await services.GetRequiredService<PluginCatalog>().LoadAsync(cancellationToken);
    }
}
