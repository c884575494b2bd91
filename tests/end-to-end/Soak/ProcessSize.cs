using System.Globalization;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.EndToEnd.Tests.Soak;

/// <summary>What a host process holds at a moment, as Linux and its own /metrics tell it.</summary>
internal sealed record ProcessSize(TimeSpan At, double HeapMiB, double MemoryMiB, double Files, double Sockets, double Threads)
{
    public static IReadOnlyList<(string Name, Func<ProcessSize, double> Of)> Figures { get; } =
    [
        ("heap, MiB", size => size.HeapMiB), ("memory, MiB", size => size.MemoryMiB), ("open files", size => size.Files),
        ("sockets", size => size.Sockets), ("threads", size => size.Threads),
    ];

    public static ProcessSize Read(TimeSpan at, int process, string metrics)
    {
        var files = Directory.EnumerateFiles($"/proc/{process}/fd").ToList();
        return new ProcessSize(
            at, Sum(metrics, "dotnet_gc_last_collection_heap_size_bytes") / 1_048_576, Sum(metrics, "dotnet_process_memory_working_set_bytes") / 1_048_576,
            files.Count, files.Count(IsSocket), Directory.EnumerateDirectories($"/proc/{process}/task").Count());
    }

    /// <summary>All series of a figure together.</summary>
    public static double Sum(string metrics, string name) => Regex.Matches(metrics, $@"^{name}(\{{.*\}})? (?<value>[0-9.eE+]+)", RegexOptions.Multiline)
        .Sum(line => double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));

    /// <summary>How much a figure grows in an hour, by the line that lies closest to all of them.</summary>
    public static double GrowthPerHour(IReadOnlyList<ProcessSize> sizes, Func<ProcessSize, double> of)
    {
        var (time, mean) = (sizes.Average(size => size.At.TotalHours), sizes.Average(of));
        return sizes.Sum(size => (size.At.TotalHours - time) * (of(size) - mean)) / sizes.Sum(size => Math.Pow(size.At.TotalHours - time, 2));
    }

    private static bool IsSocket(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // closed in between
        }
    }
}
