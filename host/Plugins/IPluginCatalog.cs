namespace Vaka.Plugins.Host.Plugins;

/// <summary>Who is loaded, as the other rooms ask for it.</summary>
internal interface IPluginCatalog
{
    /// <summary>Every provider, ordered by type.</summary>
    IReadOnlyList<PluginEntry> Entries { get; }

    PluginEntry? Find(string type);
}
