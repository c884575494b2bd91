using System.Runtime.Loader;
using McMaster.NETCore.Plugins;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>A plugin that is no longer in use, on its way out. Every call of it, and all that is made for calls, holds its
/// <see cref="LoadedPlugin"/>; so once that has been collected nothing runs in it any more, and nothing had to be counted.</summary>
internal sealed class RetiredPlugin(LoadedPlugin plugin, PluginLoader loader, ServiceProvider services)
{
    private readonly WeakReference<LoadedPlugin> users = new(plugin);
    private readonly WeakReference<AssemblyLoadContext> context = new(AssemblyLoadContext.GetLoadContext(plugin.Assembly)!); // it was loaded
    private (PluginLoader Loader, ServiceProvider Services)? held = (loader, services);

    public Guid Generation { get; } = plugin.Generation;

    public string Type { get; } = plugin.Type;

    public string Version { get; } = plugin.Version;

    /// <summary>Whether it keeps the types that it has met for ever.</summary>
    public bool UsesNewtonsoft { get; } = plugin.Assembly.GetReferencedAssemblies().Any(name => name.Name == "Newtonsoft.Json");

    public bool IsInUse => users.TryGetTarget(out _);

    public bool IsReleased => held is null;

    public bool IsUnloaded => !context.TryGetTarget(out _);

    /// <summary>Disposes its container and lets its code go. Runs code of the plugin.</summary>
    public async Task ReleaseAsync()
    {
        if (held is not { } mine) return;
        held = null;
        try
        {
            await mine.Services.DisposeAsync();
        }
        finally
        {
            mine.Loader.Dispose();
        }
    }
}
