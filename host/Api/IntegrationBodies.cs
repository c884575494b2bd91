using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Api;

/// <summary>An integration as it is created or replaced. What only answers carry is ignored, so that an answer can be edited and sent
/// back.</summary>
internal sealed record IntegrationBody
{
    /// <summary>Unique within the tenant, 1 to 200 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The provider, such as <c>smtp</c>.</summary>
    public required string IntegrationType { get; init; }

    /// <summary>The config, as the provider's config_schema says. A secret that is left out stays as it is.</summary>
    public required JsonObject Config { get; init; }

    /// <summary>In use; default: true for a new one, as it was for a replaced one. With false an incomplete config is kept as a
    /// draft.</summary>
    public bool? IsActive { get; init; }

    public bool? IsDefault { get; init; }

    /// <summary>On a tenant's integration: when the platform-wide one may serve instead.</summary>
    public Fallback? Fallback { get; init; }

    /// <summary>On a platform-wide integration: the actions lent to tenants; null: the tenant-safe ones.</summary>
    public IReadOnlyList<string>? SharedActions { get; init; }

    /// <summary>How much it may be called.</summary>
    public IntegrationLimits? Limits { get; init; }

    // Answer-only members.
    [ReadOnly(true)]
    public JsonElement? Id { get; init; }

    [ReadOnly(true)]
    public JsonElement? TenantId { get; init; }

    [ReadOnly(true)]
    public JsonElement? Status { get; init; }

    [ReadOnly(true)]
    public JsonElement? StatusReason { get; init; }

    [ReadOnly(true)]
    public JsonElement? HealthStatus { get; init; }

    [ReadOnly(true)]
    public JsonElement? Health { get; init; }

    [ReadOnly(true)]
    public JsonElement? Secrets { get; init; }

    [ReadOnly(true)]
    public JsonElement? ConfigVersion { get; init; }

    [ReadOnly(true)]
    public JsonElement? Revision { get; init; }

    [ReadOnly(true)]
    public JsonElement? CreatedAt { get; init; }

    [ReadOnly(true)]
    public JsonElement? CreatedBy { get; init; }

    [ReadOnly(true)]
    public JsonElement? UpdatedAt { get; init; }

    [ReadOnly(true)]
    public JsonElement? UpdatedBy { get; init; }

    public IntegrationDraft ToDraft() => new()
    {
        Name = Name,
        IntegrationType = IntegrationType,
        Config = Config,
        IsActive = IsActive,
        IsDefault = IsDefault,
        Fallback = Fallback,
        SharedActions = SharedActions,
        Limits = Limits,
    };
}

/// <summary>What a patch may change; every member is optional.</summary>
internal sealed record IntegrationPatchBody
{
    public string? Name { get; init; }

    public JsonObject? Config { get; init; }

    public bool? IsActive { get; init; }

    public bool? IsDefault { get; init; }

    public Fallback? Fallback { get; init; }

    public IReadOnlyList<string>? SharedActions { get; init; }

    /// <summary>How much it may be called; a limit that is left out stays, null: none.</summary>
    public IntegrationLimits? Limits { get; init; }
}

/// <summary>Probes an unsaved config.</summary>
internal sealed record TestBody
{
    /// <summary>The provider, such as <c>smtp</c>.</summary>
    public required string IntegrationType { get; init; }

    public required JsonObject Config { get; init; }

    /// <summary>The saved integration whose secrets stand in for those that are left out.</summary>
    public Guid? Id { get; init; }
}
