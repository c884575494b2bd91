using System.Diagnostics;
using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>From the start of the process until it listens, with the database in place, and the memory that it then has: the host against an
/// ASP.NET Core app with one endpoint.</summary>
internal static class StartCase
{
    /// <summary>As it is published for use, where run.sh has done so; else as it was built.</summary>
    private static readonly string Program = Environment.GetEnvironmentVariable("VAKA_BENCHMARK_PUBLISHED") ?? ServerProcess.Metadata("HostProgram");

    /// <summary>After which it has settled.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(Plan plan, Table table)
    {
        await foreach (var database in Database.EachAsync())
        {
            await using var owned = database;
            await StartAsync(database); // makes the database
            var (ours, empty) = (new List<Start>(), new List<Start>());
            for (var round = 0; round < plan.Rounds; round++)
            {
                ours.Add(await StartAsync(database));
                empty.Add(await MeasureAsync(port => ServerProcess.StartRoleAsync(EmptyApp.Role, port)));
            }

            table.Note($"start, {database.Name}: {Text(ours)}; an empty ASP.NET Core app {Text(empty)}: "
                + $"{Ratio(ours, empty, start => start.Time.TotalSeconds)} times the time (goal: at most 4), "
                + $"{Ratio(ours, empty, start => start.Memory)} times the memory (goal: at most 3)");
        }
    }

    private static Task<Start> StartAsync(Database database) => MeasureAsync(port =>
        ServerProcess.StartAsync(Program, port, [.. database.Settings, $"--Urls=http://127.0.0.1:{port}"], database.Directory));

    private static async Task<Start> MeasureAsync(Func<int, Task<ServerProcess>> start)
    {
        var port = ServerProcess.FreePort();
        var clock = Stopwatch.StartNew();
        await using var server = await start(port);
        var time = clock.Elapsed;
        await Task.Delay(Settling);
        return new Start(time, Machine.CpuOf(server.Process), server.Process.WorkingSet64 / (1024.0 * 1024));
    }

    private static string Text(List<Start> starts) =>
        $"{Table.Number(Table.Median(starts.Select(start => start.Time.TotalMilliseconds)), "0")} ms, "
        + $"{Table.Number(Table.Median(starts.Select(start => start.Cpu.TotalMilliseconds)), "0")} ms of processor time, "
        + $"{Table.Number(Table.Median(starts.Select(start => start.Memory)), "0")} MiB";

    private static string Ratio(List<Start> ours, List<Start> empty, Func<Start, double> of) =>
        Table.Number(Table.Median(ours.Zip(empty, (a, b) => of(a) / of(b))), "0.0");

    private sealed record Start(TimeSpan Time, TimeSpan Cpu, double Memory);
}
