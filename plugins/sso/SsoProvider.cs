using Vaka.Plugins.Sso.Actions;
using Vaka.Plugins.Sso.Logins;

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
        Icon = "icon.svg",
        ConfigVersion = 1,
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
