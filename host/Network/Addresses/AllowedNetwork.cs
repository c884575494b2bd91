using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vaka.Plugins.Host.Network.Addresses;

/// <summary>A network, and optionally its ports, that the operator allows.</summary>
internal sealed record AllowedNetwork(IPNetwork Network, IReadOnlyList<PortRange> Ports)
{
    private const string Form = "Write a network such as 10.1.0.0/16, 10.1.0.0/16:25,587, fd00::/8 or [fd00::/8]:443.";

    public bool Contains(IPAddress address, int port) =>
        Network.Contains(address) && (Ports.Count == 0 || Ports.Any(range => range.Contains(port)));

    /// <exception cref="FormatException">What is wrong, and how to write it.</exception>
    public static AllowedNetwork Parse(string text)
    {
        var (network, ports) = Split(text);
        return new AllowedNetwork(ParseNetwork(network), ports is null ? [] : [.. ports.Split(',').Select(PortRange.Parse)]);
    }

    private static (string Network, string? Ports) Split(string text)
    {
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']');
            if (close < 0 || !text.AsSpan(1, close - 1).Contains(':'))
            {
                throw new FormatException($"brackets enclose an IPv6 network. {Form}");
            }

            var rest = text[(close + 1)..];
            return rest switch
            {
                "" => (text[1..close], null),
                [':', .. var ports] => (text[1..close], ports),
                _ => throw new FormatException($"only :ports may follow the bracket. {Form}"),
            };
        }

        var parts = text.Split(':');
        return parts.Length == 2 ? (parts[0], parts[1]) : (text, null); // more than one colon: IPv6
    }

    private static IPNetwork ParseNetwork(string text)
    {
        var slash = text.IndexOf('/');
        var address = ParseAddress(slash < 0 ? text : text[..slash]);
        var length = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var prefix = length;
        if (slash >= 0
            && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > length))
        {
            throw new FormatException($"the prefix length is a number from 0 to {length}. {Form}");
        }

        if (address.IsIPv4MappedToIPv6)
        {
            if (prefix < 96)
            {
                throw new FormatException("it is wider than the IPv4-mapped addresses. Write the IPv4 network instead.");
            }

            (address, prefix) = (address.MapToIPv4(), prefix - 96); // addresses are folded the same way before they are judged
        }

        var first = FirstAddress(address, prefix);
        return first.Equals(address)
            ? new IPNetwork(address, prefix)
            : throw new FormatException($"the address has bits beyond the prefix. Did you mean {first}/{prefix}?");
    }

    private static IPAddress ParseAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? text.All(character => char.IsAsciiHexDigit(character) || character is ':' or '.')
            : address.ToString() == text)
            ? address
            : throw new FormatException($"it does not begin with an IP address. {Form}");

    private static IPAddress FirstAddress(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct PortRange(int First, int Last)
{
    public bool Contains(int port) => port >= First && port <= Last;

    /// <exception cref="FormatException">It is neither a port nor <c>low-high</c>.</exception>
    public static PortRange Parse(string text)
    {
        var dash = text.IndexOf('-');
        var range = dash < 0
            ? new PortRange(ParsePort(text), ParsePort(text))
            : new PortRange(ParsePort(text[..dash]), ParsePort(text[(dash + 1)..]));
        return range.First <= range.Last ? range : throw new FormatException($"the port range {text} runs backwards.");
    }

    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw new FormatException("a port is a number from 1 to 65535; write several as 25,587 or 8000-8100.");
}
