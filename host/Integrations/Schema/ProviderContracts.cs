using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema;

/// <summary>The JSON contracts of the loaded plugins, each made once per load and forgotten with it.</summary>
internal sealed class ProviderContracts : IProviderCheck
{
    // Keyed by the plugin itself, so that nothing here keeps it from unloading.
    private readonly ConditionalWeakTable<LoadedPlugin, ConcurrentDictionary<Type, JsonContract>> contracts = [];

    public JsonContract Config(LoadedPlugin plugin) => Of(plugin, plugin.Provider.ConfigType);

    public JsonContract Input(LoadedPlugin plugin, IntegrationAction action) => Of(plugin, action.InputType);

    public JsonContract Output(LoadedPlugin plugin, IntegrationAction action) => Of(plugin, action.OutputType);

    /// <summary>Makes all of them, so that a record that cannot be a contract shows at load.</summary>
    public void Check(LoadedPlugin plugin)
    {
        Config(plugin);
        foreach (var action in plugin.Provider.Actions)
        {
            if (action.ConfigType != plugin.Provider.ConfigType)
            {
                throw new ProviderCheckException(
                    $"Action {action.Name} takes {action.ConfigType.Name}; the provider's config is {plugin.Provider.ConfigType.Name}.");
            }

            Input(plugin, action);
            if (Output(plugin, action).HoldsSecrets)
            {
                throw new ProviderCheckException(
                    $"Action {action.Name}: its output {action.OutputType.Name} holds a secret. What is answered is never secret.");
            }
        }
    }

    private JsonContract Of(LoadedPlugin plugin, Type type) => contracts
        .GetOrCreateValue(plugin)
        .GetOrAdd(type, static (type, plugin) => JsonContract.Create(type, plugin.Provider.JsonTypeInfoResolver), plugin);
}
