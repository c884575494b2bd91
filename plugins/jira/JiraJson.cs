using System.Text.Json;

namespace Vaka.Plugins.Jira;

/// <summary>Reads answers without trusting their shape: what is not there, or is something else, is <c>null</c>.</summary>
internal static class JiraJson
{
    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind is not JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        }

        return element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : element;
    }

    /// <summary>A string or number as text.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) => At(element, path) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    public static IEnumerable<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path) =>
        At(element, path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static bool Is(this JsonElement element, params ReadOnlySpan<string> path) =>
        At(element, path) is { ValueKind: JsonValueKind.True };

    public static int? Count(this JsonElement element, params ReadOnlySpan<string> path) =>
        At(element, path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var count) ? count : null;
}
