using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Text of a config in places that its schema does not know, or does not know as text.</summary>
internal static class StrayText
{
    public static IEnumerable<string> Find(JsonNode? node, JsonObject? schema, string path) => node switch
    {
        JsonObject envelope when SecretProtector.IsEnvelope(envelope) => [],
        JsonObject or JsonArray when IsOpen(schema) => [],
        JsonObject members => FindInMembers(members, Narrow(schema, members), path),
        JsonArray items => items.SelectMany((item, i) => Find(item, schema?["items"] as JsonObject, $"{path}[{i}]")),
        JsonValue value when value.GetValueKind() is JsonValueKind.String && !Accepts(schema, "string") => [path],
        _ => [],
    };

    private static IEnumerable<string> FindInMembers(JsonObject members, JsonObject? schema, string path)
    {
        var discriminator = TypedObjects.Discriminator(schema);
        return members.Where(member => member.Key != discriminator).SelectMany(member => Find(
            member.Value,
            discriminator is null ? TypedObjects.Below(schema, member.Key) : null,
            path.Length == 0 ? member.Key : $"{path}.{member.Key}"));
    }

    /// <summary>The one type that an object says it is; as it was when it does not say.</summary>
    private static JsonObject? Narrow(JsonObject? schema, JsonObject members) =>
        TypedObjects.Discriminator(schema) is { } member && schema?["oneOf"] is JsonArray types
            ? types.OfType<JsonObject>().FirstOrDefault(type =>
                (type["properties"] as JsonObject)?[member] is JsonObject constant && JsonNode.DeepEquals(constant["const"], members[member])) ?? schema
            : schema;

    // Any JSON may stand there.
    private static bool IsOpen(JsonObject? schema) =>
        schema is not null && !schema.ContainsKey("properties") && !schema.ContainsKey("additionalProperties") && !schema.ContainsKey("oneOf")
        && !schema.ContainsKey("items") && (Accepts(schema, "object") || Accepts(schema, "array"));

    private static bool Accepts(JsonObject? schema, string type) => schema?["type"] switch
    {
        null => schema is not null && !schema.ContainsKey("oneOf"),
        JsonArray types => types.Any(one => (string?)one == type),
        var one => (string?)one == type,
    };
}
