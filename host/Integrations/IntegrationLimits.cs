using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>How much an integration may be called, as its admin wants it.</summary>
internal sealed record IntegrationLimits
{
    public const int MostConcurrentCalls = 256;
    public const int MostCallsPerMinute = 60_000;

    /// <summary>What the host does by itself.</summary>
    public static IntegrationLimits None { get; } = new();

    /// <summary>Most calls that run at the same time on each node, 1 to 256; null: synchronous ones as many as come, durable ones as the host
    /// goes by itself.</summary>
    [Range(1, MostConcurrentCalls)]
    public int? MaxConcurrentCalls { get; init; }

    /// <summary>Most calls a minute on all nodes together, 1 to 60000; null: as many as come.</summary>
    [Range(1, MostCallsPerMinute)]
    public int? MaxCallsPerMinute { get; init; }
}
