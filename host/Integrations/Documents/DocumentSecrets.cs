using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>The secrets of one integration on their way out of and into a document.</summary>
internal sealed class DocumentSecrets(SecretProtector protector)
{
    /// <summary>Names the key that a scope's fingerprints are made with: theirs of an empty text.</summary>
    public string FingerprintKey(Guid? tenantId) => protector.Fingerprint(tenantId, "");

    /// <summary>What a document says of the secrets of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="stored">Its config with the secrets in envelopes.</param>
    /// <param name="open">The same without them.</param>
    /// <param name="sealing">What to seal them with, and the provider's contract; <c>null</c>: they are left out.</param>
    /// <exception cref="SecretUndecryptableException">One of them is to be sealed and cannot be read.</exception>
    public IReadOnlyDictionary<string, DocumentSecret> Export(
        Integration row, JsonObject stored, JsonObject open, (DocumentSeal Seal, JsonContract Contract)? sealing)
    {
        var places = sealing?.Contract.FindSecrets(stored);
        return ConfigPath.FindEnvelopes(stored).ToDictionary(
            found => ConfigPath.Bind(found.Segments),
            found => new DocumentSecret
            {
                Fingerprint = (string?)found.Envelope[SecretProtector.FingerprintMember],
                Sealed = sealing is { } with && places?.FirstOrDefault(place => place.Segments.SequenceEqual(found.Segments)) is { } place
                    ? with.Seal.Seal(
                        protector.Unprotect(row.Id, ConfigPath.Bind(found.Segments), found.Envelope),
                        BelongsTo(with.Contract, ScopeOf(row.TenantId), row.Name, row.IntegrationType, place, open))
                    : null,
            });
    }

    /// <summary>An item's config with the secrets that the document brings.</summary>
    /// <param name="item">The item.</param>
    /// <param name="scope">The document's.</param>
    /// <param name="contract">The provider's.</param>
    /// <param name="seal">Opens them; <c>null</c>: without the passphrase they are as good as left out.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidConfig"/>: one cannot be opened here.</exception>
    public static JsonObject Import(DocumentItem item, DocumentScope scope, JsonContract contract, DocumentSeal? seal)
    {
        var config = item.Config.DeepClone().AsObject();
        if (seal is null || item.Secrets is null) return config;
        var brought = item.Secrets.Where(secret => secret.Value.Sealed is not null)
            .ToDictionary(secret => secret.Key, secret => ConfigPath.Parse(secret.Key), StringComparer.Ordinal);
        foreach (var (_, segments) in brought)
        {
            // A map's entries are places only while something stands there. What the config says itself goes before.
            if (ConfigPath.FindParent(config, segments) is { } parent) parent.TryAdd(segments[^1], "");
        }

        var places = contract.FindSecrets(config);
        var errors = new List<ConfigError>();
        foreach (var (path, segments) in brought)
        {
            if (ConfigPath.FindParent(item.Config, segments)?.ContainsKey(segments[^1]) == true) continue;
            if (ConfigPath.FindParent(config, segments) is not { } parent
                || places.FirstOrDefault(place => place.Segments.SequenceEqual(segments)) is not { } place)
            {
                errors.Add(new ConfigError(path, "There is no place for a secret here. Remove it from secrets, or put back the object that it belongs to."));
                continue;
            }

            if (seal.Open(item.Secrets[path].Sealed!, BelongsTo(contract, scope, item.Name, item.IntegrationType, place, item.Config)) is { } secret) // chosen for it
                parent[segments[^1]] = secret;
            else
            {
                errors.Add(new ConfigError(path, "The sealed secret belongs to another integration, place or destination"
                    + (place.BoundTo.Count > 0 ? $" ({string.Join(", ", place.BoundTo)})" : "") + ", or is damaged. Give it in config, or export again."));
            }
        }

        return errors.Count == 0
            ? config
            : throw new ProblemException(ProblemCode.InvalidConfig, "Sealed secrets cannot be opened here.") { Errors = errors };
    }

    /// <summary>Secrets that the document says are set, and that neither it nor the row has.</summary>
    public static IReadOnlyList<string> Missing(DocumentItem item, JsonObject config, JsonObject? stored) =>
    [
        .. (item.Secrets ?? new Dictionary<string, DocumentSecret>()).Keys
            .Where(path => !Stands(config, path) && !(stored is not null && Stands(stored, path))).Order(StringComparer.Ordinal),
    ];

    /// <summary>Secrets that are stored and are others than those of which the document was made.</summary>
    public static IReadOnlyList<string> Drifted(DocumentItem item, JsonObject config, JsonObject? stored) =>
    [
        .. (item.Secrets ?? new Dictionary<string, DocumentSecret>())
            .Where(secret => secret.Value.Fingerprint is { } fingerprint && !Stands(config, secret.Key)
                && stored is not null && Find(stored, secret.Key) is JsonObject envelope
                && (string?)envelope[SecretProtector.FingerprintMember] != fingerprint)
            .Select(secret => secret.Key).Order(StringComparer.Ordinal),
    ];

    public static DocumentScope ScopeOf(Guid? tenantId) => tenantId is null ? DocumentScope.Platform : DocumentScope.Tenant;

    private static bool Stands(JsonObject config, string path) =>
        ConfigPath.Parse(path) is { } segments && ConfigPath.FindParent(config, segments)?.ContainsKey(segments[^1]) == true;

    private static JsonNode? Find(JsonObject config, string path) =>
        ConfigPath.Parse(path) is { } segments ? ConfigPath.FindParent(config, segments)?[segments[^1]] : null;

    // As a list in JSON, so that no two places read the same.
    private static byte[] BelongsTo(
        JsonContract contract, DocumentScope scope, string name, string type, SecretPlace place, JsonObject config) => JsonSerializer.SerializeToUtf8Bytes<string?[]>(
        [
            IntegrationDocument.FormatName, SnakeCaseEnum.Text(scope), name, type, ConfigPath.Bind(place.Segments),
            .. place.BoundTo.Order(StringComparer.Ordinal).SelectMany(path => new[] { path, contract.EffectiveValue(config, path) }),
        ]);
}
