using Vaka.Plugins.Teams.Graph;
using Vaka.Plugins.Teams.Workflow;

namespace Vaka.Plugins.Teams;

/// <summary>Rules that span several fields, or that no attribute can say.</summary>
internal static class TeamsConfigValidator
{
    public static IEnumerable<ConfigError> Validate(TeamsConfig config) => config.Connection switch
    {
        WorkflowConnection workflow => WorkflowAddress.ProblemsOf(workflow.WorkflowUrl.Reveal())
            .Select(problem => new ConfigError("connection.workflow_url", problem.Message, problem.Severity)),
        GraphConnection graph => OfApp(graph).Concat(OfSecrets(graph)).Concat(OfChannel(graph)),
        _ => [],
    };

    private static IEnumerable<ConfigError> OfApp(GraphConnection graph)
    {
        if (graph.TenantId.ToLowerInvariant() is "common" or "organizations" or "consumers")
            yield return new("connection.tenant_id", "Give the id of your own directory: Connect signs in to one directory only.");
        else if (!TeamsIds.IsGuid(graph.TenantId) && !TeamsIds.IsDomain(graph.TenantId))
            yield return new("connection.tenant_id", "A tenant id is a GUID, or a domain such as contoso.onmicrosoft.com.");
        if (!TeamsIds.IsGuid(graph.ClientId))
            yield return new("connection.client_id", "A client id is a GUID: copy the Application (client) ID of the app registration.");
    }

    private static IEnumerable<ConfigError> OfSecrets(GraphConnection graph)
    {
        if (graph.ClientSecret is null && graph.RefreshToken is null)
            yield return new("connection.client_secret", "Connect needs the client secret: make one in the app registration and give "
                + "its Value.");
        if (graph.ClientSecret is { } secret && TeamsIds.IsGuid(secret.Reveal()))
        {
            yield return new(
                "connection.client_secret", "This looks like the Secret ID. Microsoft takes only the Value, shown once when the secret "
                    + "is made.",
                ConfigSeverity.Warning);
        }

        if (graph.RefreshToken is { } token && token.Reveal().Any(character => character is <= ' ' or > '~'))
            yield return new("connection.refresh_token", "A refresh token holds no spaces or line breaks: copy it again, whole.");
    }

    private static IEnumerable<ConfigError> OfChannel(GraphConnection graph)
    {
        if (graph.DefaultTeamId is { } team && !TeamsIds.IsGuid(team))
            yield return new("connection.default_team_id", TeamsIds.TeamShape);
        if (graph.DefaultChannelId is { } channel && !TeamsIds.IsChannel(channel))
            yield return new("connection.default_channel_id", TeamsIds.ChannelShape);
        if (graph is { DefaultChannelId: not null, DefaultTeamId: null })
            yield return new("connection.default_team_id", "A channel belongs to a team: name the team as well.");
        if (graph.DefaultChannelId is null)
        {
            yield return new(
                "connection.default_channel_id",
                "Without a default channel post_message and post_card do not work; post_channel_message does, with team_id and channel_id.",
                ConfigSeverity.Warning);
        }
    }
}
