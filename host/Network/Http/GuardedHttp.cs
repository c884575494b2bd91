using System.Net;
using System.Net.Security;

namespace Vaka.Plugins.Host.Network.Http;

/// <summary>Makes HTTP clients that reach out through the guard and nowhere else.</summary>
internal static class GuardedHttp
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    public const int MaxHeadersKiB = 64;

    public static HttpMessageHandler CreateHandler(
        GuardedConnector connector, SslClientAuthenticationOptions tls, OutboundReach? reach = null) =>
        new GuardedHandler(CreateWire(connector, tls), reach);

    /// <summary>The connections alone; a <see cref="GuardedHandler"/> belongs before them.</summary>
    public static HttpMessageHandler CreateWire(GuardedConnector connector, SslClientAuthenticationOptions tls) =>
        new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
                await connector.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken),
            SslOptions = tls,
            UseProxy = false, // a proxy from the environment would connect for us, around the guard
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            MaxResponseHeadersLength = MaxHeadersKiB,
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            MaxConnectionsPerServer = 256,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = new TraceParentOnly(),
        };

    /// <summary>Time is bounded by the call's cancellation token alone, so that one place decides it.</summary>
    public static HttpClient CreateClient(HttpMessageHandler handler, bool disposeHandler) =>
        new(handler, disposeHandler) { Timeout = Timeout.InfiniteTimeSpan };
}
