using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Vaka.Plugins.Teams.Graph;

namespace Vaka.Plugins.Teams.Actions;

internal sealed class ReplyToMessage : IntegrationAction<TeamsConfig, ReplyToMessageInput, ChannelMessageOutput>
{
    public override string Name => "reply_to_message";

    public override string Title => "Reply in a thread";

    public override string Description =>
        "Adds a reply to a thread in a channel, as text or HTML, with an Adaptive Card if given. message_id is the thread's first "
        + "message, as post_channel_message answered it; team_id and channel_id are those of that message, or left out for the default "
        + "channel. Needs the Microsoft Graph connection. Calling it twice replies twice.";

    public override Task<ChannelMessageOutput> ExecuteAsync(
        ReplyToMessageInput input, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var channel = GraphChannel.Of(TeamsClient.GraphOf(config, Name), input.TeamId, input.ChannelId);
        if (!TeamsIds.IsMessage(input.MessageId)) throw TeamsFailures.InvalidInput("message_id", TeamsIds.MessageShape);
        var message = ChannelMessage.Compose(input.Content, input.ContentType, null, input.Importance, input.Card, input.Mentions);
        return ChannelMessage.PostAsync(channel, channel.RepliesTo(input.MessageId), message, context, cancellationToken);
    }
}

/// <summary>What to reply to, and what to say.</summary>
public sealed record ReplyToMessageInput
{
    /// <summary>The first message of the thread.</summary>
    [Display(Name = "Message id", Order = 10, Prompt = "1616990032035",
        Description = "Id of the thread's first message, as post_channel_message answered it.")]
    [StringLength(20, MinimumLength = 1)]
    public required string MessageId { get; init; }

    /// <summary>Its team; default: the config's.</summary>
    [Display(Name = "Team", Order = 20, Prompt = "00000000-0000-0000-0000-000000000000",
        Description = "Id of the message's team; left out, the integration's default team.")]
    [HasOptions]
    [StringLength(36, MinimumLength = 1)]
    public string? TeamId { get; init; }

    /// <summary>Its channel; default: the config's.</summary>
    [Display(Name = "Channel", Order = 30, Prompt = "19:…@thread.tacv2",
        Description = "Id of the message's channel; left out, the integration's default channel.")]
    [HasOptions]
    [StringLength(200, MinimumLength = 1)]
    public string? ChannelId { get; init; }

    /// <summary>What it says; may be left out beside a card.</summary>
    [Display(Name = "Content", Order = 40, Description = "What the reply says, as content_type has it. May be left out beside a card.")]
    [Multiline]
    [Sensitive]
    [StringLength(28_000, MinimumLength = 1)]
    public string? Content { get; init; }

    /// <summary><c>text</c> or <c>html</c>.</summary>
    [Display(Name = "Content type", Order = 50, Description = "text: shown as it is, no Markdown. html: the tags that Teams knows.")]
    [AllowedValues("text", "html")]
    public string ContentType { get; init; } = "text";

    /// <summary><c>normal</c>, <c>high</c> or <c>urgent</c>.</summary>
    [Display(Name = "Importance", Order = 60, Description = "normal, high (marked as important) or urgent.")]
    [AllowedValues("normal", "high", "urgent")]
    public string Importance { get; init; } = "normal";

    /// <summary>A card below the content; default: none.</summary>
    [Display(Name = "Card", Order = 70, Description = "An Adaptive Card as a JSON object, shown below the content; as for post_card.")]
    [Sensitive]
    public JsonElement? Card { get; init; }

    /// <summary>Who is mentioned in the content; default: nobody.</summary>
    [Display(Name = "Mentions", Order = 80,
        Description = "People to @mention, at most 20. Write <at>Name</at> in the content, in text and in html, and list each person "
            + "here with the same name.")]
    [MaxLength(20)]
    public IReadOnlyList<GraphMention>? Mentions { get; init; }
}
