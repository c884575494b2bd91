using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Testing;

/// <summary>A network on which every name exists, TLS always succeeds, sign-in by OAuth 2 too, and every other request is answered as the
/// trial says. It opens no socket. What is spoken over a connection that is not HTTP is not answered.</summary>
internal sealed class AnsweringNetwork : IOutboundNetwork, IDisposable
{
    public const string AccessToken = "conformance-access-token";
    public const string RefreshToken = "conformance-refresh-token";

    private static readonly Lazy<X509Certificate2> Certificate = new(() => TestCertificates.SelfSigned("vendor.test"));

    private static readonly HttpAnswer SignIn = HttpAnswers.Json(
        $$"""{"access_token":"{{AccessToken}}","token_type":"Bearer","expires_in":3600,"refresh_token":"{{RefreshToken}}"}""");

    private readonly StubHttp stub = new();
    private readonly ConcurrentQueue<(string Host, int Port)> destinations = new();

    /// <param name="answers">In their order, one for each request; the last one ever after.</param>
    /// <param name="answersSignIn">Whether they are for requests to sign in, too.</param>
    public AnsweringNetwork(IEnumerable<HttpAnswer> answers, bool answersSignIn = false)
    {
        var left = new ConcurrentQueue<HttpAnswer>(answers);
        var last = left.LastOrDefault() ?? HttpAnswers.Json("{}");
        stub.Otherwise((request, cancellationToken) =>
        {
            var answer = !answersSignIn && IsSignIn(request) ? SignIn : left.TryDequeue(out var next) ? next : last;
            return answer(request, cancellationToken);
        });
    }

    public IReadOnlyList<RecordedRequest> Requests => stub.Requests;

    public IReadOnlyList<(string Host, int Port)> Destinations =>
        [.. destinations.Concat(stub.Requests.Select(request => (request.Uri.IdnHost, request.Uri.Port))).Distinct()];

    /// <summary>A token endpoint of OAuth 2 is asked: that changes nothing which anybody would see.</summary>
    public static bool IsSignIn(RecordedRequest request) =>
        request.Method == "POST"
        && request.Header("Content-Type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true
        && request.BodyText.Contains("grant_type=", StringComparison.Ordinal);

    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        destinations.Enqueue((host, port));
        return Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]);
    }

    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        await ResolveAsync(host, port, cancellationToken);
        return new Link();
    }

    public async Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken)
    {
        if (stream is not Link link) throw OutboundFailure.NoTls(host, new IOException("Not a stream of this network."));
        var (near, far) = link.Secure();
        await using var server = new SslStream(far);
        var client = new SslStream(near);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate.Value }, cancellationToken),
            client.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = (_, _, _, _) => true },
                cancellationToken));
        return client;
    }

    public SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options) =>
        new TlsSettings(TimeProvider.System).Create(host, options);

    public HttpClient CreateHttpClient(TlsOptions options) => stub.CreateClient();

    public void Dispose() => stub.Dispose();

    /// <summary>Takes what is written and ends at once, until TLS is asked for.</summary>
    private sealed class Link : ReadOnlyStream
    {
        public override bool CanWrite => true;

        public (Stream Near, Stream Far) Secure()
        {
            var (there, back) = (new Pipe(), new Pipe());
            return (new Duplex(back.Reader.AsStream(), there.Writer.AsStream()), new Duplex(there.Reader.AsStream(), back.Writer.AsStream()));
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(0);

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Duplex(Stream input, Stream output) : ReadOnlyStream
    {
        public override bool CanWrite => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            output.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                output.Dispose();
                input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
