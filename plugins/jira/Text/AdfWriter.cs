using System.Globalization;
using System.Text.Json.Nodes;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Vaka.Plugins.Jira.Text;

/// <summary>Markdown as an Atlassian Document Format tree. What the format does not allow in a place is written as the nearest thing that
/// it does, so that nothing is lost and the tree is always valid.</summary>
/// <remarks>https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ and the schema in npm @atlaskit/adf-schema.</remarks>
internal sealed class AdfWriter
{
    private int tasks;

    private AdfWriter()
    {
    }

    private enum Place
    {
        Document,
        Item,
        Quote,
    }

    public static JsonObject Write(MarkdownDocument document) => new()
    {
        ["version"] = 1,
        ["type"] = "doc",
        ["content"] = new AdfWriter().Blocks(document, Place.Document),
    };

    private static JsonObject Node(string type, JsonArray? content = null)
    {
        var node = new JsonObject { ["type"] = type };
        if (content is not null) node["content"] = content;
        return node;
    }

    private JsonArray Blocks(ContainerBlock container, Place place)
    {
        var nodes = new JsonArray();
        foreach (var block in container)
        {
            foreach (var node in Block(block, place)) nodes.Add((JsonNode)node);
        }

        return nodes;
    }

    private IEnumerable<JsonObject> Block(Block block, Place place) => block switch
    {
        HeadingBlock heading when place is Place.Document => [Heading(heading)],
        HeadingBlock heading => [Node("paragraph", AdfInlines.Write(heading.Inline, "strong"))],
        ParagraphBlock paragraph => [Node("paragraph", AdfInlines.Write(paragraph.Inline))],
        ListBlock list when IsTaskList(list) && place is not Place.Quote => [Tasks(list)],
        ListBlock list => [List(list)],
        QuoteBlock quote when place is Place.Document => [NotEmpty(Node("blockquote", Blocks(quote, Place.Quote)))],
        QuoteBlock quote => Inner(quote, place),
        FencedCodeBlock code => [Code(code, code.Info)],
        CodeBlock code => [Code(code, null)],
        Table table when place is Place.Document => [TableOf(table)],
        Table table => Rows(table),
        ThematicBreakBlock when place is Place.Document => [Node("rule")],
        ThematicBreakBlock => [Node("paragraph", [AdfInlines.Text("———")])],
        LinkReferenceDefinition or LinkReferenceDefinitionGroup => [], // used where it is referred to
        ContainerBlock container => Inner(container, place),
        LeafBlock leaf => [Node("paragraph", AdfInlines.Write(leaf.Inline))],
        _ => [],
    };

    private List<JsonObject> Inner(ContainerBlock container, Place place) => [.. container.SelectMany(block => Block(block, place))];

    private static JsonObject Heading(HeadingBlock heading)
    {
        var node = Node("heading", AdfInlines.Write(heading.Inline));
        node["attrs"] = new JsonObject { ["level"] = Math.Clamp(heading.Level, 1, 6) };
        return node;
    }

    private static JsonObject Code(CodeBlock code, string? language)
    {
        var text = MarkdownText.Lines(code);
        var node = Node("codeBlock", text.Length > 0 ? [AdfInlines.Text(text)] : []);
        if (language is { Length: > 0 and <= 40 } && language.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '#' or '-' or '.' or '_'))
        {
            node["attrs"] = new JsonObject { ["language"] = language };
        }

        return node;
    }

    private JsonObject List(ListBlock list)
    {
        var node = Node(list.IsOrdered ? "orderedList" : "bulletList", []);
        var items = node["content"]!.AsArray(); // just made
        foreach (var item in list.OfType<ListItemBlock>())
        {
            var content = Blocks(item, Place.Item);

            // The editor wants an item to begin with text or code.
            if (content.Count is 0 || content[0]?["type"]?.GetValue<string>() is not ("paragraph" or "codeBlock"))
            {
                content.Insert(0, Node("paragraph", []));
            }

            items.Add((JsonNode)Node("listItem", content));
        }

        if (list.IsOrdered && int.TryParse(list.OrderedStart, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first is not 1)
        {
            node["attrs"] = new JsonObject { ["order"] = first };
        }

        return node;
    }

    /// <summary>Every item is a task of one paragraph: the format's own task list. Others keep their box as a character.</summary>
    private static bool IsTaskList(ListBlock list) => list.All(item =>
        item is ListItemBlock { Count: 1 } single && single[0] is ParagraphBlock { Inline.FirstChild: TaskList });

    private JsonObject Tasks(ListBlock list)
    {
        var node = Node("taskList", []);
        var items = node["content"]!.AsArray(); // just made
        node["attrs"] = new JsonObject { ["localId"] = NextId() };
        foreach (var paragraph in list.OfType<ListItemBlock>().Select(item => (ParagraphBlock)item[0]))
        {
            var item = Node("taskItem", AdfInlines.Write(paragraph.Inline, skipsBox: true));
            var isDone = paragraph.Inline?.FirstChild is TaskList { Checked: true };
            item["attrs"] = new JsonObject { ["localId"] = NextId(), ["state"] = isDone ? "DONE" : "TODO" };
            items.Add((JsonNode)item);
        }

        return node;
    }

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"task-{++tasks}");

    private JsonObject TableOf(Table table)
    {
        var rows = table.OfType<TableRow>().ToList();
        var width = rows.Select(row => row.Count).DefaultIfEmpty(0).Max();
        if (width is 0) return Node("paragraph", []);
        var node = Node("table", []);
        var content = node["content"]!.AsArray(); // just made
        foreach (var row in rows)
        {
            var cells = new JsonArray();
            foreach (var cell in row.OfType<TableCell>()) cells.Add((JsonNode)Node(CellType(row), CellContent(cell)));
            while (cells.Count < width) cells.Add((JsonNode)Node(CellType(row), [Node("paragraph", [])]));
            content.Add((JsonNode)Node("tableRow", cells));
        }

        return node;
    }

    private JsonArray CellContent(TableCell cell)
    {
        var content = Blocks(cell, Place.Item);
        if (content.Count is 0) content.Add((JsonNode)Node("paragraph", []));
        return content;
    }

    private static string CellType(TableRow row) => row.IsHeader ? "tableHeader" : "tableCell";

    // A table cannot stand here: a line for each row.
    private static List<JsonObject> Rows(Table table) =>
    [
        .. table.OfType<TableRow>().Select(row =>
        {
            var line = new JsonArray();
            foreach (var cell in row.OfType<TableCell>())
            {
                if (line.Count > 0) line.Add((JsonNode)AdfInlines.Text(" | "));
                foreach (var paragraph in cell.OfType<LeafBlock>())
                {
                    foreach (var inline in AdfInlines.Write(paragraph.Inline, row.IsHeader ? "strong" : null)) line.Add(inline?.DeepClone());
                }
            }

            return Node("paragraph", line);
        }),
    ];

    private static JsonObject NotEmpty(JsonObject node)
    {
        if (node["content"] is JsonArray { Count: 0 } content) content.Add((JsonNode)Node("paragraph", []));
        return node;
    }
}
