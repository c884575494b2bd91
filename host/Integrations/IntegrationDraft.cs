using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>An integration as a request gives it, to be created or to replace one.</summary>
internal sealed record IntegrationDraft
{
    /// <summary>1 to 200 characters; white space around it is dropped.</summary>
    public required string Name { get; init; }

    public required string IntegrationType { get; init; }

    /// <summary>Secrets in plain; one that is absent is kept, one that is null is removed.</summary>
    public required JsonObject Config { get; init; }

    /// <summary><c>null</c>: as it is; a new one is active.</summary>
    public bool? IsActive { get; init; }

    /// <summary><c>null</c>: as it is; a new one is the default when it is the first active one of its type.</summary>
    public bool? IsDefault { get; init; }

    /// <summary>On a tenant's row only; <c>null</c>: <see cref="Integrations.Fallback.WhenInactive"/>.</summary>
    public Fallback? Fallback { get; init; }

    /// <summary>On a platform-wide row only; <c>null</c>: the tenant-safe ones.</summary>
    public IReadOnlyList<string>? SharedActions { get; init; }

    /// <summary><c>null</c>: <see cref="IntegrationLimits.None"/>.</summary>
    public IntegrationLimits? Limits { get; init; }
}
