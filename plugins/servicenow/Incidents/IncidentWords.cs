using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.ServiceNow.Incidents;

/// <summary>How many are hit, or how soon it must be solved.</summary>
public enum IncidentLevel
{
    /// <summary>1.</summary>
    [Display(Name = "1 - High")]
    High,

    /// <summary>2.</summary>
    [Display(Name = "2 - Medium")]
    Medium,

    /// <summary>3.</summary>
    [Display(Name = "3 - Low")]
    Low,
}

/// <summary>What ServiceNow makes of impact and urgency.</summary>
public enum IncidentPriority
{
    /// <summary>1.</summary>
    [Display(Name = "1 - Critical")]
    Critical,

    /// <summary>2.</summary>
    [Display(Name = "2 - High")]
    High,

    /// <summary>3.</summary>
    [Display(Name = "3 - Moderate")]
    Moderate,

    /// <summary>4.</summary>
    [Display(Name = "4 - Low")]
    Low,

    /// <summary>5.</summary>
    [Display(Name = "5 - Planning")]
    Planning,
}

/// <summary>The values behind the words, as ServiceNow ships them.</summary>
internal static class IncidentWords
{
    public const string Resolved = "6";
    public const string Closed = "7";

    private static readonly Dictionary<string, string> States = new(StringComparer.Ordinal)
    {
        ["new"] = "1", ["in_progress"] = "2", ["on_hold"] = "3", ["resolved"] = Resolved, ["closed"] = Closed, ["canceled"] = "8",
    };

    private static readonly Dictionary<string, string> HoldReasons = new(StringComparer.Ordinal)
    {
        ["awaiting_caller"] = "1", ["awaiting_problem"] = "3", ["awaiting_vendor"] = "4", ["awaiting_change"] = "5",
    };

    public static string Of(IncidentLevel level) => level switch
    {
        IncidentLevel.High => "1",
        IncidentLevel.Medium => "2",
        IncidentLevel.Low => "3",
    };

    public static string Of(IncidentPriority priority) => priority switch
    {
        IncidentPriority.Critical => "1",
        IncidentPriority.High => "2",
        IncidentPriority.Moderate => "3",
        IncidentPriority.Low => "4",
        IncidentPriority.Planning => "5",
    };

    /// <summary>A state by its name, or by its number where the instance has states of its own.</summary>
    public static string State(string state, string path) => Find(States, state, path);

    /// <inheritdoc cref="State"/>
    public static string HoldReason(string reason, string path) => Find(HoldReasons, reason, path);

    private static string Find(Dictionary<string, string> words, string text, string path)
    {
        var word = text.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_');
        return word switch
        {
            "cancelled" when words.ContainsKey("canceled") => words["canceled"],
            _ when words.TryGetValue(word, out var value) => value,
            _ when word.Length is > 0 and <= 3 && word.All(char.IsAsciiDigit) => word,
            _ => throw ServiceNowFailures.InvalidInput(
                path, $"Give {string.Join(", ", words.Keys)}, or the number that the instance uses for a value of its own."),
        };
    }
}
