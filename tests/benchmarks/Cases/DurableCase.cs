using System.Diagnostics;
using System.Text.Json;
using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>Calls that are accepted and done later, against single rows inserted into the same database: accepting them, and having them
/// delivered to their end.</summary>
internal static class DurableCase
{
    private const int Connections = 16;
    private const int Latencies = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    public static async Task RunAsync(Plan plan, Table table)
    {
        await using var sink = await ServerProcess.StartRoleAsync(WebhookSink.Role, ServerProcess.FreePort());
        await using var watched = await WatchedSink.StartAsync();
        await foreach (var database in Database.EachAsync())
        {
            await using var owned = database;
            await using var host = await HostServer.StartAsync(database, ("webhook", new { url = $"http://127.0.0.1:{sink.Port}/hook" }));
            await using var raw = await RawInserts.OpenAsync(database, Connections, JsonSerializer.Serialize(WebhookCase.Data));
            var later = Accept(host.Service, new { input = new { data = WebhookCase.Data }, not_before = DateTimeOffset.UtcNow.AddDays(1) });
            await table.CompareAsync(
                plan, $"durable accept, {database.Name}, {Connections} at once", "/s", 0.6, Sides.Calling(later, Connections, host.Process), raw.Side);
            var delivered = Delivering(Accept(host.Service, new { input = new { data = WebhookCase.Data } }), database, host.Process);
            await table.CompareAsync(
                plan, $"accepted, delivered and recorded, {database.Name}, {Connections} at once", "/s", database.IsPostgres ? 0.3 : null, delivered, raw.Side);

            using var idle = await host.AddTenantAsync(("webhook", new { url = watched.Address }));
            await MeasureLatencyAsync(Accept(idle, new { input = new { data = 1 } }), watched, database, table);
        }
    }

    // A round ends when the last one is recorded as succeeded.
    private static Side Delivering(Func<Task> accept, Database database, Process host) => async span =>
    {
        var clock = Stopwatch.StartNew();
        var cpu = Machine.CpuOf(host);
        var accepted = await Sides.Calling(accept, Connections, host)(span);
        while (await database.CountAsync($"SELECT count(*) FROM executions WHERE state <> 'succeeded' AND available_at < '{DateTime.UtcNow.AddHours(1):O}'") > 0)
            await Task.Delay(5);
        return new Sample(accepted.Operations, clock.Elapsed, Machine.CpuOf(host) - cpu);
    };

    private static async Task MeasureLatencyAsync(Func<Task> accept, WatchedSink sink, Database database, Table table)
    {
        var times = new List<double>();
        for (var i = 0; i < Latencies; i++)
        {
            var arrival = sink.NextAsync();
            var clock = Stopwatch.StartNew();
            await accept();
            await arrival;
            times.Add(clock.Elapsed.TotalMilliseconds);
            await Task.Delay(Pause);
        }

        times.Sort();
        table.Note($"durable call of an idle host, {database.Name}: delivered {Table.Number(Table.Median(times), "0.0")} ms after it was sent at the median, "
            + $"{Table.Number(times[times.Count * 95 / 100], "0.0")} ms at the 95th percentile (goal: under 20 ms)");
    }

    private static Func<Task> Accept(HttpClient client, object body)
    {
        if (!client.DefaultRequestHeaders.Contains("Prefer")) client.DefaultRequestHeaders.Add("Prefer", "respond-async");
        return Calls.Post(client, "actions/webhook/push_data", body);
    }
}
