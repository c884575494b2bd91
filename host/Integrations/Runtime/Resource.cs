using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>What a resource is shared by.</summary>
internal readonly record struct ResourceKey(Guid IntegrationId, string ConfigHash, Guid Generation, string Name)
{
    public bool IsOfSameConfig(ResourceKey other) => ConfigHash == other.ConfigHash && Generation == other.Generation;
}

/// <summary>One shared thing of a plugin. Its members are read and written by <see cref="ResourcePool"/> under its lock.</summary>
internal sealed class Resource(ResourceKey key, LoadedPlugin plugin)
{
    public ResourceKey Key { get; } = key;

    public LoadedPlugin Plugin { get; } = plugin;

    /// <summary>The thing, while it is made or once it is.</summary>
    public Task<object> Value { get; set; } =
        Task.FromException<object>(new InvalidOperationException("It is not being made yet."));

    /// <summary>Ends the making of it when nobody waits any more. It belongs to no caller, so that one who gives up fails no other.</summary>
    public CancellationTokenSource Making { get; } = new();

    /// <summary>Calls that use it or wait for it.</summary>
    public int Users { get; set; }

    /// <summary>Timestamp of the last release.</summary>
    public long UsedAt { get; set; }

    /// <summary>Nobody new gets it; it goes with its last user.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Its end has begun.</summary>
    public bool IsEnded { get; set; }
}
