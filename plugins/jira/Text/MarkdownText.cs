using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Vaka.Plugins.Jira.Text;

/// <summary>Reads CommonMark with tables, task lists and strike-through, as people write it in issues. HTML stays text.</summary>
internal static class MarkdownText
{
    // Deeper than anybody writes; each level costs several of the document tree, and readers stop at 64.
    private const int MaxDepth = 10;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseTaskLists()
        .UseAutoLinks()
        .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
        .DisableHtml()
        .Build();

    public static MarkdownDocument Parse(string markdown, string path)
    {
        // Jira keeps text in XML, which has no place for them.
        var clean = string.Concat(markdown.Where(c => !char.IsControl(c) || c is '\n' or '\r' or '\t'));
        try
        {
            var document = Markdown.Parse(clean, Pipeline);
            if (DepthOf(document) <= MaxDepth) return document;
        }
        catch (ArgumentException)
        {
            // The parser's own limit, of depth as well.
        }

        throw JiraFailures.InvalidInput(path, $"Lists and quotes are nested more than {MaxDepth} deep: make it flatter.");
    }

    /// <summary>The text of inlines without their marks.</summary>
    public static string Plain(ContainerInline? inlines)
    {
        var text = new System.Text.StringBuilder();
        foreach (var inline in inlines?.Descendants() ?? [])
        {
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                AutolinkInline link => link.Url,
                LineBreakInline => " ",
                _ => "",
            });
        }

        return text.ToString();
    }

    /// <summary>The lines of a code block. One that is cut off before its first line has none.</summary>
    public static string Lines(CodeBlock code) =>
        string.Join('\n', (code.Lines.Lines ?? []).Take(code.Lines.Count).Select(line => line.Slice.ToString()));

    private static int DepthOf(Block block)
    {
        var deepest = 0;
        var open = new Stack<(Block Block, int Depth)>([(block, 0)]);
        while (open.TryPop(out var next))
        {
            deepest = Math.Max(deepest, next.Depth);
            if (next.Block is not ContainerBlock container) continue;
            foreach (var child in container) open.Push((child, next.Depth + (child is ListBlock or QuoteBlock ? 1 : 0)));
        }

        return deepest;
    }
}
