using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>What is configured, and who serves.</summary>
internal static class IntegrationsRoom
{
    public static IServiceCollection AddIntegrations(this IServiceCollection services, IConfiguration configuration) => services
        .AddSchema()
        .AddIntegrationStore(configuration)
        .AddResolution()
        .AddRuntime()
        .AddSingleton<IFeedListener, PluginNews>()
        .AddSingleton<DefaultSettings>();
}
