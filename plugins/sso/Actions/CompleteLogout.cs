using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Actions;

internal sealed class CompleteLogout : IntegrationAction<SsoConfig, CompleteLogoutInput, CompleteLogoutOutput>
{
    public override string Name => "complete_logout";

    public override string Title => "Complete a logout";

    public override string Description =>
        "Checks a logout message of the identity provider: the answer to a logout that began here, or the order to end somebody's sessions.";

    public override bool IsInternal => true;

    public override bool IsTenantSafe => true;

    public override Task<CompleteLogoutOutput> ExecuteAsync(
        CompleteLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SignInProtocol.Of(config).CompleteLogoutAsync(input, config, context, cancellationToken);
}
