using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>Compares a row with what a document makes of it.</summary>
internal static class PlannedChanges
{
    public static IReadOnlyList<PlannedChange> Find(IntegrationRevision before, Integration after)
    {
        var changes = new List<PlannedChange>();
        Compare("is_active", before.IsActive, after.IsActive);
        Compare("is_default", before.IsDefault, after.IsDefault);
        Compare("fallback", SnakeCaseEnum.Text(before.Fallback), SnakeCaseEnum.Text(after.Fallback));
        Compare("shared_actions", Parse(before.SharedActions), Parse(after.SharedActions));
        Compare("limits.max_concurrent_calls", before.MaxConcurrentCalls, after.MaxConcurrentCalls);
        Compare("limits.max_calls_per_minute", before.MaxCallsPerMinute, after.MaxCallsPerMinute);
        Compare("config_version", before.ConfigVersion, after.ConfigVersion);
        AddBelow(ConfigDocument.Parse(before.Config), ConfigDocument.Parse(after.Config), "config", changes);
        return changes;

        void Compare(string path, JsonNode? from, JsonNode? to)
        {
            if (!JsonNode.DeepEquals(from, to)) changes.Add(new PlannedChange(path, from, to));
        }
    }

    private static void AddBelow(JsonObject before, JsonObject after, string path, List<PlannedChange> changes)
    {
        foreach (var name in before.Select(member => member.Key).Union(after.Select(member => member.Key)).Order(StringComparer.Ordinal))
        {
            var (one, other) = (before[name], after[name]);
            if (JsonNode.DeepEquals(one, other) && before.ContainsKey(name) == after.ContainsKey(name)) continue;
            if (IsOpen(one) && IsOpen(other) && (one ?? other) is not null)
                AddBelow(one as JsonObject ?? [], other as JsonObject ?? [], $"{path}.{name}", changes);
            else changes.Add(new PlannedChange($"{path}.{name}", Shown(one), Shown(other)));
        }
    }

    // Gone through member by member, so that a secret below it is never shown with it.
    private static bool IsOpen(JsonNode? node) => node is null || (node is JsonObject { Count: > 0 } && !SecretProtector.IsEnvelope(node));

    private static JsonNode? Shown(JsonNode? node) => node switch
    {
        JsonObject envelope when SecretProtector.IsEnvelope(envelope) =>
            new JsonObject { ["fingerprint"] = envelope[SecretProtector.FingerprintMember]?.DeepClone() },
        JsonObject members => ConfigPath.WithoutEnvelopes(members),
        _ => node?.DeepClone(),
    };

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);
}
