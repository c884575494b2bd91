using System.Net.Http.Headers;
using System.Text.Json;

namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>What the callers do.</summary>
internal static class Calls
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>A POST of the same bytes each time; the answer is read to its end.</summary>
    public static Func<Task> Post(HttpClient client, string path, object body)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web);
        return async () =>
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = Json;
            using var response = await client.PostAsync(path, content);
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"{path} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        };
    }
}
