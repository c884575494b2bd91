using System.Text.Json;
using System.Text.Unicode;

namespace Vaka.Plugins.Sso.Oidc.Wire;

/// <summary>JSON that two readers cannot understand differently: no member twice, valid UTF-8 and UTF-16 throughout, no U+0000.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>The object that the bytes hold; <c>null</c>: they hold none, or not strictly.</summary>
    public static JsonElement? Object(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span)) return null;
        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            return document.RootElement.ValueKind is JsonValueKind.Object && IsReadable(document.RootElement)
                ? document.RootElement.Clone()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair, which the parser lets through and reading does not.
            return null;
        }
    }

    /// <summary>The member's text; <c>null</c>: it is not there, or no text.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.String ? member.GetString() : null;

    /// <summary>The member's texts; <c>null</c>: it is not there, or not a list of texts.</summary>
    public static IReadOnlyList<string>? Texts(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.Array
        && member.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String)
            ? [.. member.EnumerateArray().Select(item => item.GetString() ?? "")]
            : null;

    /// <summary>Whether the member is there and not null.</summary>
    public static bool Has(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind is not JsonValueKind.Null;

    private static bool IsReadable(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().All(member => !member.Name.Contains('\0') && IsReadable(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().All(IsReadable),
        JsonValueKind.String => json.GetString()?.Contains('\0') is false,
        _ => true,
    };
}
