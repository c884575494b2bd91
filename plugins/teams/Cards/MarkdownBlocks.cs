using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.Teams.Cards;

/// <summary>Markdown as elements of a card. A TextBlock knows bold, italics, links and lists; headings, code, tables, quotes and images have
/// elements of their own, so that nothing shows as raw signs.</summary>
/// <remarks>https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features</remarks>
internal sealed partial class MarkdownBlocks
{
    private const int DeepestQuote = 4;
    private readonly string[] lines;
    private readonly int depth;
    private readonly List<JsonNode> blocks = [];
    private bool separates;
    private int next;

    private MarkdownBlocks(string[] lines, int depth) => (this.lines, this.depth) = (lines, depth);

    public static IReadOnlyList<JsonNode> Of(string markdown) => Of(markdown.ReplaceLineEndings("\n").Split('\n'), 0);

    private static List<JsonNode> Of(string[] lines, int depth)
    {
        var reader = new MarkdownBlocks(lines, depth);
        while (reader.next < lines.Length) reader.Read();
        if (reader.blocks.Count is 0) reader.Add(TextBlock(string.Join(' ', lines)));
        return reader.blocks;
    }

    private void Read()
    {
        var line = lines[next];
        if (string.IsNullOrWhiteSpace(line)) next++;
        else if (Fence().Match(line) is { Success: true } fence) ReadCode(fence.Groups["mark"].Value);
        else if (Rule().IsMatch(line)) (separates, next) = (true, next + 1);
        else if (Heading().Match(line) is { Success: true } heading) ReadHeading(heading);
        else if (Image().Match(line) is { Success: true } image && IsWeb(image.Groups["url"].Value)) ReadImage(image);
        else if (line.TrimStart().StartsWith('>') && depth < DeepestQuote) ReadQuote();
        else if (ListItem().IsMatch(line)) ReadList();
        else if (line.Contains('|', StringComparison.Ordinal) && next + 1 < lines.Length && Delimiter().IsMatch(lines[next + 1])) ReadTable();
        else ReadParagraph();
    }

    // One block for each line: clients disagree on what a single line break in a TextBlock is.
    private void ReadParagraph()
    {
        var isFirst = true;
        do
        {
            var block = TextBlock(Inline(lines[next++].Trim()));
            if (!isFirst) block["spacing"] = "none";
            Add(block);
            isFirst = false;
        }
        while (next < lines.Length && !IsBoundary(lines[next]));
    }

    private void ReadHeading(Match heading)
    {
        next++;
        var level = heading.Groups["level"].Length;
        var block = TextBlock(Inline(heading.Groups["text"].Value.Trim().TrimEnd('#').TrimEnd()));
        block["weight"] = "bolder";
        block["size"] = level is 1 ? "large" : level is 2 ? "medium" : "default";
        block["style"] = "heading";
        Add(block);
    }

    private void ReadImage(Match image)
    {
        next++;
        Add(new JsonObject { ["type"] = "Image", ["url"] = image.Groups["url"].Value, ["altText"] = image.Groups["alt"].Value });
    }

    // Code is shown as it is, line by line; spaces that would fall together are kept by no-break ones.
    private void ReadCode(string mark)
    {
        next++;
        var items = new JsonArray();
        while (next < lines.Length && !lines[next].Trim().StartsWith(mark, StringComparison.Ordinal))
        {
            var text = lines[next++].Replace("\t", "    ", StringComparison.Ordinal)
                .Replace("  ", "\u00A0\u00A0", StringComparison.Ordinal);
            var block = new JsonObject
            {
                ["type"] = "RichTextBlock",
                ["inlines"] = new JsonArray(new JsonObject
                {
                    ["type"] = "TextRun", ["text"] = text.Length is 0 ? " " : text, ["fontType"] = "monospace",
                }),
            };
            if (items.Count > 0) block["spacing"] = "none";
            items.Add((JsonNode)block);
        }

        next++;
        if (items.Count > 0) Add(new JsonObject { ["type"] = "Container", ["style"] = "emphasis", ["items"] = items });
    }

    private void ReadQuote()
    {
        List<string> inner = [];
        while (next < lines.Length && lines[next].TrimStart() is ['>', ..] line)
        {
            inner.Add(line is ['>', ' ', ..] ? line[2..] : line[1..]);
            next++;
        }

        Add(new JsonObject { ["type"] = "Container", ["style"] = "emphasis", ["items"] = new JsonArray([.. Of([.. inner], depth + 1)]) });
    }

