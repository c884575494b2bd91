using System.Text.Json;

namespace Vaka.Plugins.Teams;

/// <summary>Texts of somebody else's JSON, which may hold half a character and may not be a text at all.</summary>
internal static class JsonText
{
    /// <summary>A member's text; <c>null</c>: not there, or none.</summary>
    public static string? Of(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? Of(value) : null;

    /// <inheritdoc cref="Of(JsonElement, string)"/>
    public static string? Of(JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }
}
