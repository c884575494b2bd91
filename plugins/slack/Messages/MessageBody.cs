using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>Checks what a message says and writes it as Slack takes it.</summary>
internal static class MessageBody
{
    public const int LongestText = 40_000;

    /// <summary><c>text</c> and <c>blocks</c> of a call.</summary>
    /// <param name="content">The input.</param>
    /// <param name="mentions">What to begin the text with; default: nothing.</param>
    /// <param name="longest">How many characters the method takes.</param>
    /// <exception cref="IntegrationException">Everything that is wrong, each with its path.</exception>
    public static JsonObject Write(MessageContent content, string mentions = "", int longest = LongestText)
    {
        List<FieldError> errors = [];
        var field = content.Markdown is null ? "text" : "markdown";
        if (content is { Text: not null, Markdown: not null }) errors.Add(new("markdown", "Give text or markdown, not both."));
        if (content.Text is null && content.Markdown is null)
        {
            errors.Add(new("text", content.Blocks is { Count: > 0 }
                ? "Give text or markdown as well: notifications and screen readers show it instead of the blocks."
                : "Give text or markdown."));
        }

        var text = mentions + (content.Text ?? Mrkdwn.FromMarkdown(content.Markdown ?? ""));
        if (text.Length > 0 && string.IsNullOrWhiteSpace(text)) errors.Add(new(field, "Give more than white space."));
        if (BlockKit.LengthOf(text) is var length && length > longest)
        {
            errors.Add(new(
                field, $"This has {length} characters as Slack counts them, and at most {longest} are taken: send less, or a file."));
        }

        if (content.Blocks is { Count: 0 }) errors.Add(new("blocks", "Give at least one block, or leave this out."));
        if (content.Blocks is { } blocks) errors.AddRange(BlockKit.Check(blocks));
        if (errors.Count > 0) throw SlackFailures.InvalidInput(errors);
        var body = new JsonObject { ["text"] = text };
        if (content.Blocks is not null) body["blocks"] = content.Blocks.DeepClone();
        return body;
    }
}
