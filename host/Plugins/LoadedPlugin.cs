using System.Reflection;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>A provider that is loaded, with its own service container.</summary>
internal sealed class LoadedPlugin
{
    public required IIntegrationProvider Provider { get; init; }

    /// <summary>Read once: a descriptor that changes its mind would be a fault.</summary>
    public required ProviderDescriptor Descriptor { get; init; }

    /// <summary>Different for every load, so that whatever was made for an earlier one is not mistaken for this one's.</summary>
    public required Guid Generation { get; init; }

    public required string Version { get; init; }

    public required string ContractVersion { get; init; }

    public required Assembly Assembly { get; init; }

    public required IServiceProvider Services { get; init; }

    public string Type => Descriptor.Type;

    public IntegrationAction? FindAction(string name) =>
        Provider.Actions.FirstOrDefault(action => string.Equals(action.Name, name, StringComparison.Ordinal));
}
