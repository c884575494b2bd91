using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Actions;

/// <summary>What a caller wants done.</summary>
internal sealed record ActionRequest
{
    public required string Type { get; init; }

    public required string Action { get; init; }

    /// <summary>The input as UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Name or id of the integration that is meant; <c>null</c>: the default one.</summary>
    public string? Integration { get; init; }

    public required Caller Caller { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="ExecutionId">Under which it is recorded.</param>
/// <param name="Integration">Who served.</param>
/// <param name="Output">The action's output as UTF-8 JSON.</param>
/// <param name="Duration">How long the action itself took.</param>
internal sealed record ActionResult(
    Guid ExecutionId, Integrations.BoundIntegration Integration, ReadOnlyMemory<byte> Output, TimeSpan Duration);
