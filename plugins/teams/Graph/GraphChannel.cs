namespace Vaka.Plugins.Teams.Graph;

/// <summary>A channel of a team, and its addresses.</summary>
internal sealed record GraphChannel(GraphConnection Connection, string TeamId, string ChannelId)
{
    public string Path => $"/teams/{TeamId}/channels/{Uri.EscapeDataString(ChannelId)}";

    public string Messages => $"{Path}/messages";

    public string RepliesTo(string messageId) => $"{Messages}/{messageId}/replies";

    /// <exception cref="IntegrationException">The config names none.</exception>
    public static GraphChannel Default(GraphConnection connection) =>
        connection is { DefaultTeamId: { } team, DefaultChannelId: { } channel } && TeamsIds.IsGuid(team) && TeamsIds.IsChannel(channel)
            ? new(connection, team, channel)
            : throw TeamsFailures.InvalidConfiguration(
                "The integration has no default channel: set default_team_id and default_channel_id in /integrations page, or use "
                + "post_channel_message with team_id and channel_id.");

    /// <summary>The channel that a call names, and what it leaves out from the config.</summary>
    /// <exception cref="IntegrationException">An id is malformed, or there is none.</exception>
    public static GraphChannel Of(GraphConnection connection, string? teamId, string? channelId)
    {
        var team = TeamOf(connection, teamId);
        if (channelId is null && teamId is not null && teamId != connection.DefaultTeamId)
            throw TeamsFailures.InvalidInput("channel_id", "Name the channel too: the default one belongs to another team. "
                + "list_channels answers the ids.");
        var channel = channelId ?? connection.DefaultChannelId
            ?? throw TeamsFailures.InvalidInput("channel_id", "Name a channel: the integration has no default one. list_channels "
                + "answers the ids.");
        return TeamsIds.IsChannel(channel)
            ? new(connection, team, channel)
            : throw TeamsFailures.InvalidInput("channel_id", TeamsIds.ChannelShape);
    }

    /// <inheritdoc cref="Of"/>
    public static string TeamOf(GraphConnection connection, string? teamId)
    {
        var team = teamId ?? connection.DefaultTeamId
            ?? throw TeamsFailures.InvalidInput("team_id", "Name a team: the integration has no default one. list_teams answers the ids.");
        return TeamsIds.IsGuid(team) ? team : throw TeamsFailures.InvalidInput("team_id", TeamsIds.TeamShape);
    }
}
