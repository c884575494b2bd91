using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Policies;

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

    /// <summary>By which way it came. Default: the API.</summary>
    public CallChannel Channel { get; init; }

    /// <summary>Under which the caller wants it done once; <c>null</c>: however often it is sent.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="ExecutionId">Under which it is recorded.</param>
/// <param name="Integration">Who served.</param>
/// <param name="Output">The action's output as UTF-8 JSON.</param>
/// <param name="Duration">How long the action itself took.</param>
/// <param name="IsReplayed">It was done before, under the same key, and this is what came of it then.</param>
internal sealed record ActionResult(
    Guid ExecutionId, ServingIntegration Integration, ReadOnlyMemory<byte> Output, TimeSpan Duration, bool IsReplayed = false)
{
    /// <summary>Nothing was done yet: an admin has to approve it first. There is no output.</summary>
    public bool AwaitsApproval { get; init; }
}

/// <summary>What would be done.</summary>
/// <param name="Integration">Who would serve.</param>
/// <param name="Preview">In the provider's words.</param>
internal sealed record PreviewResult(ServingIntegration Integration, ActionPreview Preview);
