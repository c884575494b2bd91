using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Vaka.Plugins.Teams.Graph;

namespace Vaka.Plugins.Teams.Actions;

internal sealed class PostChannelMessage : IntegrationAction<TeamsConfig, PostChannelMessageInput, ChannelMessageOutput>
{
    public override string Name => "post_channel_message";

    public override string Title => "Post to a channel";

    public override string Description =>
        "Begins a new thread in any channel that the connected account is a member of, as text or HTML, with an Adaptive Card if given. "
        + "Get the ids from list_teams and list_channels; without them it goes to the default channel. Answers the message's id, for "
        + "reply_to_message, and its link. Needs the Microsoft Graph connection. Calling it twice posts twice.";

    public override Task<ChannelMessageOutput> ExecuteAsync(
        PostChannelMessageInput input, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var channel = GraphChannel.Of(TeamsClient.GraphOf(config, Name), input.TeamId, input.ChannelId);
        var message = ChannelMessage.Compose(input.Content, input.ContentType, input.Subject, input.Importance, input.Card, input.Mentions);
        return ChannelMessage.PostAsync(channel, channel.Messages, message, context, cancellationToken);
    }
}

/// <summary>Where to post, and what.</summary>
public sealed record PostChannelMessageInput
{
    /// <summary>The team; default: the config's.</summary>
    [Display(Name = "Team", Order = 10, Prompt = "00000000-0000-0000-0000-000000000000",
        Description = "Id of the team, from list_teams; left out, the integration's default team.")]
    [HasOptions]
    [StringLength(36, MinimumLength = 1)]
    public string? TeamId { get; init; }

    /// <summary>The channel; default: the config's.</summary>
    [Display(Name = "Channel", Order = 20, Prompt = "19:…@thread.tacv2",
        Description = "Id of the channel, from list_channels of that team; left out, the integration's default channel.")]
    [HasOptions]
    [StringLength(200, MinimumLength = 1)]
    public string? ChannelId { get; init; }

    /// <summary>The subject of the thread; default: none.</summary>
    [Display(Name = "Subject", Order = 30, Description = "Plain text, shown as the title of the thread.")]
    [Sensitive]
    [StringLength(1000, MinimumLength = 1)]
    public string? Subject { get; init; }

    /// <summary>What it says; may be left out beside a card.</summary>
    [Display(Name = "Content", Order = 40, Description = "What the message says, as content_type has it. May be left out beside a card.")]
    [Multiline]
    [Sensitive]
    [StringLength(28_000, MinimumLength = 1)]
    public string? Content { get; init; }

    /// <summary><c>text</c> or <c>html</c>.</summary>
    [Display(Name = "Content type", Order = 50,
        Description = "text: shown as it is, no Markdown. html: the tags that Teams knows (p, b, i, a, ul, ol, li, table, pre, code, "
            + "blockquote, h1 to h3).")]
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
