namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>What a metadata document says of one identity provider. Kept as JSON, much smaller than the document.</summary>
internal sealed record IdpMetadata
{
    public required string EntityId { get; init; }

    /// <summary>DER in base64, of the certificates it signs with.</summary>
    public required IReadOnlyList<string> Certificates { get; init; }

    public required IReadOnlyList<IdpEndpoint> SingleSignOn { get; init; }

    public IReadOnlyList<IdpEndpoint> SingleLogout { get; init; } = [];

    public bool WantsSignedRequests { get; init; }

    /// <summary>Until when its publisher stands by it; <c>null</c>: not said.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
}

/// <summary>Where an identity provider takes messages of one binding, and where it takes answers if elsewhere.</summary>
internal sealed record IdpEndpoint(SamlBinding Binding, string Location, string? ResponseLocation = null);
