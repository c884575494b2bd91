using System.Globalization;

namespace Vaka.Plugins.Benchmarks.Measuring;

/// <summary>What is measured and for how long: <c>[CASE…] [--rounds N] [--seconds S]</c>.</summary>
internal sealed record Plan
{
    /// <summary>Parts of names; none: every case.</summary>
    public IReadOnlyList<string> Cases { get; private init; } = [];

    public int Rounds { get; private init; } = 5;

    /// <summary>How long each side of a round lasts.</summary>
    public TimeSpan Span { get; private init; } = TimeSpan.FromSeconds(2);

    public static Plan Parse(string[] args)
    {
        var cases = new List<string>();
        var plan = new Plan();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--rounds") plan = plan with { Rounds = int.Parse(args[++i], CultureInfo.InvariantCulture) };
            else if (args[i] == "--seconds") plan = plan with { Span = TimeSpan.FromSeconds(double.Parse(args[++i], CultureInfo.InvariantCulture)) };
            else cases.Add(args[i]);
        }

        return plan with { Cases = cases };
    }

    public bool Wants(string name) => Cases.Count == 0 || Cases.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
}
