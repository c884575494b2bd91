using System.Text.Json.Nodes;

namespace Vaka.Plugins.Client;

/// <summary>A provider that is configured for one tenant, or for the whole platform.</summary>
public sealed record Integration
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is; <c>null</c>: the platform's.</summary>
    public Guid? TenantId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The provider.</summary>
    public required string IntegrationType { get; init; }

    /// <summary><c>configuring</c>, <c>active</c>, <c>inactive</c>, or <c>error</c> with a <see cref="StatusReason"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it cannot be used.</summary>
    public string? StatusReason { get; init; }

    /// <summary>It is switched on.</summary>
    public bool IsActive { get; init; }

    /// <summary>It is the one that serves when none is named.</summary>
    public bool IsDefault { get; init; }

    /// <summary>When the platform-wide one may serve instead: <c>when_inactive</c>, <c>when_unusable</c> or <c>never</c>.</summary>
    public string? Fallback { get; init; }

    /// <summary>On a platform-wide one: the actions lent to tenants; <c>null</c>: the tenant-safe ones.</summary>
    public IReadOnlyList<string>? SharedActions { get; init; }

    /// <summary>How much it may be called.</summary>
    public IntegrationLimits? Limits { get; init; }

    /// <summary><c>healthy</c>, <c>warning</c> or <c>error</c>; <c>null</c>: not probed since its last change.</summary>
    public string? HealthStatus { get; init; }

    /// <summary>The config, without its secrets.</summary>
    public required JsonObject Config { get; init; }

    /// <summary>The secrets by their path in the config: whether they are set.</summary>
    public IReadOnlyDictionary<string, SecretState>? Secrets { get; init; }

    /// <summary>Counts its changes: what <c>revision</c> arguments take.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An integration as it shall be.</summary>
public sealed record IntegrationDraft
{
    /// <summary>Its name, unique within the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>The provider, such as <c>smtp</c>.</summary>
    public required string IntegrationType { get; init; }

    /// <summary>The config, as the provider's config_schema says.</summary>
    public required JsonObject Config { get; init; }

    /// <summary>In use; default: true for a new one, as it was for one that is replaced. With false, an incomplete config is kept as a
    /// draft.</summary>
    public bool? IsActive { get; init; }

    /// <summary>The one that serves when none is named; default: the first one is.</summary>
    public bool? IsDefault { get; init; }

    /// <summary>On a tenant's: when the platform-wide one may serve instead; default: <c>when_inactive</c>.</summary>
    public string? Fallback { get; init; }

    /// <summary>On a platform-wide one: the actions lent to tenants; default: the tenant-safe ones.</summary>
    public IReadOnlyList<string>? SharedActions { get; init; }

    /// <summary>How much it may be called; default: as much as comes.</summary>
    public IntegrationLimits? Limits { get; init; }
}

/// <summary>How much an integration may be called.</summary>
public sealed record IntegrationLimits
{
    /// <summary>Most calls at the same time on each host; <c>null</c>: no limit.</summary>
    public int? MaxConcurrentCalls { get; init; }

    /// <summary>Most calls a minute on all hosts together; <c>null</c>: no limit.</summary>
    public int? MaxCallsPerMinute { get; init; }
}

/// <summary>A secret, as far as it is shown.</summary>
/// <param name="Set">It is there.</param>
/// <param name="Fingerprint">Changes with it.</param>
/// <param name="UpdatedAt">When it changed.</param>
public sealed record SecretState(bool Set, string? Fingerprint, string? UpdatedAt);

/// <summary>Which integration serves.</summary>
/// <param name="Integration">The one.</param>
/// <param name="Trail">Those that were looked at, and why they were taken or passed over.</param>
public sealed record EffectiveIntegration(ServingIntegration Integration, IReadOnlyList<TrailEntry> Trail);

/// <summary>What a test found.</summary>
public sealed record IntegrationTest
{
    /// <summary><c>healthy</c>, <c>warning</c> or <c>error</c>.</summary>
    public required string HealthStatus { get; init; }

    /// <summary>What is wrong and what to do, or that it works.</summary>
    public required string Message { get; init; }

    /// <summary>What kind of trouble there is; <c>null</c>: none.</summary>
    public string? FailureKind { get; init; }

    /// <summary>How long it took.</summary>
    public long DurationMs { get; init; }

    /// <summary>What was tried, one after the other.</summary>
    public required IReadOnlyList<IntegrationTestStep> Steps { get; init; }
}

/// <summary>One step of a test.</summary>
/// <param name="Name">Such as <c>dns</c> or <c>tls</c>.</param>
/// <param name="Ok">It worked.</param>
/// <param name="Message">What was found.</param>
/// <param name="DurationMs">How long it took.</param>
public sealed record IntegrationTestStep(string Name, bool Ok, string Message, long DurationMs);
