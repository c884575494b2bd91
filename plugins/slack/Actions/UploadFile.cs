using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Conversations;
using Vaka.Plugins.Slack.Messages;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class UploadFile : IntegrationAction<SlackConfig, UploadFileInput, UploadFileOutput>
{
    public override string Name => "upload_file";

    public override string Title => "Upload a file";

    public override string Description =>
        "Shares a file in a channel, a thread or with a person, with a comment where wanted. channel as for post_message; the bot has to be a "
        + "member. Slack looks through the file afterwards, so that it may be a moment before people see it. Answers file_id. Needs auth of "
        + "type bot_token and the scope files:write.";

    public override async Task<UploadFileOutput> ExecuteAsync(
        UploadFileInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = SlackClient.Of(config, context);
        if (input.File.Length is 0) throw SlackFailures.InvalidInput("file.content_base64", "The file is empty, which Slack does not take.");
        if (input.InitialComment is { } comment && BlockKit.LengthOf(comment) > MessageBody.LongestText)
        {
            throw SlackFailures.InvalidInput("initial_comment", $"Slack takes at most {MessageBody.LongestText} characters.");
        }

        var channel = await new ConversationResolver(client)
            .ConversationAsync(input.Channel, config.DefaultChannel, cancellationToken).ConfigureAwait(false);
        var id = await SendAsync(client, input, cancellationToken).ConfigureAwait(false);
        var file = new JsonObject { ["id"] = id, ["title"] = input.Title ?? input.File.Filename };
        var body = new JsonObject { ["files"] = new JsonArray(file), ["channel_id"] = channel };
        if (input.InitialComment is not null) body["initial_comment"] = input.InitialComment;
        if (input.ThreadTs is not null) body["thread_ts"] = input.ThreadTs;
        var answer = await client.PostAsync("files.completeUploadExternal", body, cancellationToken).ConfigureAwait(false);
        return new UploadFileOutput
        {
            FileId = id,
            Channel = channel,
            Permalink = answer.Root.Items("files").Select(shared => shared.Text("permalink")).FirstOrDefault(),
            Warnings = answer.Warnings,
        };
    }

    public override Task<ActionPreview?> PreviewAsync(
        UploadFileInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        _ = SlackClient.Of(config, context);
        var size = input.File.Length.ToString(CultureInfo.InvariantCulture);
        return Task.FromResult<ActionPreview?>(
            new ActionPreview($"Shares {input.File.Filename} ({size} bytes) in {input.Channel ?? config.DefaultChannel}"));
    }

    // Until it is completed the file belongs to nobody, and Slack throws it away.
    private static async Task<string> SendAsync(SlackClient client, UploadFileInput input, CancellationToken cancellationToken)
    {
        try
        {
            var place = await client.PostFormAsync(
                "files.getUploadURLExternal",
                [
                    new("filename", input.File.Filename), new("length", input.File.Length.ToString(CultureInfo.InvariantCulture)),
                    new("alt_txt", input.AltTxt), new("snippet_type", input.SnippetType),
                ],
                cancellationToken).ConfigureAwait(false);
            if (!Uri.TryCreate(place.Require("upload_url"), UriKind.Absolute, out var address)) throw SlackFailures.ForeignUpload(client.Hosts);
            await client.SendFileAsync(address, input.File, cancellationToken).ConfigureAwait(false);
            return place.Require("file_id");
        }
        catch (IntegrationException failure)
        {
            throw SlackFailures.BeforeAnyEffect(failure);
        }
    }
}

/// <summary>Which file, and where.</summary>
public sealed record UploadFileInput
{
    /// <summary>The file.</summary>
    [Display(Name = "File", Order = 10, Description = "The file: filename, content_type and content_base64.")]
    [Sensitive]
    public required Attachment File { get; init; }

    /// <summary>Where to; default: the integration's default channel.</summary>
    [Display(Name = "Channel", Order = 20, Prompt = "#general",
        Description = "A channel's id (C0123456789) or name (#general), or a person's id (U0123456789), e-mail address or @name. Left out: the "
            + "integration's default channel.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? Channel { get; init; }

    /// <summary>The title that is shown; default: the file's name.</summary>
    [Display(Name = "Title", Order = 30, Description = "Shown above the file; left out, the file's name.")]
    [StringLength(255, MinimumLength = 1)]
    public string? Title { get; init; }

    /// <summary>A message that comes with the file, in mrkdwn.</summary>
    [Display(Name = "Comment", Order = 40, Description = "A message in mrkdwn that comes with the file.")]
    [StringLength(80_000, MinimumLength = 1)]
    [Multiline]
    [Sensitive]
    public string? InitialComment { get; init; }

    /// <summary>The message to reply to.</summary>
    [Display(Name = "Thread", Order = 50, Prompt = "1503435956.000247",
        Description = "Makes it a reply: the ts of the message that the thread hangs on.")]
    [RegularExpression(Timestamps.Pattern, ErrorMessage = Timestamps.Expected)]
    public string? ThreadTs { get; init; }

    /// <summary>What a picture shows, for screen readers.</summary>
    [Display(Name = "Alternative text", Order = 60, Description = "What a picture shows, for screen readers.")]
    [StringLength(1000, MinimumLength = 1)]
    public string? AltTxt { get; init; }

    /// <summary>Shows a text file as a snippet in this language.</summary>
    [Display(Name = "Snippet type", Order = 70, Prompt = "python",
        Description = "Shows a text file as a snippet in this language, such as python.")]
    [StringLength(50, MinimumLength = 1)]
    public string? SnippetType { get; init; }
}

/// <summary>What was shared.</summary>
public sealed record UploadFileOutput
{
    /// <summary>The file's id.</summary>
    [Display(Name = "File id", Order = 10)]
    public required string FileId { get; init; }

    /// <summary>The id of the conversation.</summary>
    [Display(Name = "Channel", Order = 20)]
    public required string Channel { get; init; }

    /// <summary>The file's page in Slack, where Slack says.</summary>
    [Display(Name = "Permalink", Order = 30)]
    public string? Permalink { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 40)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
