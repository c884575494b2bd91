using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Conversations;
using Vaka.Plugins.Slack.Messages;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class UpdateMessage : IntegrationAction<SlackConfig, UpdateMessageInput, UpdateMessageOutput>
{
    private const int LongestText = 4000; // "msg_too_long: the text field cannot exceed 4,000 characters", unlike chat.postMessage

    public override string Name => "update_message";

    public override string Title => "Change a message";

    public override string Description =>
        "Replaces the content of a message that this bot has posted. Takes channel and ts as post_message answered them, and the whole new "
        + "content: text or markdown (here at most 4,000 characters), with blocks where wanted. Blocks of the old message are removed unless "
        + "blocks are given again. Needs auth of type bot_token.";

    public override bool IsIdempotent => true;

    public override bool IsDestructive => true;

    public override async Task<UpdateMessageOutput> ExecuteAsync(
        UpdateMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = SlackClient.Of(config, context);
        var body = MessageBody.Write(input, longest: LongestText);
        body["channel"] = await new ConversationResolver(client)
            .ConversationAsync(input.Channel, config.DefaultChannel, cancellationToken).ConfigureAwait(false);
        body["ts"] = input.Ts;
        if (input.Metadata is { } metadata) body["metadata"] = metadata.Write();
        var answer = await client.PostAsync("chat.update", body, cancellationToken).ConfigureAwait(false);
        return new UpdateMessageOutput { Channel = answer.Require("channel"), Ts = answer.Require("ts"), Warnings = answer.Warnings };
    }

    public override Task<ActionPreview?> PreviewAsync(
        UpdateMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        _ = SlackClient.Of(config, context);
        _ = MessageBody.Write(input, longest: LongestText);
        return Task.FromResult<ActionPreview?>(
            new ActionPreview($"Replaces the message {input.Ts} in {input.Channel ?? config.DefaultChannel}"));
    }
}

/// <summary>Which message, and what it is to say.</summary>
public sealed record UpdateMessageInput : MessageContent
{
    /// <summary>Where the message is; default: the integration's default channel.</summary>
    [Display(Name = "Channel", Order = 10,
        Description = "Where the message is: the channel that post_message answered, or a name such as #general. Left out: the default "
            + "channel.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? Channel { get; init; }

    /// <summary>The message's timestamp.</summary>
    [Display(Name = "Timestamp", Order = 15, Prompt = "1503435956.000247", Description = "The ts that post_message answered.")]
    [RegularExpression(Timestamps.Pattern, ErrorMessage = Timestamps.Expected)]
    public required string Ts { get; init; }

    /// <summary>New data for programs; default: as it was.</summary>
    [Display(Name = "Metadata", Order = 50, Description = "New data for programs, beside the message; left out, it stays as it was.")]
    public MessageMetadata? Metadata { get; init; }
}

/// <summary>What was changed.</summary>
public sealed record UpdateMessageOutput
{
    /// <summary>The id of the conversation.</summary>
    [Display(Name = "Channel", Order = 10)]
    public required string Channel { get; init; }

    /// <summary>The message's timestamp.</summary>
    [Display(Name = "Timestamp", Order = 20)]
    public required string Ts { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 30)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
