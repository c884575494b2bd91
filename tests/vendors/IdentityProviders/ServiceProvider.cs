using System.Text.Json.Serialization;

namespace Vaka.Plugins.Vendors.IdentityProviders;

/// <summary>A service provider as a <see cref="SamlPeer"/> knows it.</summary>
public sealed record ServiceProvider
{
    /// <summary>Its entity id.</summary>
    [JsonPropertyName("entityId")]
    public required string EntityId { get; init; }

    /// <summary>Where responses are posted.</summary>
    [JsonPropertyName("acs")]
    public required string Acs { get; init; }

    /// <summary>Where logout messages go.</summary>
    [JsonPropertyName("slo")]
    public required string Slo { get; init; }

    /// <summary>What it signs with, PEM; default: its signatures are not looked at.</summary>
    [JsonPropertyName("certificate")]
    public string? Certificate { get; init; }

    /// <summary>What assertions are encrypted to, PEM; default: they are not encrypted.</summary>
    [JsonPropertyName("encryptionCertificate")]
    public string? EncryptionCertificate { get; init; }

    /// <summary>Identifier of samlp's content encryption; default: AES-256-GCM. SimpleSAMLphp knows AES-128-CBC only.</summary>
    [JsonPropertyName("encryption")]
    public string? Encryption { get; init; }

    /// <summary>What is signed: <c>assertion</c>, <c>response</c>, <c>both</c> or <c>none</c>.</summary>
    [JsonPropertyName("sign")]
    public string Sign { get; init; } = "assertion";

    /// <summary>Whether it is signed with SHA-1.</summary>
    [JsonPropertyName("sha1")]
    public bool Sha1 { get; init; }

    /// <summary>Whether requests without a good signature are refused.</summary>
    [JsonPropertyName("signedRequests")]
    public bool SignedRequests { get; init; }

    /// <summary>Whether logout messages of the identity provider are posted instead of redirected.</summary>
    [JsonPropertyName("logoutByPost")]
    public bool LogoutByPost { get; init; }
}
