using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Conversations;
using Vaka.Plugins.Slack.Messages;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class PostMessage : IntegrationAction<SlackConfig, PostMessageInput, PostMessageOutput>
{
    public override string Name => "post_message";

    public override string Title => "Post a message";

    public override string Description =>
        "Posts a message to a channel, a thread or a person. Give text (Slack's mrkdwn) or markdown (ordinary Markdown, converted), and blocks "
        + "for a richer layout. channel is an id, #name, a person's id, e-mail address or @name; left out, the integration's default channel. "
        + "Answers channel and ts, which update_message, delete_message, add_reaction (as timestamp) and replies (as thread_ts) take. An "
        + "integration of type incoming_webhook posts to its own channel only and answers neither. About one message a second for each channel.";

    // Slack recognises a client_msg_id that it has seen (it documents duplicate_message_not_found), but promises nowhere for how long, nor
    // that it posts once. So an uncertain outcome is not simply tried again; FindExistingAsync looks instead.
    public override bool IsIdempotent => false;

    public override bool IsTenantSafe => true;

    // Lent, it posts to the channel that the platform chose, as the platform's bot, and addresses nobody in particular.
    public override bool IsTenantSafeFor(PostMessageInput input) =>
        input is { Channel: null, ThreadTs: null, Username: null, IconEmoji: null, IconUrl: null, Metadata: null, Mentions: not { Count: > 0 } }
        && !AddressesSomeone(input.Text) && !AddressesSomeone(input.Markdown)
        && (input.Blocks is not { } blocks || (BlockKit.AreInert(blocks) && !AddressSomeone(blocks.ToJsonString(SlackClient.Readable))));

    public override async Task<PostMessageOutput> ExecuteAsync(
        PostMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var pace = await ChannelPace.OfAsync(context, cancellationToken).ConfigureAwait(false);
        if (config.Auth is IncomingWebhookAuth webhook)
        {
            var message = await ComposeAsync(input, resolver: null, cancellationToken).ConfigureAwait(false);
            await pace.TakeTurnAsync("webhook", context.Clock, cancellationToken).ConfigureAwait(false);
            await SlackWebhook.PostAsync(webhook, message, config, context, cancellationToken).ConfigureAwait(false);
            return new PostMessageOutput();
        }

        var client = SlackClient.Of(config, context);
        var resolver = new ConversationResolver(client);
        var body = await ComposeAsync(input, resolver, cancellationToken).ConfigureAwait(false);
        // Under another name Slack would write to a person through Slackbot, unless the direct message with the bot is named.
        var channel = input is { Username: null, IconEmoji: null, IconUrl: null }
            ? await resolver.PlaceAsync(input.Channel, config.DefaultChannel, cancellationToken).ConfigureAwait(false)
            : await resolver.ConversationAsync(input.Channel, config.DefaultChannel, cancellationToken).ConfigureAwait(false);
        body["channel"] = channel;
        body["client_msg_id"] = ClientMessageId.Of(context.DeduplicationKey).ToString("D");
        await pace.TakeTurnAsync(channel, context.Clock, cancellationToken).ConfigureAwait(false);
        var answer = await client.PostAsync("chat.postMessage", body, cancellationToken).ConfigureAwait(false);
        return new PostMessageOutput
        {
            Channel = answer.Require("channel"), Ts = answer.Require("ts"), ThreadTs = input.ThreadTs, Warnings = answer.Warnings,
        };
    }

    public override async Task<PostMessageOutput?> FindExistingAsync(
        PostMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (config.Auth is not BotTokenAuth) return null;
        var client = SlackClient.Of(config, context);
        try
        {
            var channel = await new ConversationResolver(client)
                .ConversationAsync(input.Channel, config.DefaultChannel, cancellationToken).ConfigureAwait(false);
            var id = ClientMessageId.Of(context.DeduplicationKey).ToString("D");
            var answer = await client.GetAsync(
                input.ThreadTs is null ? "conversations.history" : "conversations.replies",
                [new("channel", channel), new("ts", input.ThreadTs), new("limit", "100")],
                cancellationToken).ConfigureAwait(false);
            return answer.Root.Items("messages")
                .Where(message => id.Equals(message.Text("client_msg_id"), StringComparison.OrdinalIgnoreCase))
                .Select(message => message.Text("ts")).OfType<string>()
                .Select(ts => new PostMessageOutput { Channel = channel, Ts = ts, ThreadTs = input.ThreadTs })
                .FirstOrDefault();
        }
        catch (IntegrationException failure) when (failure.Kind is FailureKind.Forbidden or FailureKind.NotFound)
        {
            return null; // an app need not be allowed to read
        }
    }

    public override Task<ActionPreview?> PreviewAsync(
        PostMessageInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var webhook = config.Auth is IncomingWebhookAuth;
        Check(input, webhook);
        var body = MessageBody.Write(input);
        var where = webhook ? "the webhook's channel" : input.Channel ?? config.DefaultChannel;
        if (where is null) throw ConversationResolver.Nowhere();
        return Task.FromResult<ActionPreview?>(new ActionPreview($"Posts to {where}{(input.ThreadTs is null ? "" : " in a thread")}")
        {
            Details =
            [
                new("channel", where),
                new("characters", BlockKit.LengthOf(body["text"]?.GetValue<string>() ?? "").ToString(CultureInfo.InvariantCulture)),
                new("blocks", (input.Blocks?.Count ?? 0).ToString(CultureInfo.InvariantCulture)),
            ],
        });
    }

    private static async Task<JsonObject> ComposeAsync(
        PostMessageInput input, ConversationResolver? resolver, CancellationToken cancellationToken)
    {
        Check(input, webhook: resolver is null);
        _ = MessageBody.Write(input); // what is wrong with the message is said before anybody is looked up
        var mentions = input.Mentions is { Count: > 0 } people
            ? await Mentions.WriteAsync(people, resolver, cancellationToken).ConfigureAwait(false)
            : "";
        var body = MessageBody.Write(input, mentions);
        if (input.ThreadTs is not null) body["thread_ts"] = input.ThreadTs;
        if (input.ReplyBroadcast is { } broadcast) body["reply_broadcast"] = broadcast;
        if (input.UnfurlLinks is { } links) body["unfurl_links"] = links;
        if (input.UnfurlMedia is { } media) body["unfurl_media"] = media;
        if (input.Metadata is { } metadata) body["metadata"] = metadata.Write();
        if (input.Username is not null) body["username"] = input.Username;
        if (input.IconEmoji is not null) body["icon_emoji"] = $":{input.IconEmoji.Trim(':')}:";
        if (input.IconUrl is not null) body["icon_url"] = input.IconUrl;
        return body;
    }

    private static void Check(PostMessageInput input, bool webhook)
    {
        List<FieldError> errors = [];
        if (input is { ThreadTs: null, ReplyBroadcast: true })
        {
            errors.Add(new("reply_broadcast", "Only a reply can be shown in the channel as well: give thread_ts."));
        }

        if (input is { IconEmoji: not null, IconUrl: not null }) errors.Add(new("icon_url", "Give icon_emoji or icon_url, not both."));
        if (input is { Mentions.Count: > 0, Blocks: not null })
        {
            errors.Add(new("mentions", "A message with blocks shows no mentions of its text: write <@U0123456789> into a block instead."));
        }

        if (webhook)
        {
            Refuse("channel", input.Channel, "An incoming webhook posts to the channel that it was made for: leave this out.");
            Refuse("username", input.Username, "An incoming webhook posts under its own name: leave this out.");
            Refuse("icon_emoji", input.IconEmoji, "An incoming webhook has its own picture: leave this out.");
            Refuse("icon_url", input.IconUrl, "An incoming webhook has its own picture: leave this out.");
            Refuse("reply_broadcast", input.ReplyBroadcast, "Not with an incoming webhook: leave this out.");
        }

        if (errors.Count > 0) throw SlackFailures.InvalidInput(errors);

        void Refuse(string path, object? given, string message)
        {
            if (given is not null) errors.Add(new(path, message));
        }
    }

    // <!channel>, <!here>, <!everyone>, <!subteam^…>, <@U…>.
    private static bool AddressesSomeone(string? text) =>
        text is not null && (text.Contains("<!", StringComparison.Ordinal) || text.Contains("<@", StringComparison.Ordinal));

    // And the elements of rich text that do the same.
    private static bool AddressSomeone(string blocks) => AddressesSomeone(blocks)
        || blocks.Contains("\"broadcast\"", StringComparison.Ordinal) || blocks.Contains("\"user\"", StringComparison.Ordinal)
        || blocks.Contains("\"usergroup\"", StringComparison.Ordinal);
}

