using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Actions;

internal sealed class BeginLogin : IntegrationAction<SsoConfig, BeginLoginInput, BeginLoginOutput>
{
    public override string Name => "begin_login";

    public override string Title => "Begin a login";

    public override string Description => "Makes the request that takes a browser to the identity provider. Changes nothing.";

    public override bool IsReadOnly => true;

    public override bool IsInternal => true;

    public override bool IsTenantSafe => true;

    public override Task<BeginLoginOutput> ExecuteAsync(
        BeginLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SignInProtocol.Of(config).BeginLoginAsync(input, config, context, cancellationToken);
}
