namespace Vaka.Plugins.ServiceNow.Queries;

/// <summary>What a value of an encoded query may hold. ServiceNow has no way to escape <c>^</c>, which begins the next condition, and
/// evaluates a value that begins with <c>javascript:</c>: both are refused.</summary>
internal static class QueryValue
{
    public const int MaxLength = 1000;

    /// <summary>What is wrong with a value; <c>null</c>: nothing.</summary>
    public static string? ProblemOf(string value) =>
        value.Length > MaxLength ? $"A value to search for has at most {MaxLength} characters."
        : value.Contains('^', StringComparison.Ordinal)
            ? "ServiceNow cannot search for '^', which separates conditions. Leave it out, and search for a part with contains or starts_with."
        : value.Any(char.IsControl) ? "A value to search for is one line without control characters."
        : value.Contains("javascript:", StringComparison.OrdinalIgnoreCase)
            ? "ServiceNow would run what follows 'javascript:' instead of searching for it. Give the value itself."
        : null;

    public static void Check(string value, string path)
    {
        if (ProblemOf(value) is { } problem) throw ServiceNowFailures.InvalidInput(path, problem);
    }
}
