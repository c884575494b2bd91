using System.Net;
using Vaka.Plugins.Host.Network.Addresses;

namespace Vaka.Plugins.Host.Network;

/// <summary>Another way to a host: what would connect to it goes to a fixed address instead, as through a relay in a closed network. The name
/// stays, for TLS and for HTTP, and the address is judged like any other.</summary>
internal sealed record Route(string Host, int Port, IPEndPoint To)
{
    /// <summary>Reads <c>slack.com:443=10.1.2.3:8443</c>.</summary>
    /// <exception cref="FormatException">It is not of this form.</exception>
    public static Route Parse(string text)
    {
        var sides = text.Split('=');
        if (sides.Length == 2 && sides[0].LastIndexOf(':') is > 0 and var colon
            && int.TryParse(sides[0].AsSpan(colon + 1), out var port) && port is > 0 and <= 65535
            && IPEndPoint.TryParse(sides[1], out var to) && to.Port > 0)
        {
            try
            {
                return new Route(HostName.Parse(sides[0][..colon]).Text, port, to);
            }
            catch (IntegrationException exception)
            {
                throw new FormatException(exception.Message, exception);
            }
        }

        throw new FormatException("Give host:port=address:port, such as slack.com:443=10.1.2.3:8443.");
    }
}
