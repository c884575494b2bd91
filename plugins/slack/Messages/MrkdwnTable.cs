using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>A table in a fixed-width font, since mrkdwn has none.</summary>
internal static class MrkdwnTable
{
    public static string Write(Table table)
    {
        var rows = table.OfType<TableRow>().Select(row => row.OfType<TableCell>().Select(Text).ToList()).ToList();
        var columns = rows.Max(row => row.Count);
        var widths = Enumerable.Range(0, columns).Select(column => rows.Max(row => column < row.Count ? row[column].Length : 0)).ToList();
        var lines = rows.Select(row => string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).ToList();
        if (lines.Count > 1) lines.Insert(1, string.Join("-+-", widths.Select(width => new string('-', width))));
        return string.Join('\n', lines).Replace("```", "'''", StringComparison.Ordinal);
    }

    /// <summary>What stands in an inline and below it, without any mark.</summary>
    public static string PlainText(ContainerInline? container)
    {
        var text = new StringBuilder();
        foreach (var inline in container ?? Enumerable.Empty<Inline>())
        {
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                AutolinkInline link => link.Url,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                LineBreakInline => " ",
                ContainerInline inner => PlainText(inner),
                _ => "",
            });
        }

        return text.ToString();
    }

    private static string Text(TableCell cell) =>
        string.Join(' ', cell.OfType<LeafBlock>().Select(leaf => PlainText(leaf.Inline))).Trim();
}
