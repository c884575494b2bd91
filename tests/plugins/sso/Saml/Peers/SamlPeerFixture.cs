using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.Sso.Tests.Saml.Peers;

/// <summary>Both SAML identity providers, for a class of tests; each is started when it is first asked for.</summary>
public sealed class SamlPeerFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private readonly Dictionary<string, SamlPeer> peers = [];

    public static TheoryData<string> Kinds => [Samlp, SimpleSamlPhp];

    public const string Samlp = "samlp";
    public const string SimpleSamlPhp = "SimpleSAMLphp";

    public async Task<SamlPeer> GetAsync(string kind)
    {
        await gate.WaitAsync();
        try
        {
            return peers.TryGetValue(kind, out var peer) ? peer : peers[kind] = await StartAsync(kind);
        }
        finally
        {
            gate.Release();
        }
    }

    public static Task<SamlPeer> StartAsync(string kind) => kind switch
    {
        Samlp => IdentityProviderPeers.StartSamlpAsync(),
        SimpleSamlPhp => IdentityProviderPeers.StartSimpleSamlPhpAsync(),
        _ => throw new ArgumentException($"There is no peer {kind}.", nameof(kind)),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in peers.Values) await peer.DisposeAsync();
        gate.Dispose();
    }
}
