using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Takes the secrets of a whole config in and out of their envelopes.</summary>
internal sealed class ConfigSecrets(SecretProtector protector)
{
    private const int MaxSecretBytes = 64 * 1024;

    /// <summary>A copy of a stored config with every envelope replaced by its plain value, ready to be bound. Never keep or log it.</summary>
    /// <exception cref="SecretUndecryptableException">One of them cannot be read.</exception>
    public JsonObject Reveal(Guid integrationId, JsonObject stored)
    {
        var plain = stored.DeepClone().AsObject();
        RevealInPlace(integrationId, plain);
        return plain;
    }

    /// <summary>The same for a document that nobody else has.</summary>
    /// <exception cref="SecretUndecryptableException">One of them cannot be read.</exception>
    public void RevealInPlace(Guid integrationId, JsonObject document)
    {
        foreach (var (segments, envelope) in ConfigPath.FindEnvelopes(document))
        {
            var parent = ConfigPath.FindParent(document, segments)!; // it was just found there
            parent[segments[^1]] = protector.Unprotect(integrationId, ConfigPath.Bind(segments), envelope);
        }
    }

    /// <summary>Runs a migration of a stored config: it sees opaque handles in place of the secrets, and one that it moved is encrypted
    /// anew for its new place.</summary>
    /// <exception cref="SecretUndecryptableException">A moved secret cannot be read.</exception>
    public JsonObject Migrate(Guid integrationId, Guid? tenantId, JsonObject stored, Func<JsonObject, JsonObject> migrate)
    {
        var draft = stored.DeepClone().AsObject();
        var handles = new Dictionary<string, (string[] Segments, JsonObject Envelope)>();
        foreach (var (segments, envelope) in ConfigPath.FindEnvelopes(draft))
        {
            var handle = Guid.NewGuid().ToString("N");
            handles.Add(handle, (segments, envelope));
            ConfigPath.FindParent(draft, segments)![segments[^1]] = new JsonObject { [SecretProtector.CiphertextMember] = handle }; // just found there
        }

        var migrated = migrate(draft).DeepClone().AsObject();
        foreach (var (segments, placed) in ConfigPath.FindEnvelopes(migrated))
        {
            var handle = placed[SecretProtector.CiphertextMember] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
            if (!handles.TryGetValue(handle, out var origin))
            {
                throw new InvalidOperationException($"The migration put something at {ConfigPath.Show(segments)} that only looks like a secret.");
            }

            ConfigPath.FindParent(migrated, segments)![segments[^1]] = origin.Segments.SequenceEqual(segments) // just found there
                ? origin.Envelope.DeepClone()
                : Move(integrationId, tenantId, origin.Segments, origin.Envelope, segments);
        }

        return migrated;
    }

    /// <summary>Makes a stored config of a request's. A secret that is absent keeps its envelope, one that is null is dropped, a string
    /// is encrypted.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidConfig"/>: something else stands where a secret belongs;
    /// <see cref="ProblemCode.SecretRequired"/>: a kept secret would be sent elsewhere, or otherwise protected, than it was given for.
    /// </exception>
    public JsonObject Seal(SealRequest request)
    {
        var config = request.Incoming.DeepClone().AsObject();
        var nulls = ConfigPath.FindNulls(config, []).ToList();
        foreach (var map in nulls.Where(path => TypedObjects.IsSecretMap(request.Contract.Schema, path)))
            ConfigPath.FindParent(config, map)?.Remove(map[^1]);
        var kept = KeptSecrets.Insert(request, config, [.. nulls, .. request.Cleared]);
        var places = request.Contract.FindSecrets(config);
        kept.RemoveStrays(request, config, places);

        var errors = new List<ConfigError>();
        foreach (var place in places)
        {
            if (ConfigPath.FindParent(config, place.Segments) is not { } parent || !parent.TryGetPropertyValue(place.Segments[^1], out var node)) continue;
            if (node is null) parent.Remove(place.Segments[^1]);
            else if (kept.Holds(node)) continue;
            else if (node is JsonValue value && value.TryGetValue<string>(out var text))
            {
                if (Encoding.UTF8.GetByteCount(text) > MaxSecretBytes) errors.Add(new ConfigError(place.Path, "A secret has at most 64 KiB."));
                else parent[place.Segments[^1]] = Seal(request, place, text);
            }
            else
            {
                errors.Add(new ConfigError(
                    place.Path, "A secret is given as a string. Leave it out to keep the stored one, or give null to remove it."));
            }
        }

        if (errors.Count > 0) throw new ProblemException(ProblemCode.InvalidConfig, "The config holds secrets that are not valid.") { Errors = errors };
        kept.RefuseNewDestinations(request, config, places);
        return config;
    }

    private JsonObject Move(
        Guid integrationId, Guid? tenantId, IReadOnlyList<string> from, JsonObject envelope, IReadOnlyList<string> to)
    {
        var moved = protector.Protect(
            integrationId, tenantId, ConfigPath.Bind(to), protector.Unprotect(integrationId, ConfigPath.Bind(from), envelope));
        moved[SecretProtector.UpdatedAtMember] = envelope[SecretProtector.UpdatedAtMember]?.DeepClone();
        return moved;
    }

    // The same value again keeps its envelope, so that its date stays true and the revisions show no change.
    private JsonObject Seal(SealRequest request, SecretPlace place, string value)
    {
        var path = ConfigPath.Bind(place.Segments);
        if (request.Previous is { } previous
            && ConfigPath.FindParent(previous, place.Segments)?[place.Segments[^1]] is JsonObject envelope
            && SecretProtector.IsEnvelope(envelope)
            && IsSame(request.IntegrationId, path, envelope, value))
        {
            return envelope.DeepClone().AsObject();
        }

        return protector.Protect(request.IntegrationId, request.TenantId, path, value);
    }

    private bool IsSame(Guid integrationId, string path, JsonObject envelope, string value)
    {
        try
        {
            return protector.Unprotect(integrationId, path, envelope) == value;
        }
        catch (SecretUndecryptableException)
        {
            return false;
        }
    }
}

/// <summary>What a stored config is made from.</summary>
internal sealed record SealRequest
{
    public required JsonContract Contract { get; init; }

    public required Guid IntegrationId { get; init; }

    public Guid? TenantId { get; init; }

    /// <summary>The stored config that secrets are kept from; <c>null</c>: none.</summary>
    public JsonObject? Previous { get; init; }

    /// <summary>The whole config as it is to be, its secrets in plain, absent or null.</summary>
    public required JsonObject Incoming { get; init; }

    /// <summary>Places that the request set to null beside those in <see cref="Incoming"/>: nothing at or below them is kept.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cleared { get; init; } = [];
}
