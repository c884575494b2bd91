namespace Vaka.Plugins.Host.Integrations.Schema.Binding;

/// <summary>Finds what a mistyped name was probably meant to be.</summary>
internal static class Nearest
{
    private const int LongestName = 64;

    /// <returns>The closest name, or <c>null</c> when none is close.</returns>
    public static string? To(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > LongestName) return null;
        var plain = Plain(name);
        var allowed = Math.Min(2, plain.Length / 2);
        return known
            .Select(candidate => (Name: candidate, Distance: Distance(plain, Plain(candidate))))
            .Where(candidate => candidate.Distance <= allowed)
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    // tokenUrl, TokenURL and token-url all mean token_url.
    private static string Plain(string name) =>
        new([.. name.Where(c => c is not ('_' or '-')).Select(char.ToLowerInvariant)]);

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
