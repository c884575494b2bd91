using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>What this integration believes of its identity provider: the explicit fields of the config, completed from its metadata.</summary>
internal sealed record IdentityProvider
{
    public required string EntityId { get; init; }

    /// <summary>What it signs with: the only keys that are trusted.</summary>
    public required IReadOnlyList<X509Certificate2> Certificates { get; init; }

    public required string SsoUrl { get; init; }

    public SamlBinding SsoBinding { get; init; }

    /// <summary>Where logout requests go; <c>null</c>: it offers no logout.</summary>
    public string? SloUrl { get; init; }

    /// <summary>Where logout responses go; <c>null</c>: to <see cref="SloUrl"/>.</summary>
    public string? SloResponseUrl { get; init; }

    public SamlBinding SloBinding { get; init; }

    public bool WantsSignedRequests { get; init; }
}
