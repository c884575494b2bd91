using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Vaka.Plugins.Teams.Cards;
using Vaka.Plugins.Teams.Graph;

namespace Vaka.Plugins.Teams.Actions;

/// <summary>Checks and posts what a channel message or a reply says.</summary>
internal static class ChannelMessage
{
    public static async Task<ChannelMessageOutput> PostAsync(
        GraphChannel channel, string path, ReadOnlyMemory<byte> message, IntegrationContext context, CancellationToken cancellationToken)
    {
        var posted = await new GraphClient(channel.Connection, context).PostAsync(path, message, cancellationToken).ConfigureAwait(false);
        return new ChannelMessageOutput
        {
            MessageId = posted.Id,
            TeamId = channel.TeamId,
            ChannelId = channel.ChannelId,
            WebUrl = posted.WebUrl,
            CreatedDateTime = posted.CreatedDateTime,
        };
    }

    public static ReadOnlyMemory<byte> Compose(
        string? content, string contentType, string? subject, string? importance, JsonElement? card, IReadOnlyList<GraphMention>? mentions)
    {
        var checkedCard = card is { ValueKind: not JsonValueKind.Null } given ? Card.Of(given, "card") : null;
        if (string.IsNullOrWhiteSpace(content) && checkedCard is null)
            throw TeamsFailures.InvalidInput("content", "Give content, a card, or both.");
        if (contentType is "html" && content?.Contains("<attachment", StringComparison.OrdinalIgnoreCase) is true)
            throw TeamsFailures.InvalidInput("content", "Leave <attachment> out: a card is put below the content by itself.");
        if (contentType is "html" && content?.Contains("<at ", StringComparison.OrdinalIgnoreCase) is true)
            throw TeamsFailures.InvalidInput("content", "Write a mention as <at>Name</at>, without an id, and list it in mentions.");
        CheckMentions(content, contentType, mentions ?? []);
        var message = GraphMessage.Of(content, contentType, subject, importance, checkedCard, mentions ?? []);
        return message.Length <= Card.MaxMessageBytes
            ? message
            : throw TeamsFailures.InvalidInput(
                "content", $"The message has {message.Length} bytes, and {Card.MaxMessageBytes} are the most. Send less text, or several "
                    + "messages.");
    }

    private static void CheckMentions(string? content, string contentType, IReadOnlyList<GraphMention> mentions)
    {
        for (var index = 0; index < mentions.Count; index++)
        {
            var (mention, path) = (mentions[index], $"mentions[{index}]");
            if (!TeamsIds.IsGuid(mention.UserId)) throw TeamsFailures.InvalidInput($"{path}.user_id", "A user id is the GUID of the "
                + "person in Microsoft Entra.");
            if (mentions.Take(index).Any(before => before.DisplayName == mention.DisplayName))
                throw TeamsFailures.InvalidInput($"{path}.display_name", "Two mentions of one name cannot be told apart: list the "
                    + "person once, or write the names in full.");
            var written = GraphMessage.Written(mention, contentType);
            if (content?.Contains(written, StringComparison.Ordinal) is not true)
                throw TeamsFailures.InvalidInput($"{path}.display_name", "The content does not hold this mention: write <at>, the name, "
                    + "</at> where it is to be seen.");
        }

        var rest = mentions.Aggregate(
            content ?? "", (text, mention) => text.Replace(GraphMessage.Written(mention, contentType), "", StringComparison.Ordinal));
        if (contentType is "html" && rest.Contains("<at>", StringComparison.OrdinalIgnoreCase))
            throw TeamsFailures.InvalidInput("mentions", "The content mentions somebody who is not listed: list everybody who stands "
                + "between <at> and </at>.");
    }
}

/// <summary>The message that was made.</summary>
public sealed record ChannelMessageOutput
{
    /// <summary>The message, for <c>reply_to_message</c>.</summary>
    [Display(Name = "Message id", Order = 10, Description = "The message. reply_to_message takes the id of a thread's first message, "
        + "not of a reply.")]
    public required string MessageId { get; init; }

    /// <summary>Its team.</summary>
    [Display(Name = "Team id", Order = 20)]
    public required string TeamId { get; init; }

    /// <summary>Its channel.</summary>
    [Display(Name = "Channel id", Order = 30)]
    public required string ChannelId { get; init; }

    /// <summary>Opens it in Teams.</summary>
    [Display(Name = "Web URL", Order = 40, Description = "Opens the message in Teams.")]
    public string? WebUrl { get; init; }

    /// <summary>When it was made.</summary>
    [Display(Name = "Created", Order = 50)]
    public DateTimeOffset? CreatedDateTime { get; init; }
}
