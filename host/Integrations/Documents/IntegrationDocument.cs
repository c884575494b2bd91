using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>All integrations of a tenant or of the platform, as one document to keep beside code.</summary>
internal sealed record IntegrationDocument
{
    public const string FormatName = "vaka.integrations/1";
    public const int MaxBytes = 16 * 1024 * 1024;
    public const int MaxIntegrations = 10_000;

    /// <summary>Always <c>vaka.integrations/1</c>.</summary>
    [AllowedValues(FormatName)]
    public required string Format { get; init; }

    /// <summary>Whose they are; a tenant's document is for any tenant.</summary>
    public required DocumentScope Scope { get; init; }

    /// <summary>Names the key of the fingerprints: only those of the same one can be compared.</summary>
    public string? FingerprintKey { get; init; }

    /// <summary>How the secrets are sealed; null: they are left out.</summary>
    public DocumentSealing? Sealing { get; init; }

    /// <summary>By integration_type and name.</summary>
    [MaxLength(MaxIntegrations)]
    public required IReadOnlyList<DocumentItem> Integrations { get; init; }
}

/// <summary>Whose integrations a document holds.</summary>
internal enum DocumentScope
{
    /// <summary>The platform-wide ones.</summary>
    Platform,

    /// <summary>One tenant's.</summary>
    Tenant,
}

/// <summary>An integration as a document has it. Its name is what it is known by.</summary>
internal sealed record DocumentItem
{
    public required string Name { get; init; }

    /// <summary>The provider, such as <c>smtp</c>.</summary>
    public required string IntegrationType { get; init; }

    /// <summary>The version of the config; default: the provider's.</summary>
    public int? ConfigVersion { get; init; }

    /// <summary>In use; default: as it is, true for a new one. With false an incomplete config is kept as a draft.</summary>
    public bool? IsActive { get; init; }

    /// <summary>Default: as it is; a new one is the default when it is the first active one of its type.</summary>
    public bool? IsDefault { get; init; }

    /// <summary>On a tenant's integration: when the platform-wide one may serve instead.</summary>
    public Fallback? Fallback { get; init; }

    /// <summary>On a platform-wide integration: the actions lent to tenants; null: the tenant-safe ones.</summary>
    public IReadOnlyList<string>? SharedActions { get; init; }

    /// <summary>How much it may be called.</summary>
    public IntegrationLimits? Limits { get; init; }

    /// <summary>The config, as the provider's config_schema says. A secret that is left out stays as it is, null removes it.</summary>
    public required JsonObject Config { get; init; }

    /// <summary>The secrets that are set, by path.</summary>
    public IReadOnlyDictionary<string, DocumentSecret>? Secrets { get; init; }
}

/// <summary>What a document says of a secret.</summary>
internal sealed record DocumentSecret
{
    /// <summary>Shows whether another secret is stored.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The secret itself, under the key that the passphrase makes; null: it is left out.</summary>
    public string? Sealed { get; init; }
}
