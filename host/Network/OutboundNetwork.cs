using System.ComponentModel;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Vaka.Plugins.Host.Network.Http;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Host.Network;

/// <summary>The guarded network of one scope, or of one integration that is held to its provider's reach.</summary>
internal sealed class OutboundNetwork(GuardedConnector connector, TlsSettings tls, OutboundReach? reach = null) : IOutboundNetwork
{
    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken) =>
        connector.ResolveAsync(host, port, cancellationToken, reach);

    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var span = NetworkTrace.Connect(host, port);
        try
        {
            return await connector.ConnectAsync(host, port, cancellationToken, reach);
        }
        catch (IntegrationException failure)
        {
            NetworkTrace.Failed(span, failure.Kind);
            throw;
        }
    }

    public async Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken)
    {
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(CreateTlsOptions(host, options), cancellationToken);
            return secured;
        }
        catch (Exception exception)
        {
            await secured.DisposeAsync();
            if (exception is AuthenticationException or IOException or Win32Exception)
            {
                throw OutboundFailure.FindKnown(exception) ?? OutboundFailure.NoTls(host, exception);
            }

            throw;
        }
    }

    public SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options) => tls.Create(host, options);

    public HttpClient CreateHttpClient(TlsOptions options) =>
        GuardedHttp.CreateClient(GuardedHttp.CreateHandler(connector, tls.Create(null, options), reach), disposeHandler: true);
}
