using Vaka.Plugins.Smtp.Actions;

[assembly: Vaka.Plugins.ConformanceGrade(Vaka.Plugins.Grade.Gold)]

namespace Vaka.Plugins.Smtp;

/// <summary>Sends mail through any SMTP server.</summary>
public sealed class SmtpProvider : IntegrationProvider<SmtpConfig>
{
    /// <inheritdoc/>
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = "smtp",
        DisplayName = "SMTP",
        Description = "Sends mail through your own mail server, Google Workspace, Microsoft 365 or any other SMTP service.",
        DocumentationUrl = new Uri("https://www.rfc-editor.org/rfc/rfc6409"),
        Icon = "smtp.svg",
        ConfigVersion = 1,
        Reach = [Destination.OfHost("smtp_host", "smtp_port"), Destination.OfUrl("oauth2_token_url")],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<IntegrationAction> Actions { get; } = [new SendEmail()];

    /// <inheritdoc/>
    protected override IEnumerable<ConfigError> Validate(SmtpConfig config) => SmtpConfigValidator.Validate(config);

    /// <inheritdoc/>
    protected override Task<ProbeResult> ProbeAsync(SmtpConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SmtpProbe.RunAsync(config, context, cancellationToken);
}
