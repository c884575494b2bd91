using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vaka.Plugins.Jira.Text;

/// <summary>An Atlassian Document Format tree as Markdown that people and agents can read. Layout and colours are left out.</summary>
internal static class AdfReader
{
    private const int MaxDepth = 60;

    public static string Read(JsonElement document) => Blocks(document, 0).Trim('\n');

    private static string Blocks(JsonElement parent, int depth) =>
        depth > MaxDepth ? "" : string.Join("\n\n", parent.Items("content").Select(node => Block(node, depth + 1)).Where(text => text.Length > 0));

    private static string Block(JsonElement node, int depth) => node.Text("type") switch
    {
        "paragraph" or "caption" => Inlines(node),
        "heading" => $"{new string('#', Math.Clamp(node.Count("attrs", "level") ?? 1, 1, 6))} {Inlines(node)}",
        "bulletList" or "decisionList" => List(node, depth, _ => "- "),
        "orderedList" => List(node, depth, index => string.Create(CultureInfo.InvariantCulture, $"{(node.Count("attrs", "order") ?? 1) + index}. ")),
        "taskList" => List(node, depth, _ => "- "),
        "taskItem" or "blockTaskItem" => $"[{(node.Text("attrs", "state") is "DONE" ? "x" : " ")}] {Inlines(node)}",
        "decisionItem" => Inlines(node),
        "blockquote" or "panel" => Prefix(Blocks(node, depth), "> ", "> "),
        "codeBlock" => $"```{node.Text("attrs", "language")}\n{string.Concat(node.Items("content").Select(text => text.Text("text")))}\n```",
        "rule" => "---",
        "table" => Table(node, depth),
        "expand" or "nestedExpand" => $"{node.Text("attrs", "title")}\n\n{Blocks(node, depth)}".Trim('\n'),
        "blockCard" or "embedCard" => node.Text("attrs", "url") ?? "",
        "media" => $"[{node.Text("attrs", "alt") ?? "attachment"}]",
        "text" or "hardBreak" or "mention" or "emoji" or "inlineCard" or "date" or "status" => Inline(node),
        _ => Blocks(node, depth),
    };

    private static string List(JsonElement list, int depth, Func<int, string> bullet) =>
        depth > MaxDepth ? "" : string.Join('\n', list.Items("content").Select((item, index) => Item(item, depth + 1, bullet(index))));

    private static string Item(JsonElement item, int depth, string bullet)
    {
        // A task list stands inside a task list as an item of its own.
        if (item.Text("type") is "taskList") return Prefix(Block(item, depth), "  ", "  ");
        var text = item.Text("type") is "listItem"
            ? string.Join('\n', item.Items("content").Select(node => Block(node, depth)).Where(part => part.Length > 0))
            : Block(item, depth);
        return Prefix(text, bullet, new string(' ', bullet.Length));
    }

    private static string Table(JsonElement table, int depth)
    {
        var text = new StringBuilder();
        foreach (var (index, row) in table.Items("content").Index())
        {
            var cells = row.Items("content")
                .Select(cell => Blocks(cell, depth + 1).Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ")).ToList();
            text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
            if (index is 0) text.Append("| ").AppendJoin(" | ", cells.Select(_ => "---")).Append(" |\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string Inlines(JsonElement parent) => string.Concat(parent.Items("content").Select(Inline));

    private static string Inline(JsonElement node) => node.Text("type") switch
    {
        "text" => Marked(node),
        "hardBreak" => "\n",
        "mention" => node.Text("attrs", "text") is { Length: > 0 } name ? (name[0] is '@' ? name : $"@{name}") : $"@{node.Text("attrs", "id")}",
        "emoji" => node.Text("attrs", "text") ?? node.Text("attrs", "shortName") ?? "",
        "inlineCard" => node.Text("attrs", "url") ?? "",
        "status" => $"[{node.Text("attrs", "text")}]",
        "date" => Date(node.Text("attrs", "timestamp")),
        "mediaInline" => $"[{node.Text("attrs", "alt") ?? "attachment"}]",
        _ => Inlines(node),
    };

    private static string Marked(JsonElement node)
    {
        var text = node.Text("text") ?? "";
        if (string.IsNullOrWhiteSpace(text)) return text;
        foreach (var mark in node.Items("marks").OrderBy(mark => mark.Text("type") is "link"))
        {
            text = mark.Text("type") switch
            {
                "strong" => $"**{text}**",
                "em" => $"*{text}*",
                "strike" => $"~~{text}~~",
                "code" => $"`{text}`",
                "link" when mark.Text("attrs", "href") is { } href => text == href ? href : $"[{text}]({href})",
                _ => text,
            };
        }

        return text;
    }

    private static string Date(string? timestamp) =>
        long.TryParse(timestamp, NumberStyles.Integer, CultureInfo.InvariantCulture, out var milliseconds)
        && Math.Abs(milliseconds) < 62_000_000_000_000 // what a date can hold
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : "";

    private static string Prefix(string text, string first, string others) => first + text.Replace("\n", $"\n{others}", StringComparison.Ordinal);
}
