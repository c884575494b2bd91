using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>What a message says; shared by every action that writes one.</summary>
public abstract record MessageContent
{
    /// <summary>Slack's own markup (mrkdwn), sent as it is.</summary>
    [Display(Name = "Text", Order = 20, Prompt = "Build *finished*: <https://ci.example.com/7|number 7>",
        Description = "The message in Slack's mrkdwn: *bold*, _italic_, ~struck~, `code`, <https://example.com|link>, <@U0123456789> for a "
            + "person. It is sent as it is: write &amp; &lt; &gt; for & < >. At most 40,000 characters, ideally 4,000. Give text or markdown, "
            + "not both. Beside blocks it is what notifications and screen readers show.")]
    [StringLength(80_000, MinimumLength = 1)]
    [Multiline]
    [Sensitive]
    public string? Text { get; init; }

    /// <summary>Standard Markdown, converted to mrkdwn.</summary>
    [Display(Name = "Markdown", Order = 30, Prompt = "Build **finished**: [number 7](https://ci.example.com/7)",
        Description = "The message in ordinary Markdown (CommonMark, with tables, task lists and ~~struck~~), converted to Slack's mrkdwn with & < > "
            + "escaped. <@U0123456789> mentions a person; <!channel> and its like stay plain text here, so that text from elsewhere "
            + "alarms nobody: use mentions. Give text or markdown, not both.")]
    [StringLength(80_000, MinimumLength = 1)]
    [Multiline]
    [Sensitive]
    public string? Markdown { get; init; }

    /// <summary>Block Kit blocks.</summary>
    [Display(Name = "Blocks", Order = 40,
        Description = "Block Kit blocks as Slack defines them, such as [{\"type\": \"section\", \"text\": {\"type\": \"mrkdwn\", \"text\": \"*Hi*\"}}]; "
            + "at most 50. Their limits are checked before anything is sent. text or markdown is needed as well.")]
    [Sensitive]
    public JsonArray? Blocks { get; init; }
}
