using System.Text;
using System.Text.Json.Nodes;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax.Inlines;

namespace Vaka.Plugins.Jira.Text;

/// <summary>The text of one block with its marks.</summary>
internal sealed class AdfInlines
{
    private readonly JsonArray nodes = [];
    private readonly StringBuilder pending = new();
    private readonly bool skipsBox;
    private Marks pendingMarks = new(null, []);

    private AdfInlines(bool skipsBox) => this.skipsBox = skipsBox;

    /// <param name="mark">A mark over all of it; default: none.</param>
    /// <param name="skipsBox">The box of a task is shown by what is around.</param>
    public static JsonArray Write(ContainerInline? inlines, string? mark = null, bool skipsBox = false)
    {
        var writer = new AdfInlines(skipsBox);
        writer.Children(inlines, new Marks(null, mark is null ? [] : [mark]));
        writer.Flush();
        return writer.nodes;
    }

    public static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    private void Children(ContainerInline? inlines, Marks marks)
    {
        foreach (var inline in inlines ?? Enumerable.Empty<Inline>()) Inline(inline, marks);
    }

    private void Inline(Inline inline, Marks marks)
    {
        switch (inline)
        {
            case LiteralInline literal: Append(literal.Content.ToString(), marks); break;
            case HtmlEntityInline entity: Append(entity.Transcoded.ToString(), marks); break;
            case CodeInline code: Append(code.Content, new Marks(marks.Link, ["code"])); break; // no other mark goes with code
            case EmphasisInline emphasis: Children(emphasis, marks.With(MarkOf(emphasis))); break;
            case LinkInline { IsImage: true } image: Image(image, marks); break;
            case LinkInline link: Children(link, marks with { Link = marks.Link ?? SafeLink.Of(link.Url) }); break;
            case AutolinkInline link: Append(link.Url, marks with { Link = SafeLink.Of(link.IsEmail ? $"mailto:{link.Url}" : link.Url) }); break;
            case LineBreakInline: Break(); break; // a single one too: people mean it
            case TaskList task when !skipsBox: Append(task.Checked ? "☑" : "☐", marks); break;
            case TaskList: break;
            case DelimiterInline delimiter:
                Append(delimiter.ToLiteral(), marks);
                Children(delimiter, marks);
                break;
            case ContainerInline container: Children(container, marks); break;
            default: break;
        }
    }

    // An image of somewhere else cannot be embedded: a link to it is as near as it gets.
    private void Image(LinkInline image, Marks marks)
    {
        var text = MarkdownText.Plain(image);
        Append(text.Length > 0 ? text : image.Url ?? "", marks with { Link = marks.Link ?? SafeLink.Of(image.Url) });
    }

    private void Append(string text, Marks marks)
    {
        if (!marks.Equals(pendingMarks)) Flush();
        pendingMarks = marks;
        pending.Append(text);
    }

    private void Break()
    {
        Flush();
        nodes.Add((JsonNode)new JsonObject { ["type"] = "hardBreak" });
    }

    private void Flush()
    {
        var text = pending.ToString();
        pending.Clear();
        if (nodes.Count is 0 && skipsBox) text = text.TrimStart();
        if (text.Length is 0) return;
        var node = Text(text);
        var marks = pendingMarks.ToJson();
        if (marks.Count > 0) node["marks"] = marks;
        nodes.Add((JsonNode)node);
    }

    private static string MarkOf(EmphasisInline emphasis) => emphasis.DelimiterChar switch
    {
        '~' => "strike",
        _ => emphasis.DelimiterCount >= 2 ? "strong" : "em",
    };

    private readonly record struct Marks(string? Link, IReadOnlyList<string> Names)
    {
        public Marks With(string name) => Names.Contains(name) ? this : this with { Names = [.. Names, name] };

        public bool Equals(Marks other) => Link == other.Link && Names.SequenceEqual(other.Names);

        public override int GetHashCode() => HashCode.Combine(Link, Names.Count);

        public JsonArray ToJson()
        {
            var marks = new JsonArray();
            foreach (var name in Names) marks.Add((JsonNode)new JsonObject { ["type"] = name });
            if (Link is not null) marks.Add((JsonNode)new JsonObject { ["type"] = "link", ["attrs"] = new JsonObject { ["href"] = Link } });
            return marks;
        }
    }
}
