using System.Text.RegularExpressions;

namespace Vaka.Plugins.EndToEnd.Tests.Telemetry;

/// <summary>The figures and labels that a query of Prometheus names.</summary>
internal static partial class PromQuery
{
    // What Prometheus adds by itself.
    private static readonly string[] Added = ["instance", "job", "up"];

    /// <summary>What a query names and /metrics does not have.</summary>
    /// <param name="query">In PromQL.</param>
    /// <param name="live">What a host answers.</param>
    public static IReadOnlyList<string> Missing(string query, string live)
    {
        var known = Series().Matches(live).ToLookup(line => line.Groups["name"].Value, line => line.Groups["labels"].Value);
        var figures = Figure().Matches(Grouping().Replace(query, " ")).Where(figure => !Added.Contains(figure.Groups["name"].Value)).ToList();
        var names = figures.ConvertAll(figure => figure.Groups["name"].Value);
        var missing = names.Where(name => !known.Contains(name)).ToList();
        foreach (var figure in figures)
            missing.AddRange(Labels(figure.Groups["labels"].Value).Where(label => !Has([figure.Groups["name"].Value], label)).Select(label => $"{figure.Groups["name"].Value}: {label}"));
        foreach (Match grouping in Grouping().Matches(query))
            missing.AddRange(grouping.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries).Where(label => !Has(names, label)).Select(label => $"by {label}"));
        return [.. missing.Distinct()];

        bool Has(IEnumerable<string> of, string label) => Added.Contains(label) || of.All(name => known[name].Any(labels => Labels(labels).Contains(label)));
    }

    private static IEnumerable<string> Labels(string text) => Label().Matches(text).Select(label => label.Groups[1].Value);

    [GeneratedRegex("""^(?<name>[a-z_:][a-z0-9_:]*)(\{(?<labels>.*)\})? """, RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("""\bby \((?<labels>[^)]*)\)""")]
    private static partial Regex Grouping();

    // Neither a function, which has its parenthesis, nor a number, a duration or what stands within quotes.
    [GeneratedRegex("""(?<![\w"$\[{.~|])(?<name>[a-z_:][a-z0-9_:]*)(?!\w)(?!\s*\()(\{(?<labels>[^}]*)\})?(?=[\s\[){]|$)""")]
    private static partial Regex Figure();

    [GeneratedRegex("""([a-z_][a-z0-9_]*)\s*(?:=~|!=|!~|=)\s*"(?:[^"\\]|\\.)*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Label();
}
