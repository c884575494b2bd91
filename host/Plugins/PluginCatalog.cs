namespace Vaka.Plugins.Host.Plugins;

/// <summary>Who is loaded.</summary>
internal sealed class PluginCatalog
{
    /// <summary>Every provider, ordered by type.</summary>
    public IReadOnlyList<PluginEntry> Entries => throw new NotImplementedException();

    public PluginEntry? Find(string type) => throw new NotImplementedException();
}
