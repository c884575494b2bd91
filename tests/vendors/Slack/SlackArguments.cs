using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Vaka.Plugins.Vendors.Slack;

/// <summary>The arguments of a call, wherever they came: query, form or JSON.</summary>
internal sealed class SlackArguments(JsonObject values)
{
    public string? this[string name] => values[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var node => node.ToJsonString(),
    };

    public static async Task<SlackArguments> ReadAsync(HttpRequest request)
    {
        var values = new JsonObject();
        foreach (var (name, value) in request.Query) values[name] = value.ToString();
        if (request.HasFormContentType)
        {
            foreach (var (name, value) in await request.ReadFormAsync()) values[name] = value.ToString();
        }
        else if (request.HasJsonContentType())
        {
            try
            {
                foreach (var (name, value) in await JsonSerializer.DeserializeAsync<JsonObject>(request.Body) ?? []) values[name] = value?.DeepClone();
            }
            catch (JsonException)
            {
                // Slack goes on as if nothing had been given.
            }
        }

        return new SlackArguments(values);
    }

    public JsonArray List(string name)
    {
        try
        {
            return JsonNode.Parse(this[name] ?? "[]") as JsonArray ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

/// <summary>An answer of the Web API.</summary>
internal sealed record SlackReply(JsonObject Body)
{
    public int? RetryAfter { get; init; }

    public string? Scopes { get; init; }

    public static SlackReply Ok(JsonObject? body = null)
    {
        body ??= [];
        body.Insert(0, "ok", true);
        return new SlackReply(body);
    }

    public static SlackReply Error(string code) => new(new JsonObject { ["ok"] = false, ["error"] = code });

    public static SlackReply RateLimited(int seconds) => Error("ratelimited") with { RetryAfter = seconds };
}
