using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Actions;

internal sealed class CompleteLogin : IntegrationAction<SsoConfig, CompleteLoginInput, CompleteLoginOutput>
{
    public override string Name => "complete_login";

    public override string Title => "Complete a login";

    public override string Description => "Checks what the identity provider answered and says who signed in. An answer counts once.";

    public override bool IsInternal => true;

    public override bool IsTenantSafe => true;

    public override Task<CompleteLoginOutput> ExecuteAsync(
        CompleteLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SignInProtocol.Of(config).CompleteLoginAsync(input, config, context, cancellationToken);
}
