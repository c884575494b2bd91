using Vaka.Plugins.Host.Network.Http;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Host.Network;

/// <summary>What goes out for the integrations of one scope, or for one of them.</summary>
internal sealed record OutboundWay(IOutboundNetwork Network, HttpMessageHandler Handler)
{
    /// <param name="connector">Opens the connections.</param>
    /// <param name="wire">The HTTP connections, which everybody of the scope shares. What is held to its reach is so before a request gets
    /// there: a connection may be open already.</param>
    /// <param name="tls">Settings of TLS.</param>
    /// <param name="reach">What it is held to; <c>null</c>: to nothing.</param>
    public static OutboundWay Open(GuardedConnector connector, HttpMessageHandler wire, TlsSettings tls, OutboundReach? reach) =>
        new(new OutboundNetwork(connector, tls, reach), new GuardedHandler(wire, reach));
}
