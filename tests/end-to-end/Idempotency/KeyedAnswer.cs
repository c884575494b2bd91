using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Idempotency;

/// <summary>What a call with an Idempotency-Key was answered.</summary>
internal sealed record KeyedAnswer(HttpStatusCode Status, string Text, bool IsReplayed, string? RetryAfter)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject(); // every body is an object

    public static async Task<KeyedAnswer> SendAsync(
        HttpClient client, string path, string body, string key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Wire.Raw(body), Headers = { { "Idempotency-Key", key } } };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await client.SendAsync(request);
        return new KeyedAnswer(
            response.StatusCode, await response.Content.ReadAsStringAsync(),
            response.Headers.TryGetValues("Idempotency-Replayed", out var replayed) && replayed.Single() == "true",
            response.Headers.RetryAfter?.ToString());
    }
}
