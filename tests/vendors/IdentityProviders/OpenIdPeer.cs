namespace Vaka.Plugins.Vendors.IdentityProviders;

/// <summary>A real OpenID provider, with the people of <see cref="SamlPeer"/>: Alice's subject is <c>u-alice</c>, Bob's <c>u-bob</c>.</summary>
public sealed class OpenIdPeer : IAsyncDisposable
{
    private readonly PeerProcess process;

    internal OpenIdPeer(PeerProcess process) => this.process = process;

    /// <summary>Its issuer.</summary>
    public string Issuer => process.Address;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();
}
