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

    public static ReadOnlyMemory<byte> Compose(string? content, string contentType, string? subject, string? importance, JsonElement? card)
    {
        var checkedCard = card is { ValueKind: not JsonValueKind.Null } given ? Card.Of(given, "card") : null;
        if (string.IsNullOrWhiteSpace(content) && checkedCard is null)
            throw TeamsFailures.InvalidInput("content", "Give content, a card, or both.");
        if (contentType is "html" && content?.Contains("<attachment", StringComparison.OrdinalIgnoreCase) is true)
            throw TeamsFailures.InvalidInput("content", "Leave <attachment> out: a card is put below the content by itself.");
        if (contentType is "html" && content?.Contains("<at ", StringComparison.OrdinalIgnoreCase) is true)
            throw TeamsFailures.InvalidInput("content", "Mentions are not for HTML content: put them into a card, in msteams.entities.");
        var message = GraphMessage.Of(content, contentType, subject, importance, checkedCard);
        return message.Length <= Card.MaxMessageBytes
            ? message
            : throw TeamsFailures.InvalidInput(
                "content", $"The message has {message.Length} bytes, and {Card.MaxMessageBytes} are the most. Send less text, or several messages.");
    }
}

/// <summary>The message that was made.</summary>
public sealed record ChannelMessageOutput
{
    /// <summary>The message, for <c>reply_to_message</c>.</summary>
    [Display(Name = "Message id", Order = 10, Description = "The message. reply_to_message takes the id of a thread's first message, not of a reply.")]
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
