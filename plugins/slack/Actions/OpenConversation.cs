using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Conversations;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class OpenConversation : IntegrationAction<SlackConfig, OpenConversationInput, OpenConversationOutput>
{
    public override string Name => "open_conversation";

    public override string Title => "Open a direct message";

    public override string Description =>
        "Opens the direct message with one person, or the group message with up to eight, and answers its channel id for post_message and the "
        + "others. Opening one that exists answers the same id. People are given by id, e-mail address or @name. Needs auth of type bot_token and "
        + "the scope im:write (mpim:write for several people).";

    public override bool IsIdempotent => true;

    public override async Task<OpenConversationOutput> ExecuteAsync(
        OpenConversationInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = SlackClient.Of(config, context);
        var people = new List<ConversationReference>();
        for (var index = 0; index < input.Users.Count; index++)
        {
            if (!ConversationReference.TryParse(input.Users[index], out var person) || !person.IsPerson)
            {
                throw SlackFailures.InvalidInput($"users[{index}]", "Give a person's id (U0123456789), e-mail address or @name.");
            }

            people.Add(person);
        }

        var resolver = new ConversationResolver(client);
        var ids = new List<string>();
        for (var index = 0; index < people.Count; index++)
        {
            ids.Add(await resolver.PersonAsync(people[index], $"users[{index}]", cancellationToken).ConfigureAwait(false));
        }

        var answer = await client.PostAsync(
            "conversations.open", new JsonObject { ["users"] = string.Join(',', ids.Distinct()) }, cancellationToken).ConfigureAwait(false);
        return new OpenConversationOutput
        {
            Channel = answer.Root.Child("channel")?.Text("id") ?? throw SlackFailures.Incomplete("channel.id"),
            AlreadyOpen = answer.Root.Flag("already_open"),
            Warnings = answer.Warnings,
        };
    }
}

/// <summary>With whom.</summary>
public sealed record OpenConversationInput
{
    /// <summary>One to eight people.</summary>
    [Display(Name = "Users", Order = 10, Description = "One to eight people, each by id (U0123456789), e-mail address or @name.")]
    [Length(1, 8)]
    [HasOptions]
    public required IReadOnlyList<string> Users { get; init; }
}

/// <summary>What was opened.</summary>
public sealed record OpenConversationOutput
{
    /// <summary>The id of the conversation.</summary>
    [Display(Name = "Channel", Order = 10)]
    public required string Channel { get; init; }

    /// <summary>It was open before.</summary>
    [Display(Name = "Already open", Order = 20)]
    public bool AlreadyOpen { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 30)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
