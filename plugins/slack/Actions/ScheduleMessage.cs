using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Conversations;
using Vaka.Plugins.Slack.Messages;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class ScheduleMessage : IntegrationAction<SlackConfig, ScheduleMessageInput, ScheduleMessageOutput>
{
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(120);

    public override string Name => "schedule_message";

    public override string Title => "Schedule a message";

    public override string Description =>
        "Has Slack post a message at a later time, at most 120 days ahead, and at most 30 messages for one channel within five minutes. Content as "
        + "for post_message; post_at is a time with its offset, such as 2026-03-01T09:00:00+01:00. Answers scheduled_message_id. Needs auth of "
        + "type bot_token.";

    public override async Task<ScheduleMessageOutput> ExecuteAsync(
        ScheduleMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = SlackClient.Of(config, context);
        var body = Compose(input, context);
        var resolver = new ConversationResolver(client);
        body["channel"] = await resolver.ConversationAsync(input.Channel, config.DefaultChannel, cancellationToken).ConfigureAwait(false);
        var answer = await client.PostAsync("chat.scheduleMessage", body, cancellationToken).ConfigureAwait(false);
        return new ScheduleMessageOutput
        {
            ScheduledMessageId = answer.Require("scheduled_message_id"),
            Channel = answer.Require("channel"),
            PostAt = input.PostAt.ToUniversalTime(),
            Warnings = answer.Warnings,
        };
    }

    public override Task<ActionPreview?> PreviewAsync(
        ScheduleMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        _ = SlackClient.Of(config, context);
        _ = Compose(input, context);
        var time = input.PostAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return Task.FromResult<ActionPreview?>(new ActionPreview($"Posts to {input.Channel ?? config.DefaultChannel} at {time} UTC"));
    }

    private static JsonObject Compose(ScheduleMessageInput input, IntegrationContext context)
    {
        var now = context.Clock.GetUtcNow();
        if (input.PostAt <= now) throw SlackFailures.InvalidInput("post_at", "This time is past. Give one that is to come.");
        if (input.PostAt - now > Furthest) throw SlackFailures.InvalidInput("post_at", "Slack keeps messages for at most 120 days.");
        if (input is { ThreadTs: null, ReplyBroadcast: true })
        {
            throw SlackFailures.InvalidInput("reply_broadcast", "Only a reply can be shown in the channel as well: give thread_ts.");
        }

        var body = MessageBody.Write(input);
        body["post_at"] = input.PostAt.ToUnixTimeSeconds();
        if (input.ThreadTs is not null) body["thread_ts"] = input.ThreadTs;
        if (input.ReplyBroadcast is { } broadcast) body["reply_broadcast"] = broadcast;
        if (input.UnfurlLinks is { } links) body["unfurl_links"] = links;
        if (input.UnfurlMedia is { } media) body["unfurl_media"] = media;
        return body;
    }
}

/// <summary>What to post, where and when. Slack drops scheduled messages with metadata, so that there is none.</summary>
public sealed record ScheduleMessageInput : MessageContent
{
    /// <summary>Where to; default: the integration's default channel.</summary>
    [Display(Name = "Channel", Order = 10, Prompt = "#general",
        Description = "A channel's id (C0123456789) or name (#general), or a person's id (U0123456789), e-mail address or @name for a direct "
            + "message. Left out: the integration's default channel.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? Channel { get; init; }

    /// <summary>When; at most 120 days ahead.</summary>
    [Display(Name = "Post at", Order = 15, Prompt = "2026-03-01T09:00:00+01:00",
        Description = "When, with the offset from UTC; at most 120 days ahead.")]
    public required DateTimeOffset PostAt { get; init; }

    /// <summary>The message to reply to.</summary>
    [Display(Name = "Thread", Order = 50, Prompt = "1503435956.000247",
        Description = "Makes it a reply: the ts of the message that the thread hangs on.")]
    [RegularExpression(Timestamps.Pattern, ErrorMessage = Timestamps.Expected)]
    public string? ThreadTs { get; init; }

    /// <summary>Whether a reply is shown in the channel too; default <c>false</c>.</summary>
    [Display(Name = "Also to channel", Order = 60, Description = "Shows a reply in the channel as well; only together with thread_ts.")]
    public bool? ReplyBroadcast { get; init; }

    /// <summary>Whether previews of linked pages are shown; default: as Slack decides.</summary>
    [Display(Name = "Unfurl links", Order = 70, Description = "Shows previews of linked pages; left out, Slack decides.")]
    public bool? UnfurlLinks { get; init; }

    /// <summary>Whether linked pictures and videos are shown; default: as Slack decides.</summary>
    [Display(Name = "Unfurl media", Order = 80, Description = "Shows linked pictures and videos; left out, Slack decides.")]
    public bool? UnfurlMedia { get; init; }
}

/// <summary>What Slack will post.</summary>
public sealed record ScheduleMessageOutput
{
    /// <summary>The id of what is scheduled.</summary>
    [Display(Name = "Scheduled message id", Order = 10)]
    public required string ScheduledMessageId { get; init; }

    /// <summary>The id of the conversation.</summary>
    [Display(Name = "Channel", Order = 20)]
    public required string Channel { get; init; }

    /// <summary>When, in UTC.</summary>
    [Display(Name = "Post at", Order = 30)]
    public required DateTimeOffset PostAt { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 40)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
