using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Who serves whom.</summary>
internal static class ResolutionRoom
{
    /// <summary>Needs the rooms Data, Plugins, and of Integrations the schema, the secrets and the store.</summary>
    public static IServiceCollection AddResolution(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IntegrationChanges>();
        services.TryAddSingleton<ConfigReader>();
        services.AddSingleton<IIntegrationRows, IntegrationRows>();
        services.AddSingleton<BoundRows>();
        services.AddSingleton(provider =>
            new ResolutionCache(provider.GetRequiredService<IntegrationChanges>(), provider.GetRequiredService<TimeProvider>()));
        services.AddMetrics().AddSingleton<ResolutionFigures>();
        services.AddSingleton<IntegrationResolver>();
        services.AddLateService<ChangeFeed>();
        return services;
    }
}
