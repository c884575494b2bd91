using Vaka.Plugins.Jira.Actions;

[assembly: Vaka.Plugins.ConformanceGrade(Vaka.Plugins.Grade.Gold)]

namespace Vaka.Plugins.Jira;

/// <summary>Works with issues of Jira Cloud and Jira Data Center.</summary>
public sealed class JiraProvider : IntegrationProvider<JiraConfig>
{
    /// <inheritdoc/>
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = "jira",
        DisplayName = "Jira",
        Description = "Creates, finds and moves issues in Jira Cloud or Jira Data Center.",
        DocumentationUrl = new Uri("https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/"),
        Icon = "icon.svg",
        ConfigVersion = 1,
        AsksForConsent = true,
        Reach = [Destination.OfUrl("site_url"), Destination.At("api.atlassian.com"), Destination.At("auth.atlassian.com")],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<IntegrationAction> Actions { get; } =
    [
        new CreateIssue(), new GetIssue(), new UpdateIssue(), new AssignIssue(), new AddComment(), new ListTransitions(),
        new TransitionIssue(), new SearchIssues(), new AddAttachment(), new ListProjects(), new DeleteIssue(),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ConfigError> Validate(JiraConfig config) => JiraConfigValidator.Validate(config);

    /// <inheritdoc/>
    protected override Task<ProbeResult> ProbeAsync(JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        JiraProbe.RunAsync(config, context, cancellationToken);

    /// <inheritdoc/>
    protected override Task<OptionList> GetOptionsAsync(
        OptionsRequest request, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        JiraOptions.GetAsync(request, JiraClient.Of(config, context), cancellationToken);

    /// <inheritdoc/>
    protected override OAuth2Settings? GetConsent(JiraConfig config) => (config.Auth as OAuth2Auth)?.ToSettings();
}
