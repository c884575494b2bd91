using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Actions;

internal sealed class GetMetadata : IntegrationAction<SsoConfig, GetMetadataInput, GetMetadataOutput>
{
    public override string Name => "get_metadata";

    public override string Title => "Get the metadata";

    public override string Description => "The SAML metadata of this side, for the identity provider to import.";

    public override bool IsReadOnly => true;

    public override bool IsInternal => true;

    public override bool IsTenantSafe => true;

    public override Task<GetMetadataOutput> ExecuteAsync(
        GetMetadataInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        SignInProtocol.Of(config).GetMetadataAsync(input, config, context, cancellationToken);
}
