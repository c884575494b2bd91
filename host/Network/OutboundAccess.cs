using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Network.Addresses;
using Vaka.Plugins.Host.Network.Http;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Host.Network;

/// <summary>The way out for integrations of one scope: platform-wide rows and tenants' rows have allowed networks of their own, and
/// their connections never mix.</summary>
internal sealed class OutboundAccess : IDisposable
{
    private readonly ScopeAccess tenant;
    private readonly ScopeAccess platform;

    public OutboundAccess(
        IOptions<NetworkOptions> options, IHostResolver resolver, TlsSettings tls, TimeProvider clock, ILoggerFactory logs)
    {
        var routes = options.Value.ConnectTo.Select(Route.Parse).ToList();
        tenant = Open(ConfigScope.Tenant);
        platform = Open(ConfigScope.Platform);

        ScopeAccess Open(ConfigScope scope)
        {
            var policy = new AddressPolicy(scope, options.Value);
            var connector = new GuardedConnector(policy, resolver, clock, logs.CreateLogger<GuardedConnector>(), routes);
            return new ScopeAccess(connector, GuardedHttp.CreateWire(connector, tls.Create(null, new TlsOptions())), tls);
        }
    }

    /// <param name="scope">Whose integration it is.</param>
    /// <param name="reach">What the integration is held to; default: to nothing but the policy. It belongs to one integration, and so to one
    /// scope.</param>
    public IOutboundNetwork Network(ConfigScope scope, OutboundReach? reach = null) => WayOf(scope, reach).Network;

    /// <summary>A client for <see cref="IntegrationContext.Http"/>: a new one each time over shared connections, so that what a call does
    /// to its client (default headers, base address, disposal) reaches no other call.</summary>
    /// <inheritdoc cref="Network" path="/param"/>
    public HttpClient Http(ConfigScope scope, OutboundReach? reach = null) =>
        GuardedHttp.CreateClient(WayOf(scope, reach).Handler, disposeHandler: false);

    public void Dispose()
    {
        tenant.Unlimited.Handler.Dispose();
        platform.Unlimited.Handler.Dispose();
    }

    private OutboundWay WayOf(ConfigScope scope, OutboundReach? reach)
    {
        var access = scope switch
        {
            ConfigScope.Tenant => tenant,
            ConfigScope.Platform => platform,
        };
        return reach is null ? access.Unlimited : reach.GetWay(access.Open);
    }

    private sealed class ScopeAccess(GuardedConnector connector, HttpMessageHandler wire, TlsSettings tls)
    {
        public OutboundWay Unlimited { get; } = OutboundWay.Open(connector, wire, tls, null);

        // Made once, since it is passed along with every call.
        public Func<OutboundReach, OutboundWay> Open { get; } = reach => OutboundWay.Open(connector, wire, tls, reach);
    }
}
