using System.Buffers;

namespace Vaka.Plugins.Smtp.Messages;

/// <summary>Line breaks, U+0000 and their like: what would begin a header or a command of its own.</summary>
internal static class ControlCharacters
{
    private static readonly char[] All = [.. Enumerable.Range(0, 0xa0).Select(code => (char)code).Where(char.IsControl)];
    private static readonly SearchValues<char> Any = SearchValues.Create(All);
    private static readonly SearchValues<char> AnyButTab = SearchValues.Create([.. All.Where(c => c != '\t')]);

    public static bool In(ReadOnlySpan<char> text) => text.ContainsAny(Any);

    public static bool ButTabIn(ReadOnlySpan<char> text) => text.ContainsAny(AnyButTab);
}
