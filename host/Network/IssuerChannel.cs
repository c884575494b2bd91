using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Network.Addresses;
using Vaka.Plugins.Host.Network.Http;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Host.Network;

/// <summary>Fetches the issuer's keys through the guard. Host and port of the issuer itself are the operator's own setting and may be on a
/// private network, as the database's may; what the issuer's metadata names beside them is judged like a platform-wide integration's.</summary>
internal sealed class IssuerChannel(
    IOptions<NetworkOptions> options, IHostResolver resolver, TlsSettings tls, TimeProvider clock, ILogger<GuardedConnector> log) : IIssuerChannel
{
    public HttpMessageHandler Open(Uri issuer)
    {
        var connector = new GuardedConnector(
            new AddressPolicy(ConfigScope.Platform, options.Value), resolver, clock, log, trusted: (issuer.IdnHost, issuer.Port));
        return GuardedHttp.CreateHandler(connector, tls.Create(null, new TlsOptions()));
    }
}
