using System.Net;
using System.Net.Sockets;

namespace Vaka.Plugins.Host.Network;

/// <summary>Looks names up.</summary>
internal interface IHostResolver
{
    /// <exception cref="SocketException">No such host, or no answer.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>The system's resolver.</summary>
internal sealed class SystemHostResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        Dns.GetHostAddressesAsync(host, cancellationToken);
}
