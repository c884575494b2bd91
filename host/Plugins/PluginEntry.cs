namespace Vaka.Plugins.Host.Plugins;

/// <summary>One provider as the catalog lists it, loaded or not.</summary>
internal sealed record PluginEntry
{
    /// <summary>The provider's type; of a plugin whose type could not be read, or is another's, the name of its folder.</summary>
    public required string Type { get; init; }

    public required PluginState State { get; init; }

    /// <summary>Why it is not active, for an operator: what is wrong and what to do.</summary>
    public string? StateReason { get; init; }

    /// <summary>Version of the plugin, when it could be read.</summary>
    public string? Version { get; init; }

    /// <summary>Contract version it was built against, when it could be read, such as <c>1.0</c>.</summary>
    public string? ContractVersion { get; init; }

    /// <summary>What the plugin uses although the contract forbids it, such as <c>System.IO.File: …</c>. Reported, not refused.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>What else an operator should know, such as an earlier version that cannot be unloaded.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where it comes from; <c>null</c>: it is missing.</summary>
    public PluginSource? Source { get; init; }

    /// <summary>The loaded plugin; there with <see cref="PluginState.Active"/> and <see cref="PluginState.Disabled"/> only.</summary>
    public LoadedPlugin? Plugin { get; init; }
}

/// <summary>What can be done with a provider.</summary>
internal enum PluginState
{
    /// <summary>In use.</summary>
    Active,

    /// <summary>Switched off by an admin for everyone.</summary>
    Disabled,

    /// <summary>Built against a contract that this host does not have, laid out so that it cannot be loaded, or not a plugin.</summary>
    Incompatible,

    /// <summary>It failed while it was loaded.</summary>
    Faulted,

    /// <summary>It was there before, and its folder or package is gone.</summary>
    Missing,

    /// <summary>Kept out of use on this host: its package is not what was installed, or it misbehaved.</summary>
    Quarantined,
}

/// <summary>How a plugin came to this host.</summary>
internal enum PluginSource
{
    /// <summary>A folder of the plugin directory.</summary>
    Folder,

    /// <summary>A package in the database, the same for all hosts.</summary>
    Package,
}
