using System.Text.Json.Nodes;
using Vaka.Plugins.Teams.Actions;

namespace Vaka.Plugins.Teams.Cards;

/// <summary>The card of a plain message: title, text, facts, buttons.</summary>
internal static class MessageCard
{
    private const int LongestFallback = 200;

    /// <exception cref="IntegrationException">The message is empty, a button leads nowhere, or it is too large.</exception>
    public static Card Of(PostMessageInput input)
    {
        if (string.IsNullOrWhiteSpace(input.Text)) throw TeamsFailures.InvalidInput("text", "Give a text that is more than white space.");
        var body = new JsonArray();
        if (!string.IsNullOrWhiteSpace(input.Title)) body.Add(Title(input.Title, input.Style));
        foreach (var block in MarkdownBlocks.Of(input.Text)) body.Add(block);
        if (input.Facts is { Count: > 0 } facts) body.Add(Facts(facts));
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = Card.Version,
            ["fallbackText"] = Fallback(string.IsNullOrWhiteSpace(input.Title) ? input.Text : input.Title),
            ["body"] = body,
            ["msteams"] = new JsonObject { ["width"] = "Full" },
        };
        if (input.Buttons is { Count: > 0 } buttons) card["actions"] = new JsonArray([.. buttons.Select(Button)]);
        return Card.Of(card, "text");
    }

    // A TextRun shows its text as it is; a TextBlock would take snake_case names for italics.
    private static JsonNode Title(string title, string style) => new JsonObject
    {
        ["type"] = "RichTextBlock",
        ["inlines"] = new JsonArray(new JsonObject
        {
            ["type"] = "TextRun",
            ["text"] = title.Trim(),
            ["weight"] = "bolder",
            ["size"] = "large",
            ["color"] = style,
        }),
    };

    private static JsonNode Facts(IReadOnlyList<MessageFact> facts) => new JsonObject
    {
        ["type"] = "FactSet",
        ["separator"] = true,
        ["facts"] = new JsonArray([.. facts.Select(fact => new JsonObject { ["title"] = fact.Title, ["value"] = fact.Value })]),
    };

    private static JsonNode Button(MessageButton button, int index) =>
        Uri.TryCreate(button.Url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "mailto"
            ? new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = button.Title, ["url"] = button.Url }
            : throw TeamsFailures.InvalidInput($"buttons[{index}].url", "Give a full address that begins with https:// (or http://, "
                + "mailto:).");

    private static string Fallback(string text)
    {
        var line = text.Trim().Split('\n')[0].Trim();
        var length = Math.Min(line.Length, LongestFallback);
        return line[..(length > 0 && char.IsHighSurrogate(line[length - 1]) ? length - 1 : length)];
    }
}
