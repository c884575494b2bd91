using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Tests.Integrations;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Data;

/// <summary>The disk of the embedded database fills up and is cleared again, under a running host.</summary>
public sealed class DiskFullTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>
{
    [Fact]
    public async Task DiskIsFull_WritesSaySo_ReadsAndActionsGoOn_AndEverythingRecovers()
    {
        using var disk = new PageLimit(Path.Combine(database.DirectoryPath, "vaka.db"));
        await using var host = await RunningHost.StartAsync(database);
        await using var sink = await HttpPeer.StartAsync();
        var tenant = Guid.CreateVersion7();
        using var admin = await host.ClientAsync(CallerRole.Admin, tenant);
        using var service = await host.ClientAsync(CallerRole.Service, tenant);
        var acknowledged = new List<string> { await CreateAsync(admin, "Hook", sink.Address) ?? "" };

        disk.TurnOn();
        string? id;
        while ((id = await CreateAsync(admin, $"{acknowledged.Count}", sink.Address)) is not null)
        {
            acknowledged.Add(id);
            Assert.True(acknowledged.Count < 1000, "The disk never fills.");
        }

        Assert.Contains(host.Log.Lines, line => line.Contains("The disk of the database is full: make room"));
        Assert.Equal(acknowledged.Order(), await ListAsync(admin));

        // The last pages still take some records.
        await Eventually.HoldsAsync(async () =>
        {
            await PushAsync(service);
            return host.Log.Lines.Any(line => line.Contains("execution records could not be written"));
        });
        var execution = await PushAsync(service);
        Assert.NotEmpty(sink.Requests);

        disk.TurnOff();
        acknowledged.Add(await CreateAsync(admin, "After", sink.Address) ?? "");
        Assert.Equal(acknowledged.Order(), await ListAsync(admin));
        await Eventually.HoldsAsync(async () => (await service.GetAsync($"executions/{execution}")).StatusCode is HttpStatusCode.OK);
        Assert.Equal("ok", Assert.Single(await database.QueryAsync("PRAGMA integrity_check"))["integrity_check"]);
    }

    /// <summary>The id; <c>null</c>: the database cannot take it.</summary>
    private static async Task<string?> CreateAsync(HttpClient admin, string name, Uri address)
    {
        using var response = await admin.PostAsJsonAsync("integrations", new { name, integration_type = "webhook", config = new { url = $"{address}" } });
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!; // every body is an object
        if (response.StatusCode is HttpStatusCode.Created) return (string?)answer["id"];
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "database_unavailable"), (response.StatusCode, (string?)answer["code"]));
        Assert.Contains("Try again", (string?)answer["detail"]);
        Assert.NotNull(response.Headers.RetryAfter);
        return null;
    }

    private static async Task<IEnumerable<string?>> ListAsync(HttpClient admin)
    {
        var ids = new List<string?>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await admin.GetFromJsonAsync<JsonObject>($"integrations?limit=200{(cursor == "" ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}"))!; // as above
            ids.AddRange(page["items"]!.AsArray().Select(item => (string?)item!["id"])); // every page has items
            cursor = (string?)page["next_cursor"];
        }

        return ids.Order();
    }

    private static async Task<string?> PushAsync(HttpClient service)
    {
        using var response = await service.PostAsJsonAsync("actions/webhook/push_data", new { input = new { data = 1 } });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (string?)(await response.Content.ReadFromJsonAsync<JsonObject>())?["execution_id"];
    }
}
