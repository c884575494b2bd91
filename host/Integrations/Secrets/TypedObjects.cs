using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Objects that are one of several types, such as <c>auth</c>: a member of theirs, as the schema tells, says which. One that
/// becomes another type is another object, and nothing of the old one goes into it.</summary>
internal static class TypedObjects
{
    /// <summary>Whether an object on the way to a place is of another type in the two configs.</summary>
    public static bool Changed(JsonObject schema, JsonObject previous, JsonObject next, IReadOnlyList<string> segments)
    {
        JsonObject? shape = schema, before = previous, after = next;
        foreach (var segment in segments)
        {
            if (before is null || after is null) return false;
            if (IsOtherType(shape, before, after)) return true;
            (shape, before, after) = (Below(shape, segment), before[segment] as JsonObject, after[segment] as JsonObject);
        }

        return false;
    }

    /// <summary>Whether <paramref name="after"/> names another type than <paramref name="before"/>.</summary>
    public static bool IsOtherType(JsonObject? schema, JsonObject before, JsonObject after) =>
        Discriminator(schema) is { } member
        && after.TryGetPropertyValue(member, out var next)
        && !JsonNode.DeepEquals(before[member], next);

    /// <summary>The schema of a member or of a map's entry.</summary>
    public static JsonObject? Below(JsonObject? schema, string name)
    {
        if (schema is null) return null;
        if ((schema["properties"] as JsonObject)?[name] is JsonObject member) return member;
        if (schema["oneOf"] is JsonArray branches)
            return branches.OfType<JsonObject>().Select(branch => Below(branch, name)).FirstOrDefault(below => below is not null);
        return schema["additionalProperties"] as JsonObject;
    }

    /// <summary>Whether a map of secrets stands at a place.</summary>
    public static bool IsSecretMap(JsonObject schema, IReadOnlyList<string> segments)
    {
        var shape = segments.Aggregate<string, JsonObject?>(schema, Below);
        return shape?["additionalProperties"] is JsonObject entry && entry["writeOnly"] is JsonValue value && value.TryGetValue<bool>(out var isSecret) && isSecret;
    }

    /// <summary>The member that tells the type of an object; <c>null</c>: it is of one type only.</summary>
    public static string? Discriminator(JsonObject? schema) =>
        (schema?["oneOf"] as JsonArray)?.OfType<JsonObject>().Select(Constant).FirstOrDefault(name => name is not null);

    private static string? Constant(JsonObject branch) =>
        (branch["properties"] as JsonObject)?.FirstOrDefault(property => property.Value is JsonObject type && type.ContainsKey("const")).Key;
}
