using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>JSON Merge Patch (RFC 7396) on a config, with one rule more: an object that is given another type is replaced.</summary>
internal static class ConfigPatch
{
    /// <summary>The patched config, and the places that the patch set to null: their secrets are not to be kept.</summary>
    public static (JsonObject Config, IReadOnlyList<IReadOnlyList<string>> Cleared) Apply(JsonObject config, JsonObject patch, JsonObject schema)
    {
        var cleared = new List<IReadOnlyList<string>>();
        return (Merge(config, patch, schema, [], cleared), cleared);
    }

    private static JsonObject Merge(
        JsonObject target, JsonObject patch, JsonObject? schema, string[] path, List<IReadOnlyList<string>> cleared)
    {
        var merged = TypedObjects.IsOtherType(schema, target, patch) ? [] : target.DeepClone().AsObject();
        foreach (var (name, value) in patch)
        {
            string[] below = [.. path, name];
            if (value is null)
            {
                merged.Remove(name);
                cleared.Add(below);
            }
            else if (value is JsonObject members)
            {
                merged[name] = Merge(merged[name] as JsonObject ?? [], members, TypedObjects.Below(schema, name), below, cleared);
            }
            else
            {
                merged[name] = value.DeepClone();
            }
        }

        return merged;
    }
}
