namespace Vaka.Plugins.Host.Plugins;

/// <summary>Tells whoever holds on to things of a plugin that it is no longer in use: its calls end by themselves, what is kept for later calls
/// is to be let go.</summary>
internal sealed class PluginReplacements
{
    private event Action<LoadedPlugin>? Replaced;

    public void Subscribe(Action<LoadedPlugin> handler) => Replaced += handler;

    public void Publish(LoadedPlugin plugin) => Replaced?.Invoke(plugin);
}
