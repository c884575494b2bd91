using Microsoft.Extensions.DependencyInjection.Extensions;
using Vaka.Plugins.Host.Integrations.Documents;
using Vaka.Plugins.Host.Integrations.Policies;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Packages;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Registers the store of integrations and their secrets.</summary>
internal static class StoreRoom
{
    public static IServiceCollection AddIntegrationStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSecrets(configuration);
        services.TryAddSingleton<IntegrationChanges>();
        services.AddSingleton<CallSignals>();
        services.AddSingleton<ConfigIntake>();
        services.AddSingleton<IntegrationWrites>();
        services.AddSingleton<IntegrationDrafts>();
        services.AddSingleton<IntegrationStore>();
        services.AddSingleton<IntegrationView>();
        services.AddSingleton<PolicyStore>();
        services.TryAddSingleton<ConfigReader>();
        services.TryAddSingleton<Offences>();
        services.AddSingleton<IStoredConfigs, StoredConfigs>();
        return services.AddDocuments();
    }
}
