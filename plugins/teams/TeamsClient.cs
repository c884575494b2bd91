using Vaka.Plugins.Teams.Actions;
using Vaka.Plugins.Teams.Cards;
using Vaka.Plugins.Teams.Graph;
using Vaka.Plugins.Teams.Workflow;

namespace Vaka.Plugins.Teams;

/// <summary>Sends a card to where the config says.</summary>
internal static class TeamsClient
{
    public static async Task<PostOutput> PostAsync(
        Card card, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (config.Connection is WorkflowConnection workflow)
            return await WorkflowClient.PostAsync(card, workflow, context, cancellationToken).ConfigureAwait(false);
        var channel = GraphChannel.Default(GraphOf(config, "Posting"));
        var posted = await new GraphClient(channel.Connection, context)
            .PostAsync(channel.Messages, GraphMessage.Of(card), cancellationToken).ConfigureAwait(false);

        // A tenant that is lent the platform's channel is not told where it is.
        var isLent = context is { Scope: ConfigScope.Platform, CallerTenantId: not null };
        return new PostOutput
        {
            Accepted = true,
            Delivered = true,
            MessageId = posted.Id,
            TeamId = isLent ? null : channel.TeamId,
            ChannelId = isLent ? null : channel.ChannelId,
            WebUrl = isLent ? null : posted.WebUrl,
        };
    }

    /// <summary>What a card would be sent to, in words.</summary>
    public static string Destination(TeamsConfig config) => config.Connection switch
    {
        WorkflowConnection workflow => $"the workflow at {WorkflowAddress.Of(workflow).Host}",
        _ => $"the default channel {GraphChannel.Default(GraphOf(config, "Posting")).ChannelId}",
    };

    /// <summary>The connection, where it is one to Graph.</summary>
    /// <exception cref="IntegrationException">It is a workflow's URL, which can only take cards.</exception>
    public static GraphConnection GraphOf(TeamsConfig config, string action) => config.Connection as GraphConnection
        ?? throw TeamsFailures.InvalidConfiguration(
            $"{action} needs Microsoft Graph, and this integration has a workflow's URL, which only takes cards. Use post_message or "
            + "post_card, or an integration whose connection is graph.");
}
