using System.Text.Json;

namespace Vaka.Plugins.Teams.Graph;

/// <summary>What Graph says of a message that it has created.</summary>
internal sealed record GraphPosted(string Id, string? WebUrl, DateTimeOffset? CreatedDateTime)
{
    public static GraphPosted? Read(JsonElement? answer) =>
        answer is { ValueKind: JsonValueKind.Object } root && Text(root, "id") is { Length: > 0 } id
            ? new GraphPosted(id, Text(root, "webUrl"), DateTimeOffset.TryParse(Text(root, "createdDateTime"), out var time) ? time : null)
            : null;

    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