/// <summary>What to post, and where.</summary>
public sealed record PostMessageInput : MessageContent
{
    /// <summary>Where to; default: the integration's default channel.</summary>
    [Display(Name = "Channel", Order = 10, Prompt = "#general",
        Description = "A channel's id (C0123456789) or name (#general), or a person's id (U0123456789), e-mail address or @name for a direct "
            + "message. Left out: the integration's default channel. list_channels and list_users find ids.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? Channel { get; init; }

    /// <summary>Whom to address at the beginning of the text.</summary>
    [Display(Name = "Mentions", Order = 50,
        Description = "Whom to address at the beginning of the text: people by id, e-mail address or @name, user groups by id (S0123456789), or "
            + "here, channel, everyone. Not together with blocks.")]
    [Length(0, 50)]
    [HasOptions]
    public IReadOnlyList<string>? Mentions { get; init; }

    /// <summary>The message to reply to.</summary>
    [Display(Name = "Thread", Order = 60, Prompt = "1503435956.000247",
        Description = "Makes it a reply: the ts of the message that the thread hangs on (that of a reply does not do).")]
    [RegularExpression(Timestamps.Pattern, ErrorMessage = Timestamps.Expected)]
    public string? ThreadTs { get; init; }

    /// <summary>Whether a reply is shown in the channel too; default <c>false</c>.</summary>
    [Display(Name = "Also to channel", Order = 70, Description = "Shows a reply in the channel as well; only together with thread_ts.")]
    public bool? ReplyBroadcast { get; init; }

    /// <summary>Whether previews of linked pages are shown; default: as Slack decides.</summary>
    [Display(Name = "Unfurl links", Order = 80, Description = "Shows previews of linked pages; left out, Slack decides.")]
    public bool? UnfurlLinks { get; init; }

    /// <summary>Whether linked pictures and videos are shown; default: as Slack decides.</summary>
    [Display(Name = "Unfurl media", Order = 90, Description = "Shows linked pictures and videos; left out, Slack decides.")]
    public bool? UnfurlMedia { get; init; }

    /// <summary>Data for programs, beside the message.</summary>
    [Display(Name = "Metadata", Order = 100,
        Description = "Data for programs, beside the message. Every app of the workspace can read it.")]
    public MessageMetadata? Metadata { get; init; }

    /// <summary>Another name for this message.</summary>
    [Display(Name = "User name", Order = 110, Description = "Another name for this message; needs the scope chat:write.customize.")]
    [StringLength(80, MinimumLength = 1)]
    public string? Username { get; init; }

    /// <summary>An emoji as picture of this message.</summary>
    [Display(Name = "Icon emoji", Order = 120, Prompt = ":rocket:",
        Description = "An emoji as picture of this message; needs the scope chat:write.customize.")]
    [StringLength(102, MinimumLength = 1)]
    public string? IconEmoji { get; init; }

    /// <summary>A picture for this message.</summary>
    [Display(Name = "Icon URL", Order = 130,
        Description = "The address of a picture for this message; needs the scope chat:write.customize.")]
    [Url]
    [StringLength(2048, MinimumLength = 1)]
    public string? IconUrl { get; init; }
}

/// <summary>What was posted.</summary>
public sealed record PostMessageOutput
{
    /// <summary>The id of the conversation; absent with an incoming webhook.</summary>
    [Display(Name = "Channel", Order = 10, Description = "The id of the conversation; absent with an incoming webhook.")]
    public string? Channel { get; init; }

    /// <summary>The message's timestamp, which is its id within the channel; absent with an incoming webhook.</summary>
    [Display(Name = "Timestamp", Order = 20, Description = "The message's id within the channel; absent with an incoming webhook.")]
    public string? Ts { get; init; }

    /// <summary>The thread it is a reply in; absent otherwise.</summary>
    [Display(Name = "Thread", Order = 30, Description = "The thread that it is a reply in.")]
    public string? ThreadTs { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 40, Description = "What Slack did not like and did all the same.")]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
