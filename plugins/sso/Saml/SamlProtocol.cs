using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Logout;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Requests;
using Vaka.Plugins.Sso.Saml.Responses;

namespace Vaka.Plugins.Sso.Saml;

internal sealed class SamlProtocol : SignInProtocol
{
    public override async Task<BeginLoginOutput> BeginLoginAsync(
        BeginLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var provider = await IdentityProviders.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
        var keys = await SpKeys.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
        return AuthnRequests.Make(input, config, provider, keys, context.Clock);
    }

    public override async Task<CompleteLoginOutput> CompleteLoginAsync(
        CompleteLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var provider = await IdentityProviders.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
        var keys = await SpKeys.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
        return await LoginCompletion.RunAsync(input, provider, keys, config, context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<BeginLogoutOutput> BeginLogoutAsync(
        BeginLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var provider = await IdentityProviders.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
        var keys = await SpKeys.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
        return LogoutMessages.Request(input, config, provider, keys, context.Clock);
    }

    public override Task<CompleteLogoutOutput> CompleteLogoutAsync(
        CompleteLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        new ArrivedLogout(input, config, context).RunAsync(cancellationToken);

    public override async Task<GetMetadataOutput> GetMetadataAsync(
        GetMetadataInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SpMetadata.Make(input.Addresses, config, await SpKeys.GetAsync(config, context, cancellationToken).ConfigureAwait(false));

    public override Task<ProbeResult> ProbeAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        new SamlProbe(config, context).RunAsync(cancellationToken);
}
