using System.Text.Json.Nodes;

namespace Vaka.Plugins.ServiceNow.Records;

/// <summary>How fields are answered.</summary>
public enum DisplayValue
{
    /// <summary>As stored: 6, a sys_id, UTC.</summary>
    False,

    /// <summary>As people see them: Resolved, a name, the user's time zone.</summary>
    True,

    /// <summary>Both.</summary>
    All,
}

/// <summary>Asks for records and shows them.</summary>
internal static class RecordView
{
    /// <summary>The <c>sysparm_…</c> of a request that answers records.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Parameters(DisplayValue display, IReadOnlyCollection<string> fields)
    {
        yield return new("sysparm_display_value", display switch
        {
            DisplayValue.False => "false",
            DisplayValue.True => "true",
            DisplayValue.All => "all",
        });
        yield return new("sysparm_exclude_reference_link", "true");
        if (fields.Count > 0) yield return new("sysparm_fields", string.Join(',', fields));
    }

    /// <summary>The stored value of a field, whichever way it was asked for; empty: it has none, or is not there.</summary>
    public static string ValueOf(JsonObject record, string field) => Text(record[field] is JsonObject both ? both["value"] : record[field]);

    /// <summary>What people see of a field that was asked for both ways.</summary>
    public static string DisplayOf(JsonObject record, string field) =>
        Text(record[field] is JsonObject both ? both["display_value"] : record[field]);

    /// <summary>A record that was asked for both ways, as it is asked for here.</summary>
    public static JsonObject Project(JsonObject record, DisplayValue display) => display is DisplayValue.All
        ? record
        : new JsonObject(record.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)JsonValue.Create(
            display is DisplayValue.True ? DisplayOf(record, field.Key) : ValueOf(record, field.Key)))));

    /// <summary>Checks the names of fields that are asked for.</summary>
    public static IReadOnlyList<string> CheckFields(IReadOnlyList<string>? fields, string path)
    {
        for (var i = 0; i < (fields?.Count ?? 0); i++) ServiceNowNames.CheckReadField(fields![i], $"{path}[{i}]"); // counted
        return fields ?? [];
    }

    private static string Text(JsonNode? node) => node is JsonValue value ? value.ToString() : "";
}
