using System.Globalization;
using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>Writes the tree of a Markdown document as mrkdwn. What Slack has no form for keeps its text: headings become bold lines, tables
/// are set in a fixed-width font, lists get bullets.</summary>
internal sealed class MrkdwnWriter
{
    // Slack sees a mark only at the edge of a word; this makes an edge that nobody sees.
    private const char Edge = '\u200B';

    private readonly StringBuilder text = new();

    public override string ToString() => text.ToString().Trim('\n');

    public void WriteBlocks(ContainerBlock blocks)
    {
        Block? before = null;
        foreach (var block in blocks)
        {
            if (block is LinkReferenceDefinitionGroup) continue;
            if (before is not null) text.Append(blocks is ListItemBlock || before is HeadingBlock ? "\n" : "\n\n");
            Write(block);
            before = block;
        }
    }

    private void Write(Block block)
    {
        switch (block)
        {
            case HeadingBlock heading:
                var title = Inlines(heading.Inline, bold: true);
                text.Append(title.Length > 0 ? $"*{title}*" : "");
                break;
            case CodeBlock code:
                text.Append("```\n").Append(Code(code)).Append("\n```");
                break;
            case ThematicBreakBlock:
                text.Append("──────────");
                break;
            case QuoteBlock quote:
                text.Append(Prefixed(Nested(quote), "> ", "> "));
                break;
            case ListBlock list:
                List(list);
                break;
            case Table table:
                text.Append("```\n").Append(Mrkdwn.Escape(MrkdwnTable.Write(table))).Append("\n```");
                break;
            case ContainerBlock container:
                WriteBlocks(container);
                break;
            case LeafBlock leaf:
                text.Append(leaf.Inline is null ? Mrkdwn.Escape(leaf.Lines.ToString()) : Inlines(leaf.Inline, bold: false));
                break;
        }
    }

    private void List(ListBlock list)
    {
        var number = int.TryParse(list.OrderedStart, CultureInfo.InvariantCulture, out var start) ? start : 1;
        var first = true;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            if (!first) text.Append('\n');
            first = false;
            var mark = list.IsOrdered ? $"{(number++).ToString(CultureInfo.InvariantCulture)}. " : "• ";
            text.Append(Prefixed(Nested(item), mark, "    "));
        }
    }

    private static string Nested(ContainerBlock blocks)
    {
        var inner = new MrkdwnWriter();
        inner.WriteBlocks(blocks);
        return inner.ToString();
    }

    private static string Prefixed(string lines, string first, string next) => first + lines.Replace("\n", $"\n{next}", StringComparison.Ordinal);

    // A fence in the code would end the block.
    private static string Code(LeafBlock code) =>
        Mrkdwn.Escape(code.Lines.ToString()).TrimEnd('\n').Replace("```", $"``{Edge}`", StringComparison.Ordinal);

    private static string Inlines(ContainerInline? container, bool bold)
    {
        var line = new StringBuilder();
        var literal = new StringBuilder();
        foreach (var inline in container ?? Enumerable.Empty<Inline>())
        {
            if (inline is LiteralInline words)
            {
                literal.Append(words.Content.AsSpan()); // a mention may stand in several of them
                continue;
            }

            Flush();
            switch (inline)
            {
                case EmphasisInline emphasis:
                    Emphasis(line, emphasis, bold);
                    break;
                case CodeInline code:
                    line.Append('`').Append(Mrkdwn.Escape(code.Content.Replace('`', '\''))).Append('`');
                    break;
                case LinkInline link:
                    line.Append(Mrkdwn.Link(link.Url, MrkdwnTable.PlainText(link)));
                    break;
                case AutolinkInline link:
                    line.Append(Mrkdwn.Link(link.IsEmail ? $"mailto:{link.Url}" : link.Url, link.Url));
                    break;
                case LineBreakInline:
                    line.Append('\n');
                    break;
                case TaskList task:
                    line.Append(task.Checked ? '☑' : '☐');
                    break;
                case HtmlEntityInline entity:
                    line.Append(Mrkdwn.Escape(entity.Transcoded.ToString()));
                    break;
                case ContainerInline other:
                    line.Append(Inlines(other, bold));
                    break;
            }
        }

        Flush();
        return line.ToString();

        void Flush()
        {
            // Within a word a mark would not be seen as one.
            if (literal.Length > 0 && line.Length > 0 && char.IsLetterOrDigit(literal[0]) && line[^1] is '*' or '_' or '~') line.Append(Edge);
            line.Append(Mrkdwn.EscapeAroundMentions(literal.ToString()));
            literal.Clear();
        }
    }

    private static void Emphasis(StringBuilder line, EmphasisInline emphasis, bool bold)
    {
        var mark = emphasis.DelimiterChar is '~' ? '~' : emphasis.DelimiterCount is 1 ? '_' : '*';
        var inner = Inlines(emphasis, bold || mark is '*');
        if (mark is '*' && bold)
        {
            line.Append(inner); // bold already
            return;
        }

        if (line.Length > 0 && (char.IsLetterOrDigit(line[^1]) || line[^1] is '*' or '_' or '~')) line.Append(Edge);
        line.Append(mark).Append(inner).Append(mark);
    }
}
