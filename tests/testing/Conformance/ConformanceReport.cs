using System.Text;

namespace Vaka.Plugins.Testing;

/// <summary>What a plugin was found to be.</summary>
public sealed record ConformanceReport
{
    private const int ShownFindings = 8;

    /// <summary>The provider's type.</summary>
    public required string Provider { get; init; }

    /// <summary>Each criterion with what speaks against it; nothing does where it holds.</summary>
    public required IReadOnlyList<(Criterion Criterion, IReadOnlyList<string> Findings)> Results { get; init; }

    /// <summary>The highest grade of which nothing is missing.</summary>
    public Grade Reached => new[] { Grade.Gold, Grade.Silver, Grade.Bronze }.FirstOrDefault(grade => Missing(grade).Count == 0);

    /// <summary>The criteria that a grade, or one below it, demands and that do not hold.</summary>
    public IReadOnlyList<Criterion> Missing(Grade grade) =>
        [.. Results.Where(result => result.Criterion.Grade <= grade && result.Findings.Count > 0).Select(result => result.Criterion)];

    /// <summary>The grade reached, and exactly what is missing for the next one.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var held = Results.Count(result => result.Findings.Count == 0);
        text.Append(FormattableString.Invariant($"Conformance of {Provider}: {Name(Reached)}, {held} of {Results.Count} criteria hold."));
        if (Reached is Grade.Gold) return text.ToString();
        var next = Reached + 1;
        text.Append(FormattableString.Invariant($"\nMissing for {Name(next)}:"));
        foreach (var (criterion, findings) in Results.Where(result => result.Criterion.Grade <= next && result.Findings.Count > 0))
        {
            text.Append(FormattableString.Invariant($"\n  {criterion.Id}: {criterion.Demand} {criterion.Advice}"));
            foreach (var finding in findings.Take(ShownFindings)) text.Append("\n    - ").Append(finding);
            if (findings.Count > ShownFindings) text.Append(FormattableString.Invariant($"\n    - and {findings.Count - ShownFindings} more"));
        }

        return text.ToString();
    }

    internal static string Name(Grade grade) => grade switch
    {
        Grade.None => "no grade",
        Grade.Bronze => "bronze",
        Grade.Silver => "silver",
        Grade.Gold => "gold",
    };
}
