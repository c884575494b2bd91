using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Network.Addresses;
using Vaka.Plugins.Host.Network.Http;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Testing;

/// <summary>The host's own network, to this machine only: real sockets, real TLS, and every failure as a provider will meet it.</summary>
public sealed class LoopbackNetwork : IOutboundNetwork
{
    private readonly Lazy<GuardedConnector> connector;
    private readonly Lazy<TlsSettings> tls;

    /// <summary>Makes one.</summary>
    public LoopbackNetwork()
    {
        connector = new(() => new GuardedConnector(
            new AddressPolicy(ConfigScope.Tenant, new NetworkOptions { AllowLoopback = true }),
            new Resolver(Names),
            TimeProvider.System,
            NullLogger<GuardedConnector>.Instance,
            [.. Ports.Select(port => new Route(port.Key, 443, new IPEndPoint(IPAddress.Loopback, port.Value)))]));
        tls = new(() => new TlsSettings(TimeProvider.System, TrustedRoots.Count == 0 ? null : [.. TrustedRoots]));
    }

    /// <summary>Names that exist beside <c>localhost</c>, each of them an address of this machine; any other name does not exist.</summary>
    public IReadOnlyDictionary<string, IPAddress> Names { get; init; } = new Dictionary<string, IPAddress>();

    /// <summary>Ports of this machine that stand in for 443 of a name, for vendors whose address is fixed; default: none. Names and addresses of
    /// requests stay as they are.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();

    /// <summary>Certificates that are trusted instead of the system's roots, such as an <see cref="HttpPeer.Certificate"/>; default: the
    /// system's roots.</summary>
    public IReadOnlyList<X509Certificate2> TrustedRoots { get; init; } = [];

    private OutboundNetwork Host => new(connector.Value, tls.Value);

    /// <inheritdoc/>
    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RefuseForeign(host);
        return Host.ResolveAsync(host, port, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        RefuseForeign(host);
        return Host.ConnectAsync(host, port, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken) =>
        Host.AuthenticateAsync(stream, host, options, cancellationToken);

    /// <inheritdoc/>
    public SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options) => Host.CreateTlsOptions(host, options);

    /// <inheritdoc/>
    public HttpClient CreateHttpClient(TlsOptions options) => GuardedHttp.CreateClient(
        new ForeignRefusal(GuardedHttp.CreateHandler(connector.Value, tls.Value.Create(null, options))), disposeHandler: true);

    // The host's guard lets public addresses through. Names cannot lead to one here; a literal can.
    private static void RefuseForeign(string host)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address) && !IPAddress.IsLoopback(address))
        {
            throw OutboundFailure.Refused($"{host} is not an address of this machine; tests reach no other.");
        }
    }

    private sealed class ForeignRefusal(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            RefuseForeign(request.RequestUri?.Host ?? "");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Resolver(IReadOnlyDictionary<string, IPAddress> names) : IHostResolver
    {
        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => host switch
        {
            _ when names.TryGetValue(host, out var address) && IPAddress.IsLoopback(address) => Task.FromResult<IPAddress[]>([address]),
            "localhost" => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
            _ => throw new SocketException((int)SocketError.HostNotFound),
        };
    }
}
