using Vaka.Plugins.Slack.Actions;

[assembly: Vaka.Plugins.ConformanceGrade(Vaka.Plugins.Grade.Gold)]

namespace Vaka.Plugins.Slack;

/// <summary>Posts and reads in one Slack workspace, or posts to the one channel of an incoming webhook.</summary>
public sealed class SlackProvider : IntegrationProvider<SlackConfig>
{
    /// <inheritdoc/>
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = "slack",
        DisplayName = "Slack",
        Description = "Posts messages and files to a Slack workspace, and finds its channels and people.",
        DocumentationUrl = new Uri("https://docs.slack.dev/"),
        Icon = "icon.svg",
        ConfigVersion = 1,
        Reach = [Destination.At("slack.com"), Destination.At("*.slack.com"), Destination.At("slack-gov.com"), Destination.At("*.slack-gov.com")],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<IntegrationAction> Actions { get; } =
    [
        new PostMessage(), new UpdateMessage(), new DeleteMessage(), new ScheduleMessage(), new AddReaction(), new UploadFile(),
        new ListChannels(), new ListUsers(), new LookupUserByEmail(), new OpenConversation(),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ConfigError> Validate(SlackConfig config) => SlackConfigValidator.Validate(config);

    /// <inheritdoc/>
    protected override Task<ProbeResult> ProbeAsync(SlackConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SlackProbe.RunAsync(config, context, cancellationToken);

    /// <inheritdoc/>
    protected override Task<OptionList> GetOptionsAsync(
        OptionsRequest request, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SlackOptions.FindAsync(request, config, context, cancellationToken);
}
