using System.Net;
using System.Net.Security;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Jira.Tests;

/// <summary>The loopback network, on which fixed hosts of the vendor's are a stand-in.</summary>
internal sealed class RoutedNetwork(Uri standIn, params string[] hosts) : IOutboundNetwork
{
    private readonly LoopbackNetwork loopback = new();

    /// <summary>The network below; default: one that trusts the system's roots.</summary>
    public LoopbackNetwork Loopback { get => loopback; init => loopback = value; }

    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken) =>
        loopback.ResolveAsync(Target(host, port).Host, Target(host, port).Port, cancellationToken);

    public Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken) =>
        loopback.ConnectAsync(Target(host, port).Host, Target(host, port).Port, cancellationToken);

    public Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken) =>
        loopback.AuthenticateAsync(stream, host, options, cancellationToken);

    public SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options) => loopback.CreateTlsOptions(host, options);

    public HttpClient CreateHttpClient(TlsOptions options) => new(new Router(this, loopback.CreateHttpClient(options)));

    private string Scheme => standIn.Scheme;

    private (string Host, int Port) Target(string host, int port) => hosts.Contains(host) ? (standIn.Host, standIn.Port) : (host, port);

    private sealed class Router(RoutedNetwork network, HttpClient inner) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri is { } uri && network.Target(uri.Host, uri.Port) is var (host, port) && host != uri.Host)
            {
                request.RequestUri = new UriBuilder(uri) { Scheme = network.Scheme, Host = host, Port = port }.Uri;
            }

            // A request is sent once; the inner client wants one of its own.
            using var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Content = request.Content };
            foreach (var header in request.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
            return await inner.SendAsync(copy, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
