using Microsoft.Extensions.DependencyInjection.Extensions;
using Vaka.Plugins.Host.Integrations.Destinations;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema;

/// <summary>Registers the room.</summary>
internal static class SchemaRoom
{
    public static IServiceCollection AddSchema(this IServiceCollection services)
    {
        services.AddMetrics().TryAddSingleton<ReachRefusals>();
        return services
            .AddSingleton<ProviderReach>()
            .AddSingleton<IProviderCheck, ReachCheck>()
            .AddSingleton<ProviderContracts>()
            .AddSingleton<IProviderCheck>(provider => provider.GetRequiredService<ProviderContracts>());
    }
}
