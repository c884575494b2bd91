using System.Text.Json.Nodes;

namespace Vaka.Plugins.Testing;

/// <summary>The secrets of a stored config: objects <c>{"$secret": "…"}</c>, which a migration may move and nothing else.</summary>
internal static class FormerSecrets
{
    private const string Member = "$secret";

    public static IEnumerable<string> In(JsonNode? node) => node switch
    {
        JsonObject secret when ValueOf(secret) is { } value => [value],
        JsonObject parent => parent.SelectMany(member => In(member.Value)),
        JsonArray list => list.SelectMany(In),
        _ => [],
    };

    /// <summary>As a caller would give it, with the secrets as plain strings.</summary>
    public static JsonNode? Reveal(JsonNode? node) => node switch
    {
        JsonObject secret when ValueOf(secret) is { } value => JsonValue.Create(value),
        JsonObject parent => new JsonObject(parent.Select(member => KeyValuePair.Create(member.Key, Reveal(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Reveal)]),
        _ => node?.DeepClone(),
    };

    private static string? ValueOf(JsonObject candidate) =>
        candidate.Count == 1 && candidate[Member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
