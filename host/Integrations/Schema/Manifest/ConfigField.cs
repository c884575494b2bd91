using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Schema.Manifest;

/// <summary>One row of a config's table.</summary>
internal sealed record ConfigField(string Path, string Type, bool IsRequired, string? Default, bool IsSecret, string Description)
{
    // For people, not for a web page: nothing but JSON's own escapes.
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every field of a schema in its order, those of nested objects and of each kind of a union below their owner.</summary>
    public static IEnumerable<ConfigField> Read(JsonObject schema) => ReadObject(schema, "", "");

    private static IEnumerable<ConfigField> ReadObject(JsonObject schema, string prefix, string condition)
    {
        if (schema["properties"] is not JsonObject properties) yield break;
        var required = (schema["required"] as JsonArray ?? []).Select(Text).ToHashSet();
        foreach (var (name, node) in properties)
        {
            if (node is not JsonObject field || field.ContainsKey("const")) continue;
            var path = prefix + name;
            yield return new ConfigField(
                path,
                TypeOf(field),
                required.Contains(name),
                field["default"]?.ToJsonString(AsWritten),
                IsSecretValue(field),
                condition + Describe(field));
            foreach (var below in ReadBelow(field, path)) yield return below;
        }
    }

    private static IEnumerable<ConfigField> ReadBelow(JsonObject field, string path)
    {
        foreach (var below in ReadObject(field, path + ".", "")) yield return below;
        foreach (var (name, kind, branch) in Branches(field))
        {
            foreach (var below in ReadObject(branch, path + ".", $"With {path}.{name} {kind}: ")) yield return below;
        }

        if (field["items"] is JsonObject item)
        {
            foreach (var below in ReadBelow(item, path + "[]")) yield return below;
        }

        if (field["additionalProperties"] is JsonObject value)
        {
            foreach (var below in ReadBelow(value, path + ".*")) yield return below;
        }
    }

    // A kind of a union is told by its one constant member.
    private static IEnumerable<(string Name, string Kind, JsonObject Branch)> Branches(JsonObject field) =>
        (field["oneOf"] as JsonArray ?? []).OfType<JsonObject>().SelectMany(branch =>
            (branch["properties"] as JsonObject ?? [])
            .Where(property => property.Value is JsonObject constant && constant.ContainsKey("const"))
            .Take(1)
            .Select(property => (property.Key, Text(property.Value!["const"]), branch))); // a JsonObject, asked above

    private static string TypeOf(JsonObject field)
    {
        var kinds = Branches(field).Select(branch => branch.Kind).ToList();
        if (kinds.Count > 0) return "object, one of: " + string.Join(", ", kinds);
        if (field["enum"] is JsonArray names) return "one of: " + string.Join(", ", names.OfType<JsonNode>().Select(Text));
        return PlainType(field) switch
        {
            "string" when field["format"] is { } format => $"text ({Text(format)})",
            "string" when field["contentEncoding"] is { } encoding => $"bytes ({Text(encoding)})",
            "string" => "text",
            "integer" => "integer" + Bounds(field),
            "number" => "number" + Bounds(field),
            "boolean" => "true or false",
            "array" when field["items"] is JsonObject item => $"list of {TypeOf(item)}",
            "object" when field["additionalProperties"] is JsonObject value => $"map of {TypeOf(value)}",
            "object" => "object",
            _ => "any JSON",
        };
    }

    private static string? PlainType(JsonObject field) =>
        field["type"] switch
        {
            JsonArray types => types.OfType<JsonNode>().Select(Text).FirstOrDefault(type => type != "null"),
            JsonNode type => Text(type),
            null => null,
        };

    private static string Bounds(JsonObject field)
    {
        var unit = field["x-unit"] is { } name ? " " + Text(name) : "";
        return (field["minimum"]?.ToJsonString(), field["maximum"]?.ToJsonString()) switch
        {
            ({ } from, { } to) => $", {from} to {to}{unit}",
            ({ } from, null) => $", at least {from}{unit}",
            (null, { } to) => $", at most {to}{unit}",
            _ => unit.Length > 0 ? "," + unit : "",
        };
    }

    private static bool IsSecretValue(JsonObject field) =>
        field["writeOnly"] is JsonValue isSecret && isSecret.TryGetValue<bool>(out var secret) ? secret
        : field["additionalProperties"] is JsonObject value && IsSecretValue(value);

    private static string Describe(JsonObject field)
    {
        var words = string.Join(": ", new[] { field["title"], field["description"] }.OfType<JsonNode>().Select(Text));
        if (field["x-depends-on"] is not JsonObject on || on["values"] is not JsonArray values) return words;
        return $"{words.TrimEnd('.')}. Only with {Text(on["path"])} {string.Join(" or ", values.OfType<JsonNode>().Select(Text))}.";
    }

    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString() ?? "";
}
