using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Actions;

internal sealed class PostMessage : IntegrationAction<TeamsConfig, PostMessageInput, PostOutput>
{
    public override string Name => "post_message";

    public override string Title => "Post a message";

    public override string Description =>
        "Posts a message to the one channel or chat that the integration is configured for: Markdown text and, if given, a title, facts "
        + "(name and value in two columns) and buttons that open links. It is made into an Adaptive Card here; no HTML, no @mentions "
        + "(use post_card for those). At most 28 KB as Teams counts it, checked before sending. With a workflow URL the answer says "
        + "accepted: true and delivered: null, as the workflow posts it a moment later and never tells whether that went well. Calling "
        + "it twice posts twice. To choose a channel or get a thread to reply to, use post_channel_message.";

    public override bool IsTenantSafe => true;

    public override Task<PostOutput> ExecuteAsync(
        PostMessageInput input, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        TeamsClient.PostAsync(MessageCard.Of(input), config, context, cancellationToken);

    public override Task<ActionPreview?> PreviewAsync(
        PostMessageInput input, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(CardPreview.Of(MessageCard.Of(input), config));
}

/// <summary>What to say.</summary>
public sealed record PostMessageInput
{
    /// <summary>Markdown.</summary>
    [Display(Name = "Text", Order = 10, Prompt = "**Build 42** failed: [log](https://ci.example.com/42)",
        Description = "Markdown: bold, italics, links, lists, headings, code blocks, tables, quotes, images by https URL. Line breaks "
            + "are kept. HTML is shown as text.")]
    [Multiline]
    [Sensitive]
    [StringLength(28_000, MinimumLength = 1)]
    public required string Text { get; init; }

    /// <summary>Plain text above it; default: none.</summary>
    [Display(Name = "Title", Order = 20, Description = "Plain text, shown large above the text.")]
    [Sensitive]
    [StringLength(500, MinimumLength = 1)]
    public string? Title { get; init; }

    /// <summary>The colour of the title.</summary>
    [Display(Name = "Style", Order = 30, Description = "Colour of the title: good (green), warning (yellow), attention (red), accent, "
        + "or default.")]
    [AllowedValues("default", "accent", "good", "warning", "attention")]
    public string Style { get; init; } = "default";

    /// <summary>Names and values below the text; default: none.</summary>
    [Display(Name = "Facts", Order = 40, Description = "Names and values, shown in two columns below the text. At most 50.")]
    [Sensitive]
    [MaxLength(50)]
    public IReadOnlyList<MessageFact>? Facts { get; init; }

    /// <summary>Links below everything; default: none.</summary>
    [Display(Name = "Buttons", Order = 50, Description = "Buttons that open a link. At most 6, which is what Teams shows.")]
    [MaxLength(6)]
    public IReadOnlyList<MessageButton>? Buttons { get; init; }
}

/// <summary>One name and its value.</summary>
public sealed record MessageFact
{
    /// <summary>The name.</summary>
    [Display(Name = "Title", Order = 10, Description = "The name, such as Severity.")]
    [StringLength(200, MinimumLength = 1)]
    public required string Title { get; init; }

    /// <summary>The value; bold, italics and links of Markdown.</summary>
    [Display(Name = "Value", Order = 20, Description = "The value. Bold, italics and links of Markdown are shown as such.")]
    [StringLength(2000)]
    public required string Value { get; init; }
}

/// <summary>One button.</summary>
public sealed record MessageButton
{
    /// <summary>What stands on it.</summary>
    [Display(Name = "Title", Order = 10, Description = "What stands on the button.")]
    [StringLength(200, MinimumLength = 1)]
    public required string Title { get; init; }

    /// <summary>What it opens.</summary>
    [Display(Name = "URL", Order = 20, Description = "What it opens: https://, http:// or mailto:.")]
    [Sensitive]
    [StringLength(2048, MinimumLength = 1)]
    public required string Url { get; init; }
}