    private void ReadList()
    {
        List<string> items = [];
        while (next < lines.Length && (ListItem().IsMatch(lines[next]) || (!IsBoundary(lines[next]) && lines[next].StartsWith(' '))))
        {
            var item = ListItem().Match(lines[next]);
            if (!item.Success) items[^1] += " " + Inline(lines[next].Trim()); // goes on in the next line
            else items.Add($"{item.Groups["indent"].Value}{Bullet(item)} {Inline(item.Groups["text"].Value)}");
            next++;
        }

        // The sign between the items of a list is a carriage return, as Microsoft's page on text features has it.
        Add(TextBlock(string.Join('\r', items)));
    }

    private void ReadTable()
    {
        var header = Cells(lines[next]);
        var rows = new JsonArray { Row(header, header.Count) };
        for (next += 2; next < lines.Length && lines[next].Contains('|', StringComparison.Ordinal) && !IsBoundary(lines[next]); next++)
            rows.Add(Row(Cells(lines[next]), header.Count));
        Add(new JsonObject
        {
            ["type"] = "Table",
            ["firstRowAsHeaders"] = true,
            ["columns"] = new JsonArray([.. header.Select(_ => new JsonObject { ["width"] = 1 })]),
            ["rows"] = rows,
        });
    }

    private bool IsBoundary(string line) =>
        string.IsNullOrWhiteSpace(line) || Fence().IsMatch(line) || Rule().IsMatch(line) || Heading().IsMatch(line) || ListItem().IsMatch(line)
        || (line.TrimStart().StartsWith('>') && depth < DeepestQuote);

    private void Add(JsonObject block)
    {
        if (separates) (block["separator"], separates) = (true, false);
        blocks.Add(block);
    }

    private static JsonObject TextBlock(string text) =>
        new() { ["type"] = "TextBlock", ["text"] = text.Length is 0 ? " " : text, ["wrap"] = true };

    private static JsonNode Row(IReadOnlyList<string> cells, int columns) => new JsonObject
    {
        ["type"] = "TableRow",
        ["cells"] = new JsonArray([.. Enumerable.Range(0, columns).Select(index => new JsonObject
        {
            ["type"] = "TableCell",
            ["items"] = new JsonArray(TextBlock(index < cells.Count ? Inline(cells[index]) : "")),
        })]),
    };

    private static List<string> Cells(string line) =>
        [.. Pipe().Split(line.Trim().Trim('|')).Select(cell => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal))];

    private static string Bullet(Match item) => item.Groups["task"].Value switch
    {
        "" => item.Groups["number"] is { Length: > 0 } number ? $"{number.Value}." : "-",
        "[ ]" => "- \u2610",
        _ => "- \u2611",
    };

    // An image among words and an address in angle brackets become links; a link that leads to no page becomes its words.
    private static string Inline(string text) => Link().Replace(
        AngleLink().Replace(text, "[$1]($1)"),
        link => IsWeb(link.Groups["url"].Value)
            ? $"[{(link.Groups["text"].Length > 0 ? link.Groups["text"].Value : link.Groups["url"].Value)}]({link.Groups["url"].Value})"
            : link.Groups["text"].Value);

    private static bool IsWeb(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "mailto"
        && Uri.IsWellFormedUriString(url, UriKind.Absolute);

    [GeneratedRegex(@"^ {0,3}(?<mark>```|~~~)", RegexOptions.CultureInvariant)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^ {0,3}(?:(?:-[ ]*){3,}|(?:\*[ ]*){3,}|(?:_[ ]*){3,})$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^ {0,3}(?<level>#{1,6})(?:[ \t]+(?<text>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*!\[(?<alt>[^\]]*)\]\((?<url>[^\s()]+)\)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Image();

    [GeneratedRegex(
        @"^(?<indent>[ \t]*)(?:[-*+]|(?<number>\d{1,9})[.)])[ \t]+(?:(?<task>\[[ xX]\])[ \t]+)?(?<text>\S.*)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex ListItem();

    [GeneratedRegex(
        @"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Delimiter();

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.CultureInvariant)]
    private static partial Regex Pipe();

    [GeneratedRegex(@"!?\[(?<text>[^\[\]]*)\]\((?<url>[^\s()]+)(?:\s+""[^""]*"")?\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(@"<(https?://[^\s<>]+)>", RegexOptions.CultureInvariant)]
    private static partial Regex AngleLink();
}
