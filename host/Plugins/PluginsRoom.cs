using Microsoft.Extensions.DependencyInjection.Extensions;
using Vaka.Plugins.Host.Plugins.Loading;
using Vaka.Plugins.Host.Plugins.Packages;

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
            .Validate(
                options => options.PublisherKeys.All(PublisherKeys.IsKey),
                "Plugins:PublisherKeys holds what is no ECDSA public key on P-256: give each as PEM, or as its base64 without the first and last line.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FolderLoader>();
        services.AddSingleton<PluginReplacements>();
        services.TryAddSingleton<Offences>();
        services.AddSingleton<Unloading>();
        services.AddSingleton<PublisherKeys>();
        services.AddSingleton<PackageStore>();
        services.AddSingleton<PackageDirectory>();
        services.AddSingleton<InstalledPlugins>();
        services.AddSingleton<PackageInstaller>();
        services.AddSingleton<ProviderSettings>();
        services.AddSingleton<PluginCatalog>();
        services.AddSingleton<IPluginCatalog>(provider => provider.GetRequiredService<PluginCatalog>());
        services.AddSingleton<ProviderSwitch>();
        services.AddSingleton<ProviderSettingsRefresh>();
        services.AddLateService<ProviderSettingsRefresh>();
        return services;
    }
}
