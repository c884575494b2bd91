using Vaka.Plugins.Sso.Oidc;
using Vaka.Plugins.Sso.Saml;

namespace Vaka.Plugins.Sso.Logins;

/// <summary>What SAML and OpenID Connect have in common. Stateless: all that a login remembers travels in its
/// <see cref="BeginLoginOutput.Pending"/>, so that any node can finish what another began.</summary>
internal abstract class SignInProtocol
{
    private static readonly SamlProtocol Saml = new();
    private static readonly OidcProtocol Oidc = new();

    public static SignInProtocol Of(SsoConfig config) => config.Protocol switch
    {
        SsoProtocol.Saml => Saml,
        SsoProtocol.Oidc => Oidc,
    };

    public abstract Task<BeginLoginOutput> BeginLoginAsync(
        BeginLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken);

    /// <exception cref="IntegrationException"><see cref="FailureKind.Rejected"/>: the login is refused; the message names the check.</exception>
    public abstract Task<CompleteLoginOutput> CompleteLoginAsync(
        CompleteLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken);

    public abstract Task<BeginLogoutOutput> BeginLogoutAsync(
        BeginLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken);

    public abstract Task<CompleteLogoutOutput> CompleteLogoutAsync(
        CompleteLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken);

    public abstract Task<GetMetadataOutput> GetMetadataAsync(
        GetMetadataInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken);

    public abstract Task<ProbeResult> ProbeAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken);
}
