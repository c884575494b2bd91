using System.Diagnostics;
using System.Globalization;

namespace Vaka.Plugins.Benchmarks.Measuring;

/// <summary>The comparisons. A ratio is the median of the rounds' ratios, and so is a figure of the rounds' figures: what else the machine
/// does disturbs both sides of a round alike.</summary>
internal sealed class Table
{
    /// <summary>Enough for the just-in-time compiler to be done with both, however busy the machine is.</summary>
    private const int WarmUp = 10_000;

    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(12);

    private readonly List<string> rows = [];
    private readonly List<string> notes = [];

    /// <summary>Measures both sides in turn; who goes first alternates too.</summary>
    public async Task CompareAsync(Plan plan, string name, string unit, double? goal, Side ours, Side plain)
    {
        await WarmUpAsync(ours);
        await WarmUpAsync(plain);
        var (mine, theirs) = (new List<Sample>(), new List<Sample>());
        for (var round = 0; round < plan.Rounds; round++)
        {
            if (round % 2 == 0) mine.Add(await ours(plan.Span));
            theirs.Add(await plain(plan.Span));
            if (round % 2 == 1) mine.Add(await ours(plan.Span));
        }

        var ratios = mine.Zip(theirs, (a, b) => a.Rate / b.Rate).Order().ToList();
        var verdict = goal is not { } wanted ? "–" : Number(wanted, "0.0") + (Median(ratios) >= wanted ? " met" : " missed");
        rows.Add($"| {name} | {Number(Median(mine.Select(s => s.Rate)), "0")} {unit} | {Number(Median(theirs.Select(s => s.Rate)), "0")} {unit} "
            + $"| **{Number(Median(ratios), "0.00")}** ({Number(ratios[0], "0.00")}–{Number(ratios[^1], "0.00")}) | {verdict} | {Cpu(mine)} | {Cpu(theirs)} |");
        Console.WriteLine(rows[^1]);
    }

    private static async Task WarmUpAsync(Side side)
    {
        var clock = Stopwatch.StartNew();
        for (var done = 0L; done < WarmUp && clock.Elapsed < LongestWarmUp;) done += (await side(TimeSpan.FromSeconds(1))).Operations;
    }

    /// <summary>A figure that is compared with a fixed goal.</summary>
    public void Note(string text)
    {
        notes.Add(text);
        Console.WriteLine(text);
    }

    public void Print()
    {
        Console.WriteLine();
        if (rows.Count > 0)
        {
            Console.WriteLine("| case | ours | plain | ratio (lowest–highest) | goal | CPU ours | CPU plain |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
            rows.ForEach(Console.WriteLine);
            Console.WriteLine();
        }

        notes.ForEach(note => Console.WriteLine($"* {note}"));
        Console.WriteLine();
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Cpu(List<Sample> samples) =>
        samples.TrueForAll(sample => sample.Cpu is not null) ? $"{Number(Median(samples.Select(s => s.CpuMicroseconds ?? 0)), "0")} µs" : "–";
}
