using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace Vaka.Plugins.Slack.Conversations;

/// <summary>A conversation of the workspace.</summary>
public sealed record Channel
{
    /// <summary>The id, which other actions take as <c>channel</c>.</summary>
    [Display(Name = "Id", Description = "What other actions take as channel.")]
    public required string Id { get; init; }

    /// <summary>The name without <c>#</c>; absent for a direct message.</summary>
    [Display(Name = "Name", Description = "Without #; absent for a direct message.")]
    public string? Name { get; init; }

    /// <summary>Only members see it.</summary>
    [Display(Name = "Private", Description = "Only members see it.")]
    public bool IsPrivate { get; init; }

    /// <summary>Nothing can be posted there any more.</summary>
    [Display(Name = "Archived", Description = "Nothing can be posted there any more.")]
    public bool IsArchived { get; init; }

    /// <summary>The bot is in it.</summary>
    [Display(Name = "Member",
        Description = "The bot is in it. Where it is not, it has to be invited, or needs the scope chat:write.public.")]
    public bool IsMember { get; init; }

    /// <summary>How many people are in it, where Slack says.</summary>
    [Display(Name = "Members", Description = "How many people are in it, where Slack says.")]
    public long? NumMembers { get; init; }

    /// <summary>Its topic; absent when there is none.</summary>
    [Display(Name = "Topic", Description = "Absent when there is none.")]
    public string? Topic { get; init; }

    /// <summary>Its purpose; absent when there is none.</summary>
    [Display(Name = "Purpose", Description = "Absent when there is none.")]
    public string? Purpose { get; init; }

    /// <summary>The other person of a direct message; absent otherwise.</summary>
    [Display(Name = "User", Description = "The other person of a direct message.")]
    public string? User { get; init; }

    internal static Channel? Read(JsonElement json) => json.Text("id") is { } id
        ? new Channel
        {
            Id = id,
            Name = json.Text("name"),
            IsPrivate = json.Flag("is_private") || json.Flag("is_im") || json.Flag("is_mpim"),
            IsArchived = json.Flag("is_archived"),
            IsMember = json.Flag("is_member"),
            NumMembers = json.Number("num_members"),
            Topic = Said(json, "topic"),
            Purpose = Said(json, "purpose"),
            User = json.Text("user"),
        }
        : null;

    private static string? Said(JsonElement json, string name) => json.Child(name)?.Text("value") is { Length: > 0 } text ? text : null;
}

/// <summary>A page of <c>conversations.list</c>.</summary>
internal static class ChannelPage
{
    public static async Task<Page<Channel>> GetAsync(
        SlackClient client, string types, bool excludeArchived, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(
            "conversations.list",
            [
                new("types", types), new("exclude_archived", excludeArchived ? "true" : "false"),
                new("limit", limit.ToString(CultureInfo.InvariantCulture)), new("cursor", cursor),
            ],
            cancellationToken).ConfigureAwait(false);
        return new Page<Channel>(
            [.. answer.Root.Items("channels").Select(Channel.Read).OfType<Channel>()], answer.NextCursor, answer.Warnings);
    }
}
