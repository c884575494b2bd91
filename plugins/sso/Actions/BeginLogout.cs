using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Actions;

internal sealed class BeginLogout : IntegrationAction<SsoConfig, BeginLogoutInput, BeginLogoutOutput>
{
    public override string Name => "begin_logout";

    public override string Title => "Begin a logout";

    public override string Description => "Makes the request that signs a person out at the identity provider. Changes nothing.";

    public override bool IsReadOnly => true;

    public override bool IsInternal => true;

    public override bool IsTenantSafe => true;

    public override Task<BeginLogoutOutput> ExecuteAsync(
        BeginLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SignInProtocol.Of(config).BeginLogoutAsync(input, config, context, cancellationToken);
}
