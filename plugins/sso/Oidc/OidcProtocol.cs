using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Issuer;
using Vaka.Plugins.Sso.Oidc.Login;
using Vaka.Plugins.Sso.Oidc.Logout;

namespace Vaka.Plugins.Sso.Oidc;

/// <summary>OpenID Connect 1.0, authorization code flow with PKCE.</summary>
internal sealed class OidcProtocol : SignInProtocol
{
    public override async Task<BeginLoginOutput> BeginLoginAsync(
        BeginLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var known = await KnownIssuer.OfAsync(context, cancellationToken).ConfigureAwait(false);
        var facts = await new LoginTrace(context)
            .TryAsync("discovery", () => known.GetAsync(config, context, cancellationToken)).ConfigureAwait(false);
        return AuthorizationRequest.Write(input, facts.Document, config, context);
    }

    public override Task<CompleteLoginOutput> CompleteLoginAsync(
        CompleteLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        LoginAnswer.CompleteAsync(input, config, context, cancellationToken);

    public override Task<BeginLogoutOutput> BeginLogoutAsync(
        BeginLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        OidcLogout.BeginAsync(input, config, context, cancellationToken);

    public override Task<CompleteLogoutOutput> CompleteLogoutAsync(
        CompleteLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        OidcLogout.CompleteAsync(input, config, context, cancellationToken);

    public override Task<GetMetadataOutput> GetMetadataAsync(
        GetMetadataInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        throw OidcFailures.NoEffect(
            FailureKind.NotFound,
            $"OpenID Connect has no metadata of this side. Register the redirect URI {input.Addresses.Callback} with the identity provider.");

    public override Task<ProbeResult> ProbeAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        OidcProbe.RunAsync(config, context, cancellationToken);
}
