using Vaka.Plugins.Teams.Actions;
using Vaka.Plugins.Teams.Graph;

namespace Vaka.Plugins.Teams;

/// <summary>Live choices of teams and channels. Channels are those of the default team, since a request for choices names no other.</summary>
internal static class TeamsOptions
{
    private const int Most = 200;

    public static async Task<OptionList> ListAsync(
        OptionsRequest request, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (config.Connection is not GraphConnection connection) return OptionList.Empty;
        switch (request.Field)
        {
            case "connection.default_team_id" or "list_channels.team_id" or "post_channel_message.team_id" or "reply_to_message.team_id":
                var teams = await ListTeams.ReadAsync(connection, context, null, cancellationToken).ConfigureAwait(false);
                return Choose(
                    teams.Items.Select(team => new Option(team.Id, team.DisplayName, team.Description)), request.Query, teams.NextPageToken);
            case "connection.default_channel_id" or "post_channel_message.channel_id" or "reply_to_message.channel_id":
                if (connection.DefaultTeamId is not { } team || !TeamsIds.IsGuid(team)) return OptionList.Empty;
                var channels = await ListChannels.ReadAsync(connection, team, context, null, cancellationToken).ConfigureAwait(false);
                return Choose(
                    channels.Items.Select(channel => new Option(channel.Id, channel.DisplayName, Describe(channel))),
                    request.Query,
                    channels.NextPageToken);
            default:
                return OptionList.Empty;
        }
    }

    private static string? Describe(ChannelItem channel) =>
        channel.MembershipType is null or "standard" ? channel.Description : $"{channel.MembershipType} channel";

    private static OptionList Choose(IEnumerable<Option> all, string? query, string? rest)
    {
        var wanted = query?.Trim() ?? "";
        var found = all
            .Where(option => wanted.Length is 0 || option.Label.Contains(wanted, StringComparison.OrdinalIgnoreCase) || option.Value == wanted)
            .OrderBy(option => option.Label, StringComparer.OrdinalIgnoreCase)
            .ToList();
        return new OptionList([.. found.Take(Most)], found.Count > Most || rest is not null);
    }
}
