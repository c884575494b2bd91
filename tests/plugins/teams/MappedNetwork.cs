using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests;

/// <summary>Microsoft's fixed hosts on this machine: their names lead to a stand-in, whatever the port, over TLS with its certificate.</summary>
internal sealed class MappedNetwork(Uri server, X509Certificate2 certificate) : IOutboundNetwork
{
    public static readonly string[] Hosts = ["graph.microsoft.com", "login.microsoftonline.com", "prod-12.westeurope.logic.azure.com"];

    private readonly LoopbackNetwork loopback = new()
    {
        Names = Hosts.ToDictionary(host => host, _ => IPAddress.Loopback), TrustedRoots = [certificate],
    };

    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken) =>
        loopback.ResolveAsync(host, port, cancellationToken);

    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        await loopback.ResolveAsync(host, port, cancellationToken);
        return await loopback.ConnectAsync(server.Host, server.Port, cancellationToken);
    }

    public Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken) =>
        loopback.AuthenticateAsync(stream, host, options, cancellationToken);

    public SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options) => loopback.CreateTlsOptions(host, options);

    public HttpClient CreateHttpClient(TlsOptions options) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = async (connection, cancellationToken) =>
        {
            var stream = await ConnectAsync(connection.DnsEndPoint.Host, connection.DnsEndPoint.Port, cancellationToken);
            return await AuthenticateAsync(stream, connection.DnsEndPoint.Host, options, cancellationToken);
        },
    });
}
