using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace Vaka.Plugins.Slack.Conversations;

/// <summary>Someone of the workspace, or a bot.</summary>
public sealed record Person
{
    /// <summary>The id, such as <c>U0123456789</c>; <c>&lt;@U0123456789&gt;</c> in a message mentions the person.</summary>
    [Display(Name = "Id", Description = "Write <@id> in a message to mention the person.")]
    public required string Id { get; init; }

    /// <summary>The short name, unique in the workspace.</summary>
    [Display(Name = "Name", Description = "The short name, unique in the workspace.")]
    public string? Name { get; init; }

    /// <summary>The whole name.</summary>
    [Display(Name = "Real name", Description = "The whole name.")]
    [Sensitive]
    public string? RealName { get; init; }

    /// <summary>The name that is shown, which several people may share.</summary>
    [Display(Name = "Display name", Description = "The name that is shown, which several people may share.")]
    [Sensitive]
    public string? DisplayName { get; init; }

    /// <summary>The address; absent without the scope <c>users:read.email</c>.</summary>
    [Display(Name = "E-mail", Description = "Absent without the scope users:read.email.")]
    [Sensitive]
    public string? Email { get; init; }

    /// <summary>What the person does, by their own words.</summary>
    [Display(Name = "Title", Description = "What the person does, in their own words.")]
    [Sensitive]
    public string? Title { get; init; }

    /// <summary>The time zone, such as <c>Europe/Berlin</c>.</summary>
    [Display(Name = "Time zone", Description = "Such as Europe/Berlin.")]
    public string? Tz { get; init; }

    /// <summary>Not a human.</summary>
    [Display(Name = "Bot", Description = "Not a human.")]
    public bool IsBot { get; init; }

    /// <summary>The account is switched off.</summary>
    [Display(Name = "Deleted", Description = "The account is switched off.")]
    public bool Deleted { get; init; }

    internal static Person? Read(JsonElement json)
    {
        if (json.Text("id") is not { } id) return null;
        var profile = json.Child("profile");
        return new Person
        {
            Id = id,
            Name = json.Text("name"),
            RealName = json.Text("real_name") ?? profile?.Text("real_name"),
            DisplayName = profile?.Text("display_name") is { Length: > 0 } shown ? shown : null,
            Email = profile?.Text("email"),
            Title = profile?.Text("title") is { Length: > 0 } title ? title : null,
            Tz = json.Text("tz"),
            IsBot = json.Flag("is_bot") || id is "USLACKBOT", // which Slack does not call a bot
            Deleted = json.Flag("deleted"),
        };
    }
}

/// <summary>A page of <c>users.list</c>.</summary>
internal static class PeoplePage
{
    public static async Task<Page<Person>> GetAsync(SlackClient client, int limit, string? cursor, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(
            "users.list",
            [new("limit", limit.ToString(CultureInfo.InvariantCulture)), new("cursor", cursor)],
            cancellationToken).ConfigureAwait(false);
        return new Page<Person>(
            [.. answer.Root.Items("members").Select(Person.Read).OfType<Person>()], answer.NextCursor, answer.Warnings);
    }
}
