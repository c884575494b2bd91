using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Vaka.Plugins.Host.Plugins;

internal static class PluginsRoom
{
    /// <summary>Who is loaded. Start-up calls <see cref="PluginCatalog.LoadAsync"/> once the database is there and before anything is
    /// served.</summary>
    public static IServiceCollection AddPlugins(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PluginsOptions>()
            .Bind(configuration.GetSection(PluginsOptions.Section))
            .Validate(options => options.LoadTimeout > TimeSpan.Zero, "Plugins:LoadTimeout must be more than zero, such as 00:00:30.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ProviderSettings>();
        services.AddSingleton<PluginCatalog>();
        services.AddSingleton<IPluginCatalog>(provider => provider.GetRequiredService<PluginCatalog>());
        services.AddSingleton<ProviderSwitch>();
        services.AddHostedService<ProviderSettingsRefresh>();
        return services;
    }
}
