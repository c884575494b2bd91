using System.Globalization;
using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Vaka.Plugins.Jira.Text;

/// <summary>Markdown as Jira's wiki markup. What a caller writes as text stays text: markup characters are escaped, so that nobody is
/// mentioned and no macro runs by accident.</summary>
/// <remarks>https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all</remarks>
internal static class WikiWriter
{
    private const string Special = "\\{}[]|*_^~!+";

    public static string Write(MarkdownDocument document) => Blocks(document, "").Trim('\n');

    private static string Blocks(ContainerBlock container, string bullets) =>
        string.Join("\n\n", container.Select(block => Block(block, bullets)).Where(text => text.Length > 0));

    private static string Block(Block block, string bullets) => block switch
    {
        HeadingBlock heading => string.Create(CultureInfo.InvariantCulture, $"h{Math.Clamp(heading.Level, 1, 6)}. {Inlines(heading.Inline)}"),
        ListBlock list => List(list, bullets),
        QuoteBlock quote => $"{{quote}}\n{Blocks(quote, "")}\n{{quote}}",
        FencedCodeBlock code => Code(code, code.Info),
        CodeBlock code => Code(code, null),
        ThematicBreakBlock => "----",
        Table table => string.Join('\n', table.OfType<TableRow>().Select(Row)),
        LinkReferenceDefinition or LinkReferenceDefinitionGroup => "",
        ContainerBlock container => Blocks(container, bullets),
        LeafBlock leaf => Inlines(leaf.Inline),
        _ => "",
    };

    private static string List(ListBlock list, string bullets)
    {
        var own = bullets + (list.IsOrdered ? '#' : '*');
        return string.Join('\n', list.OfType<ListItemBlock>().Select(item =>
        {
            // Blocks of one item stay together: an empty line would end the list.
            var parts = item.Select(block => Block(block, own)).Where(text => text.Length > 0).ToList();
            return item.FirstOrDefault() is ListBlock ? string.Join('\n', parts) : $"{own} {string.Join('\n', parts)}";
        }));
    }

    private static string Code(CodeBlock code, string? language)
    {
        var text = MarkdownText.Lines(code);
        var macro = text.Contains("{code", StringComparison.OrdinalIgnoreCase) ? "noformat" : "code";
        text = macro is "noformat" ? text.Replace("{noformat", "{ noformat", StringComparison.OrdinalIgnoreCase) : text;
        var named = macro is "code" && language is { Length: > 0 and <= 40 } && language.All(char.IsAsciiLetterOrDigit);
        return $"{{{macro}{(named ? $":{language}" : "")}}}\n{text}\n{{{macro}}}";
    }

    private static string Row(TableRow row)
    {
        var edge = row.IsHeader ? "||" : "|";
        var cells = row.OfType<TableCell>().Select(cell => Blocks(cell, "").ReplaceLineEndings(" ")).Select(text => text.Length > 0 ? text : " ");
        return $"{edge}{string.Join(edge, cells)}{edge}";
    }

    private static string Inlines(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines ?? Enumerable.Empty<Inline>()) text.Append(Inline(inline, text.Length is 0 || text[^1] is '\n'));
        return text.ToString();
    }

    private static string Inline(Inline inline, bool beginsLine) => inline switch
    {
        LiteralInline literal => Escape(literal.Content.ToString(), beginsLine),
        HtmlEntityInline entity => Escape(entity.Transcoded.ToString(), beginsLine),
        CodeInline code => $"{{{{{Escape(code.Content, beginsLine: false)}}}}}",
        EmphasisInline emphasis => Marked(emphasis),
        LinkInline link => Link(link.Url, link.IsImage ? Escape(MarkdownText.Plain(link), beginsLine: false) : Inlines(link)),
        AutolinkInline link => Link(link.IsEmail ? $"mailto:{link.Url}" : link.Url, ""),
        LineBreakInline => "\n",
        TaskList task => task.Checked ? "☑" : "☐",
        DelimiterInline delimiter => Escape(delimiter.ToLiteral(), beginsLine) + Inlines(delimiter),
        ContainerInline container => Inlines(container),
        _ => "",
    };

    private static string Marked(EmphasisInline emphasis)
    {
        var mark = emphasis.DelimiterChar is '~' ? "-" : emphasis.DelimiterCount >= 2 ? "*" : "_";
        return $"{mark}{Inlines(emphasis)}{mark}";
    }

    private static string Link(string? url, string text)
    {
        if (SafeLink.Of(url) is not { } href) return text;
        href = href.Replace("|", "%7C", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal)
            .Replace("[", "%5B", StringComparison.Ordinal).Replace("{", "%7B", StringComparison.Ordinal).Replace("}", "%7D", StringComparison.Ordinal);
        return text.Length is 0 || text == Escape(href, beginsLine: false) ? $"[{href}]" : $"[{text}|{href}]";
    }

    private static string Escape(string text, bool beginsLine)
    {
        var escaped = new StringBuilder(text.Length + 8);
        for (var index = 0; index < text.Length; index++)
        {
            var c = text[index];
            var opensWord = index is 0 ? beginsLine : char.IsWhiteSpace(text[index - 1]);
            if (Special.Contains(c, StringComparison.Ordinal) || (c is '-' or '?' or '#' && opensWord)) escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
