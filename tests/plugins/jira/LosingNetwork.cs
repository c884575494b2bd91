using System.Net;
using System.Net.Security;

namespace Vaka.Plugins.Jira.Tests;

/// <summary>A network that carries the first request of a kind to its end and loses the answer.</summary>
internal sealed class LosingNetwork(IOutboundNetwork inner, string method, string pathEnd) : IOutboundNetwork
{
    private readonly string method = method;
    private readonly string pathEnd = pathEnd;
    private int lost;

    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken) => inner.ResolveAsync(host, port, cancellationToken);

    public Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken) => inner.ConnectAsync(host, port, cancellationToken);

    public Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken) =>
        inner.AuthenticateAsync(stream, host, options, cancellationToken);

    public SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options) => inner.CreateTlsOptions(host, options);

    public HttpClient CreateHttpClient(TlsOptions options) => new(new Loser(this, inner.CreateHttpClient(options)));

    private sealed class Loser(LosingNetwork network, HttpClient client) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Content = request.Content };
            foreach (var header in request.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
            var response = await client.SendAsync(copy, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var isIt = request.Method.Method == network.method && request.RequestUri!.AbsolutePath.EndsWith(network.pathEnd, StringComparison.Ordinal);
            if (!isIt || Interlocked.Exchange(ref network.lost, 1) is not 0) return response;
            response.Dispose();
            throw new IntegrationException(FailureKind.Unavailable, "The connection broke before the answer was complete.");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) client.Dispose();
            base.Dispose(disposing);
        }
    }
}
