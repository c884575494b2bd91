namespace Vaka.Plugins.Host.Plugins;

/// <summary>A room's own demand on a plugin, tried while it is loaded.</summary>
internal interface IProviderCheck
{
    /// <summary>Throws <see cref="ProviderCheckException"/> when the plugin cannot be used.</summary>
    void Check(LoadedPlugin plugin);
}

/// <summary>A plugin cannot be used; the message tells its author what to change.</summary>
internal sealed class ProviderCheckException(string message, Exception? inner = null) : Exception(message, inner);
