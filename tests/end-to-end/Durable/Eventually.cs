using System.Net.Http.Json;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>Waits for what takes a moment.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> look)
    {
        for (var until = DateTime.UtcNow.AddSeconds(60); !await look(); await Task.Delay(100)) Assert.True(DateTime.UtcNow < until);
    }

    /// <summary>Asks on while the database is still away.</summary>
    public static async Task SucceedsAsync(HttpClient client, string id)
    {
        var state = "";
        for (var until = DateTime.UtcNow.AddSeconds(60); state != "succeeded"; await Task.Delay(50))
        {
            Assert.True(DateTime.UtcNow < until, $"{id} is {state}");
            using var response = await client.GetAsync($"executions/{id}");
            if (response.IsSuccessStatusCode) state = (await response.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>())!.Text("state"); // an object
        }
    }
}
