using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema;

/// <summary>The JSON contracts of the loaded plugins, each made once per load and forgotten with it.</summary>
internal sealed class ProviderContracts : IProviderCheck
{
    public JsonContract Config(LoadedPlugin plugin) => throw new NotImplementedException();

    public JsonContract Input(LoadedPlugin plugin, IntegrationAction action) => throw new NotImplementedException();

    public JsonContract Output(LoadedPlugin plugin, IntegrationAction action) => throw new NotImplementedException();

    /// <summary>Makes all of them, so that a record that cannot be a contract shows at load.</summary>
    public void Check(LoadedPlugin plugin) => throw new NotImplementedException();
}
