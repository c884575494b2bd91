using System.Diagnostics;
using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>Calls to a slow other side, all accepted by one host, with and without a second host that shares the work through RabbitMQ.</summary>
internal static class TwoHostsCase
{
    private const int Calls = 4_000;
    private const int Callers = 16;
    private const int Rounds = 3;

    public static async Task RunAsync(Table table)
    {
        if (Environment.GetEnvironmentVariable("VAKA_TEST_POSTGRES") is null || Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ") is not { } broker)
        {
            Console.WriteLine("Two hosts are not measured: PostgreSQL or RabbitMQ is not running here (VAKA_TEST_POSTGRES, VAKA_TEST_RABBITMQ).");
            return;
        }

        await using var sink = await ServerProcess.StartRoleAsync(WebhookSink.Role, ServerProcess.FreePort());
        await using var database = await Database.PostgresAsync();
        string[] settings = [$"--Queue:RabbitMq={broker}"];
        await using var first = await HostServer.StartAsync(database, settings, ("webhook", new { url = $"http://127.0.0.1:{sink.Port}/slow" }));
        await WorkAsync(first, database); // what is done for the first time is slow
        var alone = await MedianAsync(first, database);
        await using var second = await HostServer.StartAsync(database, settings);
        await WorkAsync(first, database);
        var (cpuFirst, cpuSecond) = (Machine.CpuOf(first.Process), Machine.CpuOf(second.Process));
        var both = await MedianAsync(first, database);
        var share = (Machine.CpuOf(second.Process) - cpuSecond) / (Machine.CpuOf(first.Process) - cpuFirst);
        table.Note($"two hosts with RabbitMQ, the other side answers after 50 ms, one host accepts: {Table.Number(both, "0")} /s, one host alone {Table.Number(alone, "0")} /s: "
            + $"{Table.Number(both / alone, "0.00")} times (goal: at least 1.6); the second host used {Table.Number(share, "0.00")} of the processor time of the first, which accepts");
    }

    private static async Task<double> MedianAsync(HostServer host, Database database)
    {
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++) rates.Add(await WorkAsync(host, database));
        return Table.Median(rates);
    }

    /// <returns>Calls a second, until the last one is recorded.</returns>
    private static async Task<double> WorkAsync(HostServer host, Database database)
    {
        if (!host.Service.DefaultRequestHeaders.Contains("Prefer")) host.Service.DefaultRequestHeaders.Add("Prefer", "respond-async");
        var accept = Servers.Calls.Post(host.Service, "actions/webhook/push_data", new { input = new { data = 1 } });
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, Calls, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (_, _) => await accept());
        while (await database.CountAsync("SELECT count(*) FROM executions WHERE state <> 'succeeded'") > 0) await Task.Delay(10);
        return Calls / clock.Elapsed.TotalSeconds;
    }
}
