using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Conversations;
using Vaka.Plugins.Slack.Messages;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class AddReaction : IntegrationAction<SlackConfig, AddReactionInput, AddReactionOutput>
{
    public override string Name => "add_reaction";

    public override string Title => "React to a message";

    public override string Description =>
        "Adds an emoji of this bot to a message. Takes channel, the message's ts as timestamp, and the emoji's name, with or without colons "
        + "(thumbsup). A reaction that is there already is no failure: already_reacted says so. Needs auth of type bot_token and the scope "
        + "reactions:write.";

    public override bool IsIdempotent => true;

    public override async Task<AddReactionOutput> ExecuteAsync(
        AddReactionInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = SlackClient.Of(config, context);
        var name = input.Name.Trim(':');
        if (name.Length is 0) throw SlackFailures.InvalidInput("name", "Give the name of an emoji, such as thumbsup.");
        var channel = await new ConversationResolver(client)
            .ConversationAsync(input.Channel, config.DefaultChannel, cancellationToken).ConfigureAwait(false);
        try
        {
            var answer = await client.PostAsync(
                "reactions.add",
                new JsonObject { ["channel"] = channel, ["timestamp"] = input.Timestamp, ["name"] = name },
                cancellationToken).ConfigureAwait(false);
            return new AddReactionOutput { Channel = channel, Timestamp = input.Timestamp, Name = name, Warnings = answer.Warnings };
        }
        catch (IntegrationException failure) when (SlackFailures.CodeOf(failure) is "already_reacted")
        {
            return new AddReactionOutput { Channel = channel, Timestamp = input.Timestamp, Name = name, AlreadyReacted = true };
        }
    }
}

/// <summary>Which message, and which emoji.</summary>
public sealed record AddReactionInput
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
    public required string Timestamp { get; init; }

    /// <summary>The emoji's name.</summary>
    [Display(Name = "Name", Order = 30, Prompt = "thumbsup",
        Description = "The emoji's name, such as thumbsup or thumbsup::skin-tone-3; colons around it do not matter.")]
    [RegularExpression(@":?[^\s:<>]{1,100}(::skin-tone-[2-6])?:?",
        ErrorMessage = "Give the name of an emoji, such as thumbsup.")]
    public required string Name { get; init; }
}

/// <summary>What was added.</summary>
public sealed record AddReactionOutput
{
    /// <summary>The id of the conversation.</summary>
    [Display(Name = "Channel", Order = 10)]
    public required string Channel { get; init; }

    /// <summary>The message's timestamp.</summary>
    [Display(Name = "Timestamp", Order = 20)]
    public required string Timestamp { get; init; }

    /// <summary>The emoji's name.</summary>
    [Display(Name = "Name", Order = 30)]
    public required string Name { get; init; }

    /// <summary>It was there before.</summary>
    [Display(Name = "Already reacted", Order = 40, Description = "It was there before.")]
    public bool AlreadyReacted { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 50)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
