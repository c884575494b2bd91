using System.Diagnostics;

namespace Vaka.Plugins.Benchmarks.Measuring;

/// <summary>One of the two that are compared: it works for a given time and says how much it did.</summary>
internal delegate Task<Sample> Side(TimeSpan span);

/// <summary>What was done in one round.</summary>
/// <param name="Operations">How many.</param>
/// <param name="Elapsed">In how long.</param>
/// <param name="Cpu">Processor time of the process that is measured; <c>null</c>: not known.</param>
internal sealed record Sample(long Operations, TimeSpan Elapsed, TimeSpan? Cpu = null)
{
    public double Rate => Operations / Elapsed.TotalSeconds;

    public double? CpuMicroseconds => Cpu?.TotalMicroseconds / Operations;
}

/// <summary>Ways to work.</summary>
internal static class Sides
{
    /// <summary>A fixed number of callers, each of which calls again as soon as it has its answer.</summary>
    /// <param name="one">One operation; it throws when that went wrong, and the measuring ends.</param>
    /// <param name="callers">How many.</param>
    /// <param name="process">Whose processor time is counted.</param>
    public static Side Calling(Func<Task> one, int callers, Process process) => async span =>
    {
        long done = 0;
        var cpu = Machine.CpuOf(process);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var own = 0L;
            for (; clock.Elapsed < span; own++) await one();
            Interlocked.Add(ref done, own);
        })));
        return new Sample(done, clock.Elapsed, Machine.CpuOf(process) - cpu);
    };
}
