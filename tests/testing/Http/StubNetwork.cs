using System.Net;
using System.Net.Security;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Testing;

/// <summary>A network of HTTP only, all of it answered by a stub.</summary>
internal sealed class StubNetwork(StubHttp stub) : IOutboundNetwork
{
    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.TryParse(host, out var literal) ? literal : IPAddress.Loopback]);
    }

    public Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken) => throw NoSockets();

    public Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken) =>
        throw NoSockets();

    public SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options) =>
        new TlsSettings(TimeProvider.System).Create(host, options);

    public HttpClient CreateHttpClient(TlsOptions options) => stub.CreateClient();

    private static NotSupportedException NoSockets() => new("A stub answers HTTP only. Use LoopbackNetwork with a peer for connections.");
}
