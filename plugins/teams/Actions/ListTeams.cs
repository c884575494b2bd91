using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Vaka.Plugins.Teams.Graph;

namespace Vaka.Plugins.Teams.Actions;

internal sealed class ListTeams : IntegrationAction<TeamsConfig, ListTeamsInput, ListTeamsOutput>
{
    public const string Path = "/me/joinedTeams";

    public override string Name => "list_teams";

    public override string Title => "List teams";

    public override string Description =>
        "Lists the teams that the connected account is a direct member of: id, display_name, description. Messages can go to no others. "
        + "About 200 at once; next_page_token, where it is there, gives the rest. Needs the Microsoft Graph connection.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<ListTeamsOutput> ExecuteAsync(
        ListTeamsInput input, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var connection = TeamsClient.GraphOf(config, Name);
        GraphPage.Check(input.PageToken);
        var page = await ReadAsync(connection, context, input.PageToken, cancellationToken).ConfigureAwait(false);
        return new ListTeamsOutput { Teams = page.Items, NextPageToken = page.NextPageToken };
    }

    public static Task<GraphPage<TeamItem>> ReadAsync(
        GraphConnection connection, IntegrationContext context, string? pageToken, CancellationToken cancellationToken) =>
        new GraphClient(connection, context).ListAsync(Path, pageToken, GraphPermission.ReadTeams, Item, cancellationToken);

    private static TeamItem? Item(JsonElement team) => JsonText.Of(team, "id") is { } id
        ? new TeamItem(id, JsonText.Of(team, "displayName") ?? id, JsonText.Of(team, "description"))
        : null;
}

/// <summary>Where to begin.</summary>
public sealed record ListTeamsInput
{
    /// <summary>Where the last answer stopped; default: at the beginning.</summary>
    [Display(Name = "Page token", Order = 10, Description = "next_page_token of the last answer, unchanged; left out, the beginning.")]
    [StringLength(4096, MinimumLength = 1)]
    public string? PageToken { get; init; }
}

/// <summary>Teams.</summary>
public sealed record ListTeamsOutput
{
    /// <summary>The teams.</summary>
    [Display(Name = "Teams", Order = 10)]
    public required IReadOnlyList<TeamItem> Teams { get; init; }

    /// <summary>Where the rest begins; <c>null</c>: that was all.</summary>
    [Display(Name = "Next page token", Order = 20, Description = "Give it as page_token to get the rest; null: that was all.")]
    public string? NextPageToken { get; init; }
}

/// <summary>One team.</summary>
/// <param name="Id">What <c>team_id</c> takes.</param>
/// <param name="DisplayName">Its name.</param>
/// <param name="Description">What it is for.</param>
public sealed record TeamItem(
    [property: Display(Name = "Id", Order = 10, Description = "What team_id takes.")] string Id,
    [property: Display(Name = "Display name", Order = 20)] string DisplayName,
    [property: Display(Name = "Description", Order = 30)] string? Description);
