using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Conversations;
using Vaka.Plugins.Slack.Messages;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class DeleteMessage : IntegrationAction<SlackConfig, DeleteMessageInput, DeleteMessageOutput>
{
    public override string Name => "delete_message";

    public override string Title => "Delete a message";

    public override string Description =>
        "Deletes a message that this bot has posted; nobody can bring it back. Takes channel and ts as post_message answered them. Needs auth "
        + "of type bot_token.";

    public override bool IsIdempotent => true;

    public override bool IsDestructive => true;

    public override async Task<DeleteMessageOutput> ExecuteAsync(
        DeleteMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = SlackClient.Of(config, context);
        var channel = await new ConversationResolver(client)
            .ConversationAsync(input.Channel, config.DefaultChannel, cancellationToken).ConfigureAwait(false);
        try
        {
            var answer = await client.PostAsync(
                "chat.delete", new JsonObject { ["channel"] = channel, ["ts"] = input.Ts }, cancellationToken).ConfigureAwait(false);
            return new DeleteMessageOutput { Channel = channel, Ts = input.Ts, Warnings = answer.Warnings };
        }
        catch (IntegrationException failure)
            when (context.Attempt > 1 && failure.Kind is FailureKind.NotFound && SlackFailures.CodeOf(failure) is "message_not_found")
        {
            // An attempt before this one got through without an answer.
            return new DeleteMessageOutput { Channel = channel, Ts = input.Ts, AlreadyDeleted = true };
        }
    }

    public override Task<ActionPreview?> PreviewAsync(
        DeleteMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        _ = SlackClient.Of(config, context);
        return Task.FromResult<ActionPreview?>(
            new ActionPreview($"Deletes the message {input.Ts} in {input.Channel ?? config.DefaultChannel}"));
    }
}

/// <summary>Which message.</summary>
public sealed record DeleteMessageInput
{
    /// <summary>Where the message is; default: the integration's default channel.</summary>
    [Display(Name = "Channel", Order = 10,
        Description = "Where the message is: the channel that post_message answered, or a name such as #general. Left out: the default "
            + "channel.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? Channel { get; init; }

    /// <summary>The message's timestamp.</summary>
    [Display(Name = "Timestamp", Order = 20, Prompt = "1503435956.000247", Description = "The ts that post_message answered.")]
    [RegularExpression(Timestamps.Pattern, ErrorMessage = Timestamps.Expected)]
    public required string Ts { get; init; }
}

/// <summary>What was deleted.</summary>
public sealed record DeleteMessageOutput
{
    /// <summary>The id of the conversation.</summary>
    [Display(Name = "Channel", Order = 10)]
    public required string Channel { get; init; }

    /// <summary>The message's timestamp.</summary>
    [Display(Name = "Timestamp", Order = 20)]
    public required string Ts { get; init; }

    /// <summary>A repeated attempt found it gone.</summary>
    [Display(Name = "Already deleted", Order = 30, Description = "A repeated attempt found it gone.")]
    public bool AlreadyDeleted { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 40)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
