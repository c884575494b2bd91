using System.Text.Json;

namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>The last good copy of fetched metadata, and how the attempts to refresh it went. Kept beside the row for all nodes.</summary>
internal sealed record StoredMetadata
{
    public const string Key = "idp_metadata";

    /// <summary>What it was fetched for: a copy for other values of the config is none.</summary>
    public required string Url { get; init; }

    public string? WantedEntityId { get; init; }

    public required IdpMetadata Metadata { get; init; }

    public required DateTimeOffset FetchedAt { get; init; }

    /// <summary>When the first refresh failed since <see cref="FetchedAt"/>; <c>null</c>: none has.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public static StoredMetadata? Read(string? json, SsoConfig config) =>
        json is not null && JsonSerializer.Deserialize<StoredMetadata>(json) is { } stored
        && stored.Url == config.IdpMetadataUrl && stored.WantedEntityId == config.IdpEntityId
            ? stored
            : null;

    public string ToJson() => JsonSerializer.Serialize(this);
}
