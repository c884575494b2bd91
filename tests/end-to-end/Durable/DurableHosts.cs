using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>A host that tries again within moments and gives up after three attempts.</summary>
public sealed class DurableSqliteHost : SqliteHost
{
    protected override IEnumerable<string> Settings => DurableHosts.Settings;
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class DurablePostgresHost : PostgresHost
{
    protected override IEnumerable<string> Settings => DurableHosts.Settings;
}

/// <summary>Three of them on one PostgreSQL.</summary>
public class ThreeDurableHosts : PostgresHost
{
    public IReadOnlyList<HostProcess> All { get; private set; } = [];

    protected override IEnumerable<string> Settings => DurableHosts.Settings;

    /// <summary>The same caller on another host.</summary>
    public static HttpClient On(HostProcess host, HttpClient client)
    {
        var same = new HttpClient { BaseAddress = new Uri(host.Address, "api/v1/") };
        same.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        return same;
    }

    protected override async Task<HostProcess> StartAsync(string[] settings)
    {
        All = await Task.WhenAll(new[] { "first", "second", "third" }.Select(name =>
            HostProcess.StartAsync(System.IO.Directory.CreateDirectory(Path.Combine(Directory, name)).FullName, settings)));
        return All[0];
    }

    protected override async Task DropDatabaseAsync()
    {
        foreach (var host in All.Skip(1)) await host.DisposeAsync(); // the first is gone already
        await base.DropDatabaseAsync();
    }
}

internal static class DurableHosts
{
    public static IReadOnlyList<string> Settings { get; } =
    [
        "--Executions:RetryDelaysSeconds:0=0.2", "--Executions:RetryDelaysSeconds:1=0.3", "--Executions:PollSeconds=0.1", "--Executions:LeaseSeconds=2",
    ];

    public static async Task<string> AcceptAsync(this HttpClient client, object body, string action = "webhook/push_data")
    {
        var accepted = await client.SendAsync(
            HttpMethod.Post, $"actions/{action}", JsonContent.Create(body), HttpStatusCode.Accepted, ("Prefer", "respond-async"));
        return accepted.Text("execution_id");
    }

    public static Task<JsonObject> GetExecutionAsync(this HttpClient client, string id) => client.GetJsonAsync($"executions/{id}");

    public static async Task<JsonObject> WaitForAsync(this HttpClient client, string id, string state, int seconds = 20)
    {
        var until = DateTime.UtcNow.AddSeconds(seconds);
        while (true)
        {
            var execution = await client.GetExecutionAsync(id);
            if (execution.Text("state") == state) return execution;
            Assert.True(DateTime.UtcNow < until, $"It is not {state}: {execution.ToJsonString()}");
            await Task.Delay(20);
        }
    }

    public static Task<JsonObject> HookAsync(this Tenant tenant, Uri sink, object? more = null) => tenant.Admin.PostAsync(
        "integrations", new { name = "Hook", integration_type = "webhook", config = more ?? new { url = sink.ToString() } }, HttpStatusCode.Created);
}
