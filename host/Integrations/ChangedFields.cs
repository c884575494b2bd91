using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Names what a change touched, for the audit; never a value.</summary>
internal static class ChangedFields
{
    private const int MaxNames = 100;

    public static IReadOnlyList<string> Find(IntegrationRevision before, Integration after)
    {
        var changed = new List<string>();
        Compare("name", before.Name != after.Name);
        Compare("is_active", before.IsActive != after.IsActive);
        Compare("is_default", before.IsDefault != after.IsDefault);
        Compare("fallback", before.Fallback != after.Fallback);
        Compare("shared_actions", !AreEqual(before.SharedActions, after.SharedActions));
        Compare("limits.max_concurrent_calls", before.MaxConcurrentCalls != after.MaxConcurrentCalls);
        Compare("limits.max_calls_per_minute", before.MaxCallsPerMinute != after.MaxCallsPerMinute);
        if (!AreEqual(before.Config, after.Config)) AddBelow(ConfigDocument.Parse(before.Config), ConfigDocument.Parse(after.Config), "config", changed);
        return changed.Count <= MaxNames ? changed : [.. changed.Take(MaxNames), "…"];

        void Compare(string name, bool differs)
        {
            if (differs) changed.Add(name);
        }
    }

    /// <summary>Whether two documents say the same, however they are written: PostgreSQL reorders members.</summary>
    public static bool AreEqual(string? one, string? other) =>
        one == other || (one is not null && other is not null && JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other)));

    private static void AddBelow(JsonObject before, JsonObject after, string path, List<string> changed)
    {
        foreach (var name in before.Select(member => member.Key).Union(after.Select(member => member.Key)))
        {
            var (one, other) = (before[name], after[name]);
            if (JsonNode.DeepEquals(one, other) && before.ContainsKey(name) == after.ContainsKey(name)) continue;
            if (one is JsonObject left && other is JsonObject right && !SecretProtector.IsEnvelope(left) && !SecretProtector.IsEnvelope(right))
                AddBelow(left, right, $"{path}.{name}", changed);
            else changed.Add($"{path}.{name}");
        }
    }
}
