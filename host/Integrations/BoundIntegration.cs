using Vaka.Plugins.Host.Integrations.Policies;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>An integration ready to be called: its config decrypted and bound. Immutable; it holds secrets, so it is never logged or
/// serialised.</summary>
internal sealed class BoundIntegration
{
    public required Guid Id { get; init; }

    public Guid? TenantId { get; init; }

    public required string Name { get; init; }

    public required int Revision { get; init; }

    public required LoadedPlugin Plugin { get; init; }

    /// <summary>The provider's config record.</summary>
    public required object Config { get; init; }

    /// <summary>Same for the same stored config: what resources are keyed by.</summary>
    public required string ConfigHash { get; init; }

    /// <summary>On a platform-wide row: the actions lent to tenants; <c>null</c>: the tenant-safe ones.</summary>
    public IReadOnlyList<string>? SharedActions { get; init; }

    /// <summary>Where it may connect to; <c>null</c>: to any public address.</summary>
    public OutboundReach? Reach { get; init; }

    public IntegrationLimits Limits { get; init; } = IntegrationLimits.None;

    /// <summary>What becomes of whose calls.</summary>
    public PolicyRules Policies { get; init; } = PolicyRules.None;

    public ConfigScope Scope => TenantId is null ? ConfigScope.Platform : ConfigScope.Tenant;

    public override string ToString() => $"{Plugin.Type} integration {Id}";
}
