using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>Calls as a client would write them, with the whole answer in the message when it is another than expected.</summary>
internal static class Wire
{
    public static Task<JsonObject> PostAsync(this HttpClient client, string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        client.SendAsync(HttpMethod.Post, path, JsonContent.Create(body), expected);

    public static Task<JsonObject> PutAsync(this HttpClient client, string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        client.SendAsync(HttpMethod.Put, path, JsonContent.Create(body), expected);

    public static Task<JsonObject> PatchAsync(this HttpClient client, string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        client.SendAsync(HttpMethod.Patch, path, JsonContent.Create(body), expected);

    public static Task<JsonObject> GetJsonAsync(this HttpClient client, string path, HttpStatusCode expected = HttpStatusCode.OK) =>
        client.SendAsync(HttpMethod.Get, path, null, expected);

    public static async Task<JsonObject> SendAsync(
        this HttpClient client, HttpMethod method, string path, HttpContent? body, HttpStatusCode expected, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path} answered {(int)response.StatusCode}, not {(int)expected}: {text}");
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject(); // every body is an object
    }

    public static StringContent Raw(string text) => new(text, Encoding.UTF8, "application/json");

    public static ByteArrayContent Raw(byte[] bytes) => new(bytes) { Headers = { ContentType = new("application/json") } };

    public static string Text(this JsonObject answer, string member) => answer[member]?.GetValue<string>() ?? $"(no {member} in {answer.ToJsonString()})";
}
