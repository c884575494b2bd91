using System.Text.Json.Nodes;

namespace Vaka.Plugins.Teams.Tests;

/// <summary>A good input for every action.</summary>
internal static class Samples
{
    public static JsonObject Card => new()
    {
        ["type"] = "AdaptiveCard",
        ["version"] = "1.5",
        ["body"] = new JsonArray(new JsonObject { ["type"] = "TextBlock", ["text"] = "Grüße \"quoted\"", ["wrap"] = true }),
        ["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = "Open", ["url"] = "https://example.com/?a=1&b=2" }),
    };

    public static IReadOnlyDictionary<string, JsonObject> Inputs => new Dictionary<string, JsonObject>
    {
        ["post_message"] = new() { ["text"] = "Build **42** failed", ["title"] = "CI" },
        ["post_card"] = new() { ["card"] = Card },
        ["list_teams"] = [],
        ["list_channels"] = new() { ["team_id"] = TeamsTest.Team },
        ["post_channel_message"] = new() { ["content"] = "Hello", ["team_id"] = TeamsTest.Team, ["channel_id"] = TeamsTest.Channel },
        ["reply_to_message"] = new() { ["message_id"] = "1616990032035", ["content"] = "Hello back" },
    };
}
