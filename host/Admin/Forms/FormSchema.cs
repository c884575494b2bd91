using System.Globalization;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Admin.Forms;

/// <summary>Reads the fields of a form from a config schema: the one that the API answers, so that any other form can do what this one
/// does.</summary>
internal static class FormSchema
{
    /// <summary>The fields in the order to show.</summary>
    public static IReadOnlyList<FormField> Read(JsonObject schema)
    {
        var required = (schema["required"] as JsonArray ?? []).Select(Text).ToHashSet();
        return [.. (schema["properties"] as JsonObject ?? [])
            .Where(property => property.Value is JsonObject field && !field.ContainsKey("const"))
            .Select(property => ReadField(property.Key, (JsonObject)property.Value!, required.Contains(property.Key))) // asked above
            .OrderBy(field => field.Order).Select(field => field.Field)];
    }

    private static (FormField Field, int Order) ReadField(string name, JsonObject schema, bool isRequired)
    {
        var kind = Kind(schema);
        var discriminator = kind is FieldKind.Union ? Discriminator(schema) : "";
        var dependsOn = schema["x-depends-on"] as JsonObject;
        var field = new FormField
        {
            Name = name,
            Kind = kind,
            Title = Text(schema["title"]) ?? Words(name),
            Description = Text(schema["description"]),
            IsRequired = isRequired,
            IsMultiline = IsTrue(schema["x-multiline"]),
            HasOptions = IsTrue(schema["x-options"]),
            Section = Text(schema["x-section"]),
            Placeholder = Text(schema["x-placeholder"]),
            Unit = Text(schema["x-unit"]),
            Default = schema["default"]?.DeepClone(),
            Choices = kind is FieldKind.Choice ? Choices(schema) : [],
            Members = kind is FieldKind.Object ? Read(schema) : [],
            Discriminator = discriminator,
            Branches = kind is FieldKind.Union ? [.. BranchSchemas(schema).Select(branch => ReadBranch(branch, discriminator))] : [],
            Item = (kind, schema["items"], schema["additionalProperties"]) switch
            {
                (FieldKind.List, JsonObject item, _) => ReadField("", item, isRequired: true).Field,
                (FieldKind.Map, _, JsonObject entry) => ReadField("", entry, isRequired: true).Field,
                _ => null,
            },
            DependsOn = Text(dependsOn?["path"]),
            DependsOnValues = [.. (dependsOn?["values"] as JsonArray ?? []).Select(Text).OfType<string>()],
        };
        var order = int.TryParse(schema["x-order"]?.ToJsonString(), CultureInfo.InvariantCulture, out var given) ? given : int.MaxValue;
        return (field, order);
    }

    private static FieldKind Kind(JsonObject schema)
    {
        if (IsTrue(schema["writeOnly"])) return FieldKind.Secret;
        if (schema.ContainsKey("oneOf")) return FieldKind.Union;
        if (schema.ContainsKey("enum")) return FieldKind.Choice;
        return Types(schema) is not [var type] ? FieldKind.Json : type switch
        {
            "string" when Text(schema["format"]) is "uri" => FieldKind.Url,
            "string" when Text(schema["format"]) is "email" => FieldKind.Email,
            "string" => FieldKind.Text,
            "integer" => FieldKind.Integer,
            "number" => FieldKind.Number,
            "boolean" => FieldKind.Boolean,
            "array" when schema.ContainsKey("items") => FieldKind.List,
            "object" when schema.ContainsKey("properties") => FieldKind.Object,
            "object" when schema["additionalProperties"] is JsonObject => FieldKind.Map,
            _ => FieldKind.Json,
        };
    }

    private static IReadOnlyList<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray types => [.. types.Select(Text).OfType<string>().Where(type => type != "null")],
        JsonNode type when Text(type) is { } text => [text],
        _ => [],
    };

    private static IReadOnlyList<FormChoice> Choices(JsonObject schema)
    {
        var labels = schema["x-labels"] as JsonObject;
        return [.. (schema["enum"] as JsonArray ?? []).OfType<JsonNode>()
            .Select(value => new FormChoice(value.DeepClone(), Text(labels?[value.ToString()]) ?? value.ToString()))];
    }

    private static IEnumerable<JsonObject> BranchSchemas(JsonObject schema) =>
        (schema["oneOf"] as JsonArray ?? []).OfType<JsonObject>().Where(branch => branch.ContainsKey("properties"));

    // A kind is told by its one constant member.
    private static string Discriminator(JsonObject schema) => BranchSchemas(schema)
        .SelectMany(branch => (branch["properties"] as JsonObject ?? []).Where(property => property.Value is JsonObject member && member.ContainsKey("const")))
        .Select(property => property.Key).FirstOrDefault() ?? "";

    private static FormBranch ReadBranch(JsonObject branch, string discriminator)
    {
        var value = Text((branch["properties"] as JsonObject)?[discriminator]?["const"]) ?? "";
        return new FormBranch(value, Text(branch["title"]) ?? Words(value), Text(branch["description"]), Read(branch));
    }

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string Words(string name)
    {
        var words = name.Replace('_', ' ');
        return words.Length == 0 ? "" : char.ToUpper(words[0], CultureInfo.InvariantCulture) + words[1..];
    }
}
