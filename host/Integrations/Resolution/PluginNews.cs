using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Packages;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Brings the catalog what other hosts tell of packages, and lets go of what was made with a plugin that has been replaced.</summary>
internal sealed class PluginNews : IFeedListener
{
    private readonly ProviderSettingsRefresh refresh;

    public PluginNews(ProviderSettingsRefresh refresh, PluginReplacements replacements, BoundRows bound, ResolutionCache answers, ResourcePool resources)
    {
        this.refresh = refresh;
        replacements.Subscribe(plugin =>
        {
            bound.Clear();
            answers.Clear();
            resources.Retire(plugin);
        });
    }

    string IFeedListener.Channel => PackageStore.Channel;

    public void Hear(string payload) => refresh.Wake();

    public void CatchUp() => refresh.Wake();
}
