using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>Between the plain values that callers write and read, and the objects that Jira wraps them in.</summary>
internal static class FieldValue
{
    /// <summary>A caller's value for a field. A plain text is wrapped as the field wants it; anything else goes as it is.</summary>
    public static JsonNode? Write(JiraField field, JsonElement value, bool isCloud, string path) =>
        (field.Type, value.ValueKind) switch
        {
            (_, JsonValueKind.Null or JsonValueKind.Undefined) => null,
            ("array", JsonValueKind.Array) =>
                new JsonArray([.. value.EnumerateArray().Select(item => WriteOne(field.Items, field, item, isCloud, path))]),
            ("array", JsonValueKind.String) => new JsonArray(WriteOne(field.Items, field, value, isCloud, path)),
            _ => WriteOne(field.Type, field, value, isCloud, path),
        };

    /// <summary>What a caller reads: names instead of the objects around them.</summary>
    public static JsonNode? Read(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Read)]);
            case JsonValueKind.Object:
                var text = JiraText.Read(value)
                    ?? value.Text("displayName") ?? value.Text("value") ?? value.Text("name") ?? value.Text("key");
                return text is null ? JsonNode.Parse(value.GetRawText()) : JsonValue.Create(text);
            default:
                return JsonNode.Parse(value.GetRawText());
        }
    }

    private static JsonNode? WriteOne(string? type, JiraField field, JsonElement value, bool isCloud, string path)
    {
        if (value.ValueKind is not JsonValueKind.String || value.GetString() is not { } text) return JsonNode.Parse(value.GetRawText());
        return type switch
        {
            "option" or "option-with-child" => new JsonObject { ["value"] = text },
            "priority" or "resolution" or "issuetype" or "securitylevel" or "version" or "component" or "group" =>
                new JsonObject { ["name"] = text },
            "user" => new JsonObject { [isCloud ? "accountId" : "name"] = text },
            "project" or "issuelink" => new JsonObject { ["key"] = text },
            _ => field.IsLongText ? JiraText.Write(text, isCloud, path) : JsonValue.Create(text),
        };
    }
}
