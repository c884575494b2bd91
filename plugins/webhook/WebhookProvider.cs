using Vaka.Plugins.Webhook.Actions;

[assembly: Vaka.Plugins.ConformanceGrade(Vaka.Plugins.Grade.Gold)]

namespace Vaka.Plugins.Webhook;

/// <summary>Pushes data to any HTTP endpoint: signed by Standard Webhooks, as plain JSON or as a CloudEvent.</summary>
public sealed class WebhookProvider : IntegrationProvider<WebhookConfig>
{
    /// <inheritdoc/>
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = "webhook",
        DisplayName = "Webhook",
        Description = "Pushes JSON data to an HTTP endpoint, signed so that the receiver can tell who sent it.",
        DocumentationUrl = new Uri("https://www.standardwebhooks.com/"),
        Icon = "icon.svg",
        ConfigVersion = 1,
        Reach = [Destination.OfUrl("url"), Destination.OfUrl("auth.token_url")],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<IntegrationAction> Actions { get; } = [new PushData()];

    /// <inheritdoc/>
    protected override IEnumerable<ConfigError> Validate(WebhookConfig config) => WebhookConfigValidator.Validate(config);

    /// <inheritdoc/>
    protected override Task<ProbeResult> ProbeAsync(
        WebhookConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        WebhookProbe.RunAsync(config, context, cancellationToken);
}
