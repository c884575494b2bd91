namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>What came of one folder.</summary>
/// <param name="Folder">Its name.</param>
/// <param name="Entry">How the catalog lists it, as long as no admin has switched it off.</param>
/// <param name="Open">There when it is in use.</param>
/// <param name="Build">What was opened: see <see cref="PluginBuild"/>.</param>
internal sealed record FolderResult(string Folder, PluginEntry Entry, OpenPlugin? Open = null, string? Build = null)
{
    public FolderResult Fault(string reason) => this with
    {
        Entry = Entry with { State = PluginState.Faulted, StateReason = reason, Plugin = null },
        Open = null,
    };
}
