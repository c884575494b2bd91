using System.Text;
using System.Text.RegularExpressions;
using Markdig;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>Slack's own markup: https://docs.slack.dev/messaging/formatting-message-text.</summary>
internal static partial class Mrkdwn
{
    // HTML is text here: Slack shows none.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseTaskLists().UseAutoLinks()
        .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
        .ConfigureNewLine("\n").Build();

    /// <exception cref="IntegrationException">It is nested too deeply to be read.</exception>
    public static string FromMarkdown(string markdown)
    {
        try
        {
            var writer = new MrkdwnWriter();
            writer.WriteBlocks(Markdown.Parse(markdown.ReplaceLineEndings("\n"), Pipeline));
            return writer.ToString();
        }
        catch (ArgumentException)
        {
            // The parser's word for more than 128 levels.
            throw SlackFailures.InvalidInput("markdown", "This is nested too deeply: write it flatter.");
        }
    }

    /// <summary>The three characters that mean something everywhere.</summary>
    public static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Escapes all but mentions of a person, a channel or a user group.</summary>
    public static string EscapeAroundMentions(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        var done = 0;
        foreach (var mention in MentionPattern.EnumerateMatches(text))
        {
            escaped.Append(Escape(text[done..mention.Index])).Append(text, mention.Index, mention.Length);
            done = mention.Index + mention.Length;
        }

        return escaped.Append(Escape(text[done..])).ToString();
    }

    /// <summary>A link, or the label with the address beside it where Slack would not open it.</summary>
    public static string Link(string? url, string label)
    {
        if (url is null || !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https" or "mailto" or "tel"))
        {
            return string.IsNullOrEmpty(url) || url == label ? Escape(label) : $"{Escape(label)} ({Escape(url)})";
        }

        // Within a link the bar ends the address.
        var target = Escape(url.Replace("|", "%7C", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal));
        var text = label.ReplaceLineEndings(" ").Trim();
        return text.Length is 0 || text == url ? $"<{target}>" : $"<{target}|{Escape(text)}>";
    }

    [GeneratedRegex(@"<(?:@[UW][A-Z0-9]{5,20}|#[CG][A-Z0-9]{5,20}|!subteam\^S[A-Z0-9]{5,20})>")]
    private static partial Regex MentionPattern { get; }
}
