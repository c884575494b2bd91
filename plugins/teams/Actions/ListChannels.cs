using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Vaka.Plugins.Teams.Graph;

namespace Vaka.Plugins.Teams.Actions;

internal sealed class ListChannels : IntegrationAction<TeamsConfig, ListChannelsInput, ListChannelsOutput>
{
    public override string Name => "list_channels";

    public override string Title => "List channels";

    public override string Description =>
        "Lists the channels of a team that the connected account can see: id, display_name, description, membership_type (standard, "
        + "private, shared). Get team_id from list_teams; left out, the default team is meant. About 200 at once; next_page_token, "
        + "where it is there, gives the rest. Needs the Microsoft Graph connection.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<ListChannelsOutput> ExecuteAsync(
        ListChannelsInput input, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var connection = TeamsClient.GraphOf(config, Name);
        var team = GraphChannel.TeamOf(connection, input.TeamId);
        GraphPage.Check(input.PageToken);
        var page = await ReadAsync(connection, team, context, input.PageToken, cancellationToken).ConfigureAwait(false);
        return new ListChannelsOutput { TeamId = team, Channels = page.Items, NextPageToken = page.NextPageToken };
    }

    public static Task<GraphPage<ChannelItem>> ReadAsync(
        GraphConnection connection, string teamId, IntegrationContext context, string? pageToken, CancellationToken cancellationToken) =>
        new GraphClient(connection, context)
            .ListAsync($"/teams/{teamId}/channels", pageToken, GraphPermission.ReadChannels, Item, cancellationToken);

    private static ChannelItem? Item(JsonElement channel) => JsonText.Of(channel, "id") is { } id
        ? new ChannelItem(
            id, JsonText.Of(channel, "displayName") ?? id, JsonText.Of(channel, "description"), JsonText.Of(channel, "membershipType"))
        : null;
}

/// <summary>Of which team.</summary>
public sealed record ListChannelsInput
{
    /// <summary>The team; default: the config's.</summary>
    [Display(Name = "Team", Order = 10, Prompt = "00000000-0000-0000-0000-000000000000",
        Description = "Id of the team, from list_teams; left out, the integration's default team.")]
    [HasOptions]
    [StringLength(36, MinimumLength = 1)]
    public string? TeamId { get; init; }

    /// <summary>Where the last answer stopped; default: at the beginning.</summary>
    [Display(Name = "Page token", Order = 20, Description = "next_page_token of the last answer, unchanged; left out, the beginning.")]
    [StringLength(4096, MinimumLength = 1)]
    public string? PageToken { get; init; }
}

/// <summary>Channels of a team.</summary>
public sealed record ListChannelsOutput
{
    /// <summary>The team.</summary>
    [Display(Name = "Team id", Order = 10)]
    public required string TeamId { get; init; }

    /// <summary>Its channels.</summary>
    [Display(Name = "Channels", Order = 20)]
    public required IReadOnlyList<ChannelItem> Channels { get; init; }

    /// <summary>Where the rest begins; <c>null</c>: that was all.</summary>
    [Display(Name = "Next page token", Order = 30, Description = "Give it as page_token to get the rest; null: that was all.")]
    public string? NextPageToken { get; init; }
}

/// <summary>One channel.</summary>
/// <param name="Id">What <c>channel_id</c> takes.</param>
/// <param name="DisplayName">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="MembershipType"><c>standard</c>, <c>private</c> or <c>shared</c>.</param>
public sealed record ChannelItem(
    [property: Display(Name = "Id", Order = 10, Description = "What channel_id takes.")] string Id,
    [property: Display(Name = "Display name", Order = 20)] string DisplayName,
    [property: Display(Name = "Description", Order = 30)] string? Description,
    [property: Display(Name = "Membership type", Order = 40, Description = "standard, private or shared.")] string? MembershipType);
