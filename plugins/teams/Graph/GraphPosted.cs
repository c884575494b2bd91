using System.Text.Json;

namespace Vaka.Plugins.Teams.Graph;

/// <summary>What Graph says of a message that it has created.</summary>
internal sealed record GraphPosted(string Id, string? WebUrl, DateTimeOffset? CreatedDateTime)
{
    public static GraphPosted? Read(JsonElement? answer) =>
        answer is { ValueKind: JsonValueKind.Object } root && JsonText.Of(root, "id") is { Length: > 0 } id
            ? new GraphPosted(
                id, JsonText.Of(root, "webUrl"), DateTimeOffset.TryParse(JsonText.Of(root, "createdDateTime"), out var time) ? time : null)
            : null;
}
