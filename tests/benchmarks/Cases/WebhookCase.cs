using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>Data is pushed to a webhook: through the host's API, and through a minimal endpoint that has the address in its code.</summary>
internal static class WebhookCase
{
    private static readonly int[] Concurrencies = [1, 32];

    public static object Data { get; } =
        new { order = 4711, customer = "Müller & Söhne", total = 129.90, items = new[] { "bolt", "nut", "washer" }, paid = true };

    public static async Task RunAsync(Plan plan, Table table)
    {
        await using var sink = await ServerProcess.StartRoleAsync(WebhookSink.Role, ServerProcess.FreePort());
        var target = $"http://127.0.0.1:{sink.Port}/hook";
        await using var plain = await ServerProcess.StartRoleAsync(PlainApp.Role, ServerProcess.FreePort(), target, "0");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{plain.Port}/") };
        await foreach (var database in Database.EachAsync())
        {
            await using var owned = database;
            await using var host = await HostServer.StartAsync(database, ("webhook", new { url = target }));
            var ours = Calls.Post(host.Service, "actions/webhook/push_data", new { input = new { data = Data } });
            var theirs = Calls.Post(client, "push", Data);
            foreach (var callers in Concurrencies)
            {
                await table.CompareAsync(
                    plan, $"webhook through the API, {database.Name}, {callers} at once", "/s", 0.8,
                    Sides.Calling(ours, callers, host.Process), Sides.Calling(theirs, callers, plain.Process));
            }
        }
    }
}
