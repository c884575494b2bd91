using McMaster.NETCore.Plugins;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>A loaded plugin with what has to be given back: its container and its load context.</summary>
internal sealed class OpenPlugin : IAsyncDisposable
{
    private readonly PluginLoader loader;
    private readonly ServiceProvider services;

    private OpenPlugin(LoadedPlugin plugin, PluginLoader loader, ServiceProvider services) =>
        (Plugin, this.loader, this.services) = (plugin, loader, services);

    public LoadedPlugin Plugin { get; }

    /// <summary>Loads the plugin into a context of its own and makes its provider. Runs code of the plugin, so it may throw anything and
    /// may never return.</summary>
    public static OpenPlugin Open(AssemblyFacts main, bool isUnloadable, ILoggerFactory loggers, TimeProvider time)
    {
        // Sharing one type of the contract shares its assembly and all that it references. Code that can be unloaded runs a fifth slower, so
        // only what can be replaced while the host runs is.
        var loader = PluginLoader.CreateFromAssemblyFile(main.Path, isUnloadable, sharedTypes: [typeof(IIntegrationProvider)]);
        ServiceProvider? services = null;
        try
        {
            var assembly = loader.LoadDefaultAssembly();
            var type = ProviderType.Find(assembly);
            var provider = Blame.For(
                $"the constructor of {type.FullName}",
                () => (IIntegrationProvider)Activator.CreateInstance(type)!); // a class
            var descriptor = Blame.For("its descriptor", () => provider.Descriptor)
                ?? throw new ProviderCheckException("Its descriptor is null.");
            services = Blame.For("ConfigureServices", () => BuildContainer(provider, loggers, time));
            var plugin = new LoadedPlugin
            {
                Provider = provider,
                Descriptor = descriptor,
                Generation = Guid.NewGuid(),
                Version = main.Version,
                ContractVersion = ContractCheck.Show(main.Contract!), // a main assembly uses the contract
                Assembly = assembly,
                Services = services,
            };
            Blame.For("its descriptor or its list of actions", () => ProviderRules.Check(plugin));
            return new OpenPlugin(plugin, loader, services);
        }
        catch
        {
            services?.Dispose();
            loader.Dispose();
            throw;
        }
    }

    /// <summary>Gives up the plugin but not yet its container and code, which calls may still run in.</summary>
    public RetiredPlugin Retire() => new(Plugin, loader, services);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await services.DisposeAsync();
        }
        finally
        {
            loader.Dispose();
        }
    }

    private static ServiceProvider BuildContainer(IIntegrationProvider provider, ILoggerFactory loggers, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddSingleton(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(time);
        provider.ConfigureServices(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
