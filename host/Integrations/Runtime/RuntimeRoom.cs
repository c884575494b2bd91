using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>What a provider works with.</summary>
internal static class RuntimeRoom
{
    /// <summary>Needs the rooms Data, Network, Plugins, and of Integrations the secrets.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IntegrationChanges>();
        services.AddSingleton(provider => new ResourcePool(
            provider.GetRequiredService<IntegrationChanges>(),
            provider.GetRequiredService<Plugins.IPluginCatalog>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ResourcePool>>()));
        services.AddSingleton<StateStore>();
        services.AddSingleton<OneTimeTokens>();
        services.AddSingleton<ContextFactory>();
        return services;
    }
}
