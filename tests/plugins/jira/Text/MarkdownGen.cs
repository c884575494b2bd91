using CsCheck;

namespace Vaka.Plugins.Jira.Tests.Text;

/// <summary>Markdown as it comes: well written, badly nested, and plain noise.</summary>
internal static class MarkdownGen
{
    private static readonly Gen<string> Word = Gen.OneOf<string>(
        "alpha", "β", "😀", "a_b", "1*2", "C:\\x", "<b>", "&amp;", "&#0;", "{code}", "[~ada]", "|", "http://example.com/a_b", "www.example.com", "x@y.example",
        "\u0001", "~", "`", "**", "_", "[", "]", "](", "!", "\\", "#", "-", "]: x", "\u00a0", "\u200b");

    private static readonly Gen<string> Span = Gen.OneOf(
        Word,
        Word.Select(word => $"**{word}**"),
        Word.Select(word => $"*{word}*"),
        Word.Select(word => $"***{word} `{word}`***"),
        Word.Select(word => $"~~{word}~~"),
        Word.Select(word => $"`{word}`"),
        Word.Select(word => $"``{word} ` {word}``"),
        Word.Select(word => $"[{word} **{word}** `c`](https://example.com/?q={word})"),
        Word.Select(word => $"[{word}](javascript:alert(1))"),
        Word.Select(word => $"[](https://example.com/{word})"),
        Word.Select(word => $"![{word}](https://example.com/a.png \"t\")"),
        Word.Select(word => $"<https://example.com/{word}>"),
        Gen.OneOf<string>("  \n", "\\\n", "\n", "<ada@example.com>", "[ref]", "[ ]", "[x] "));

    private static readonly Gen<string> Line = Span.Array[0, 6].Select(spans => string.Join(" ", spans));

    private static readonly Gen<string> Simple = Gen.OneOf(
        Line,
        Gen.Select(Gen.Int[1, 7], Line, (level, line) => $"{new string('#', level)} {line}"),
        Line.Select(line => $"{line}\n==="),
        Gen.OneOf<string>("---", "***", "", "```", "[ref]: https://example.com/ref", "<div>\nhtml\n</div>", "    indented code"),
        Gen.Select(Gen.OneOf<string>("", "c#", "json", "not a language!", "js\u0001"), Line, (language, line) => $"```{language}\n{line}\n{line}\n```"),
        Gen.Select(Line, Line, (one, other) => $"| {one} | b |\n|---|:-:|\n| {other} |\n| 1 | 2 | 3 |"),
        Line.Select(line => $"- [ ] {line}\n- [x] done\n- [ ]"),
        Line.Select(line => $"- [x] {line}\n- plain\n  - [ ] deeper"));

    /// <summary>A whole document.</summary>
    public static readonly Gen<string> Document = Block(3).Array[0, 6].Select(blocks => string.Join("\n\n", blocks));

    private static Gen<string> Block(int depth) => depth is 0
        ? Simple
        : Gen.OneOf(
            Simple,
            Block(depth - 1).Select(block => Indent(block, "> ", "> ")),
            Block(depth - 1).Array[1, 3].Select(blocks => string.Join('\n', blocks.Select(block => Indent(block, "- ", "  ")))),
            Gen.Select(Gen.OneOf<string>("0", "1", "7", "999999999"), Block(depth - 1), (first, block) => Indent(block, $"{first}. ", new string(' ', first.Length + 2))),
            Gen.Select(Block(depth - 1), Block(depth - 1), (one, other) => $"{Indent(one, "* ", "  ")}\n\n  {other.Replace("\n", "\n  ", StringComparison.Ordinal)}"));

    private static string Indent(string text, string first, string others) => first + text.Replace("\n", $"\n{others}", StringComparison.Ordinal);
}
