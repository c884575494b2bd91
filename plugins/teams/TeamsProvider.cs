using Vaka.Plugins.Teams.Actions;
using Vaka.Plugins.Teams.Graph;

[assembly: Vaka.Plugins.ConformanceGrade(Vaka.Plugins.Grade.Gold)]

namespace Vaka.Plugins.Teams;

/// <summary>Posts to Microsoft Teams: Markdown and Adaptive Cards through a workflow's URL, or to any channel through Microsoft Graph.</summary>
public sealed class TeamsProvider : IntegrationProvider<TeamsConfig>
{
    /// <inheritdoc/>
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = "teams",
        DisplayName = "Teams",
        Description = "Posts messages and Adaptive Cards to Microsoft Teams.",
        DocumentationUrl = new Uri("https://learn.microsoft.com/graph/teams-messaging-overview"),
        Icon = "icon.svg",
        ConfigVersion = 1,
        AsksForConsent = true,
        Reach =
        [
            Destination.OfUrl("connection.workflow_url"),
            Destination.At("login.microsoftonline.com"), Destination.At("graph.microsoft.com"),
            Destination.At("login.microsoftonline.us"), Destination.At("graph.microsoft.us"), Destination.At("dod-graph.microsoft.us"),
        ],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<IntegrationAction> Actions { get; } =
        [new PostMessage(), new PostCard(), new ListTeams(), new ListChannels(), new PostChannelMessage(), new ReplyToMessage()];

    /// <inheritdoc/>
    protected override IEnumerable<ConfigError> Validate(TeamsConfig config) => TeamsConfigValidator.Validate(config);

    /// <inheritdoc/>
    protected override Task<ProbeResult> ProbeAsync(TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        TeamsProbe.RunAsync(config, context, cancellationToken);

    /// <inheritdoc/>
    protected override Task<OptionList> GetOptionsAsync(
        OptionsRequest request, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        TeamsOptions.ListAsync(request, config, context, cancellationToken);

    /// <inheritdoc/>
    protected override OAuth2Settings? GetConsent(TeamsConfig config) =>
        config.Connection is GraphConnection { RefreshToken: null } graph ? GraphCloud.SignInOf(graph) : null;
}
