using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vaka.Plugins.Benchmarks.Measuring;

/// <summary>Where the figures come from: they mean nothing without it.</summary>
internal static class Machine
{
    public static void Print(Plan plan)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        Console.WriteLine($"date      {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
        Console.WriteLine($"machine   {Environment.ProcessorCount} cores ({Model()}), {memory:0} GiB, {RuntimeInformation.OSDescription}");
        Console.WriteLine($"runtime   {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, Release");
        Console.WriteLine($"rounds    {plan.Rounds} of {plan.Span.TotalSeconds:0.#} s for each side, alternating");
        PrintLoad();
        Console.WriteLine();
    }

    /// <summary>Processes that want the processor, whoever's they are.</summary>
    public static void PrintLoad()
    {
        if (File.Exists("/proc/loadavg")) Console.WriteLine($"load      {string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3])} (1, 5, 15 minutes)");
    }

    /// <summary>The processor time that a process has used so far.</summary>
    public static TimeSpan CpuOf(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static string Model() => !File.Exists("/proc/cpuinfo") ? "unknown"
        : File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
}
