using Vaka.Plugins.Sso.Actions;
using Vaka.Plugins.Sso.Logins;

[assembly: Vaka.Plugins.ConformanceGrade(Vaka.Plugins.Grade.Gold)]

namespace Vaka.Plugins.Sso;

/// <summary>Signs people in at their organisation's identity provider, by SAML 2.0 or OpenID Connect. Its actions are run by the host's own
/// AuthService only: who calls them decides who somebody is.</summary>
public sealed class SsoProvider : IntegrationProvider<SsoConfig>
{
    /// <inheritdoc/>
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = "sso",
        DisplayName = "SSO",
        Description = "Signs people in at your identity provider, by SAML 2.0 or OpenID Connect.",
        DocumentationUrl = new Uri("https://openid.net/developers/how-connect-works/"),
        Icon = "icon.svg",
        ConfigVersion = 1,
        Reach =
        [
            Destination.OfUrl("issuer"), Destination.OfUrl("idp_metadata_url"), Destination.OfUrl("idp_sso_url"), Destination.OfUrl("idp_slo_url"),
            Destination.Anywhere("the endpoints that the identity provider names in its discovery document or metadata"),
        ],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<IntegrationAction> Actions { get; } =
        [new BeginLogin(), new CompleteLogin(), new BeginLogout(), new CompleteLogout(), new GetMetadata()];

    /// <inheritdoc/>
    protected override IEnumerable<ConfigError> Validate(SsoConfig config) => SsoConfigValidator.Validate(config);

    /// <inheritdoc/>
    protected override Task<ProbeResult> ProbeAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SignInProtocol.Of(config).ProbeAsync(config, context, cancellationToken);
}
