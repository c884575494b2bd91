using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>The envelopes of the previous config that go into the next one because the request left their places out.</summary>
internal sealed class KeptSecrets
{
    private readonly List<Entry> entries = [];

    /// <summary>Puts every envelope back whose place is absent and was not cleared.</summary>
    public static KeptSecrets Insert(SealRequest request, JsonObject config, IReadOnlyList<IReadOnlyList<string>> cleared)
    {
        var kept = new KeptSecrets();
        if (request.Previous is not { } previous) return kept;
        foreach (var (segments, envelope) in ConfigPath.FindEnvelopes(previous))
        {
            if (cleared.Any(segments.StartsWith)) continue;
            if (TypedObjects.Changed(request.Contract.Schema, previous, config, segments)) continue;
            kept.Insert(config, segments, envelope.DeepClone().AsObject());
        }

        return kept;
    }

    public bool Holds(JsonNode node) => entries.Any(entry => ReferenceEquals(entry.Envelope, node));

    /// <summary>Takes out again what is no place of a secret in the config as it is now, and what belongs to an object that the request
    /// left out: only a map of secrets is kept as a whole.</summary>
    public void RemoveStrays(SealRequest request, JsonObject config, IReadOnlyList<SecretPlace> places)
    {
        var ofRecords = new Lazy<IReadOnlyList<SecretPlace>>(() => FindPlacesOfRecords(request.Contract, config, places));
        foreach (var entry in entries.ToList())
        {
            if (places.Any(entry.IsAt) && !(entry.IsInMadeParent && ofRecords.Value.Any(entry.IsAt))) continue;
            entries.Remove(entry);
            if (ConfigPath.FindParent(config, entry.Segments) is not { } parent) continue;
            parent.Remove(entry.Segments[^1]);
            if (entry.IsInMadeParent && parent.Count == 0) ConfigPath.FindParent(config, entry.Segments[..^1])?.Remove(entry.Segments[^2]);
        }
    }

    /// <exception cref="ProblemException"><see cref="ProblemCode.SecretRequired"/>: where or how a kept secret is sent has changed.</exception>
    public void RefuseNewDestinations(SealRequest request, JsonObject config, IReadOnlyList<SecretPlace> places)
    {
        if (request.Previous is not { } previous) return;
        var errors = new List<ConfigError>();
        foreach (var place in places.Where(place => entries.Any(entry => entry.IsAt(place))))
        {
            var changed = place.BoundTo
                .Where(path => request.Contract.EffectiveValue(previous, path) != request.Contract.EffectiveValue(config, path)).ToList();
            if (changed.Count == 0) continue;
            errors.Add(new ConfigError(
                place.Path, $"{string.Join(", ", changed)} changed, and this secret was given for the value before. Give it again, or null to remove it."));
        }

        if (errors.Count == 0) return;
        throw new ProblemException(
            ProblemCode.SecretRequired,
            $"The change would send a stored secret elsewhere or under other protection. Give again: {string.Join(", ", errors.Select(e => e.Path))}.")
        {
            Errors = errors,
        };
    }

    private void Insert(JsonObject config, string[] segments, JsonObject envelope)
    {
        var isInMadeParent = entries.Any(entry => entry.IsInMadeParent && entry.Segments[..^1].SequenceEqual(segments[..^1]));
        if (ConfigPath.FindParent(config, segments) is { } parent)
        {
            if (!parent.TryAdd(segments[^1], envelope)) return;
        }
        else
        {
            var made = new JsonObject { [segments[^1]] = envelope };
            if (ConfigPath.FindParent(config, segments[..^1]) is not { } grandparent || !grandparent.TryAdd(segments[^2], made)) return;
            isInMadeParent = true;
        }

        entries.Add(new Entry(segments, envelope, isInMadeParent));
    }

    // A record lists its secrets whether they are there or not, a map only those that are.
    private static IReadOnlyList<SecretPlace> FindPlacesOfRecords(JsonContract contract, JsonObject config, IReadOnlyList<SecretPlace> places)
    {
        var bare = config.DeepClone().AsObject();
        foreach (var place in places) ConfigPath.FindParent(bare, place.Segments)?.Remove(place.Segments[^1]);
        return contract.FindSecrets(bare);
    }

    private sealed record Entry(string[] Segments, JsonObject Envelope, bool IsInMadeParent)
    {
        public bool IsAt(SecretPlace place) => place.Segments.SequenceEqual(Segments, StringComparer.Ordinal);
    }
}
