namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>Whether people may be sent back to an address. An open redirect would hand one-time codes to whoever made the link, so the
/// address is compared as browsers read it, and whatever they may read otherwise is refused.</summary>
internal static class ReturnAddress
{
    public const int Longest = 1024;

    /// <summary>The address as it will be sent; <c>null</c>: it is not among the allowed ones.</summary>
    /// <param name="text">As it was given.</param>
    /// <param name="allowed">Each exactly, or ending in <c>/*</c> for everything below.</param>
    public static Uri? Find(string text, IEnumerable<string> allowed)
    {
        if (Read(text) is not { } address) return null;
        return allowed.Any(entry => entry.EndsWith("/*", StringComparison.Ordinal)
            ? Read(entry[..^1]) is { } above && IsBelow(address, above)
            : Read(entry) is { } exact && address.AbsoluteUri == exact.AbsoluteUri)
            ? address
            : null;
    }

    private static bool IsBelow(Uri address, Uri above) =>
        address.AbsoluteUri.StartsWith(above.AbsoluteUri, StringComparison.Ordinal)

        // Steps upward, whoever resolves them.
        && !address.AbsolutePath.Contains("..", StringComparison.Ordinal)
        && !address.OriginalString.Contains("%2e", StringComparison.OrdinalIgnoreCase)
        && !address.OriginalString.Contains("%2f", StringComparison.OrdinalIgnoreCase)
        && !address.OriginalString.Contains("/..", StringComparison.Ordinal);

    private static Uri? Read(string text) =>
        text.Length is > 0 and <= Longest && !text.Any(c => c <= ' ' || c is '\\' or '#' or '\u007F') && !text.Contains("%5c", StringComparison.OrdinalIgnoreCase)
        && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
        && text.StartsWith($"{address.Scheme}://", StringComparison.OrdinalIgnoreCase)
            ? address
            : null;
}
