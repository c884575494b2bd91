using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Network.Addresses;
using Vaka.Plugins.Host.Network.Http;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Host.Network;

/// <summary>The way out for integrations of one scope: platform-wide rows and tenants' rows have allowed networks of their own, and
/// their connections never mix.</summary>
internal sealed class OutboundAccess : IDisposable
{
    private readonly Way tenant;
    private readonly Way platform;

    public OutboundAccess(
        IOptions<NetworkOptions> options, IHostResolver resolver, TlsSettings tls, TimeProvider clock, ILoggerFactory logs)
    {
        var routes = options.Value.ConnectTo.Select(Route.Parse).ToList();
        tenant = Open(ConfigScope.Tenant);
        platform = Open(ConfigScope.Platform);

        Way Open(ConfigScope scope)
        {
            var policy = new AddressPolicy(scope, options.Value);
            var connector = new GuardedConnector(policy, resolver, clock, logs.CreateLogger<GuardedConnector>(), routes);
            return new Way(new OutboundNetwork(connector, tls), GuardedHttp.CreateHandler(connector, tls.Create(null, new TlsOptions())));
        }
    }

    public IOutboundNetwork Network(ConfigScope scope) => WayOf(scope).Network;

    /// <summary>A client for <see cref="IntegrationContext.Http"/>: a new one each time over shared connections, so that what a call does
    /// to its client (default headers, base address, disposal) reaches no other call.</summary>
    public HttpClient Http(ConfigScope scope) => GuardedHttp.CreateClient(WayOf(scope).Handler, disposeHandler: false);

    public void Dispose()
    {
        tenant.Handler.Dispose();
        platform.Handler.Dispose();
    }

    private Way WayOf(ConfigScope scope) => scope switch
    {
        ConfigScope.Tenant => tenant,
        ConfigScope.Platform => platform,
    };

    private sealed record Way(OutboundNetwork Network, HttpMessageHandler Handler);
}
