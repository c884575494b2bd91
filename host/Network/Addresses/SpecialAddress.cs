using System.Net;
using System.Net.Sockets;

namespace Vaka.Plugins.Host.Network.Addresses;

/// <summary>An address that is not plain public unicast.</summary>
/// <param name="Kind">What it is, to follow "is": <c>a private address</c>.</param>
/// <param name="OpenedFrom">The least prefix length of an allowed network that opens it. A broad network opens neither a metadata
/// address, which must be listed alone, nor an embedded form, whose network must lie within the form's own block.</param>
internal sealed record SpecialAddress(string Kind, int OpenedFrom)
{
    public static readonly SpecialAddress Mapped = new("an IPv4-mapped address", 0);

    private static readonly SpecialAddress Isatap = new("an ISATAP address, which embeds IPv4", 128);
    private static readonly SpecialAddress Unassigned = new("a reserved address", 0);
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // Where clouds answer their machines: AWS and most others, ECS tasks, EKS pods, Oracle, Scaleway, Alibaba, Azure; then the same on
    // IPv6 (AWS twice, Google, Scaleway).
    private static readonly HashSet<IPAddress> Metadata =
    [
        .. new[]
        {
            "169.254.169.254", "169.254.170.2", "169.254.170.23", "192.0.0.192", "169.254.42.42", "100.100.100.200", "168.63.129.16",
            "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42",
        }.Select(IPAddress.Parse),
    ];

    // https://www.iana.org/assignments/iana-ipv4-special-registry, less what it calls globally reachable, plus multicast.
    private static readonly (IPNetwork Network, SpecialAddress Special)[] V4 =
    [
        Block("0.0.0.0/8", "an unspecified address"),
        Block("10.0.0.0/8", "a private address"),
        Block("100.64.0.0/10", "a shared (carrier-grade NAT) address"),
        Block("127.0.0.0/8", "a loopback address"),
        Block("169.254.0.0/16", "a link-local address"),
        Block("172.16.0.0/12", "a private address"),
        Block("192.0.0.0/24", "a reserved address"),
        Block("192.0.2.0/24", "a documentation address"),
        Block("192.88.99.0/24", "a 6to4 relay address"),
        Block("192.168.0.0/16", "a private address"),
        Block("198.18.0.0/15", "a benchmarking address"),
        Block("198.51.100.0/24", "a documentation address"),
        Block("203.0.113.0/24", "a documentation address"),
        Block("224.0.0.0/4", "a multicast address"),
        Block("255.255.255.255/32", "the broadcast address"),
        Block("240.0.0.0/4", "a reserved address"),
    ];

    // https://www.iana.org/assignments/iana-ipv6-special-registry. What lies outside 2000::/3 is refused anyway; here it gets its name.
    private static readonly (IPNetwork Network, SpecialAddress Special)[] V6 =
    [
        Block("::/128", "the unspecified address"),
        Block("::1/128", "a loopback address"),
        Embedding("::/96", "an IPv4-compatible address, which embeds IPv4"),
        Embedding("::ffff:0:0:0/96", "an IPv4-translated address, which embeds IPv4"),
        Embedding("64:ff9b::/96", "a NAT64 address, which embeds IPv4"),
        Embedding("64:ff9b:1::/48", "a NAT64 address, which embeds IPv4"),
        Block("100::/64", "a discard-only address"),
        Embedding("2001::/32", "a Teredo address, which embeds IPv4"),
        Block("2001:2::/48", "a benchmarking address"),
        Block("2001:10::/28", "an ORCHID address"),
        Block("2001:20::/28", "an ORCHID address"),
        Block("2001::/23", "a reserved address"),
        Block("2001:db8::/32", "a documentation address"),
        Embedding("2002::/16", "a 6to4 address, which embeds IPv4"),
        Block("3fff::/20", "a documentation address"),
        Block("fc00::/7", "a private (unique local) address"),
        Block("fe80::/10", "a link-local address"),
        Block("fec0::/10", "a site-local address"),
        Block("ff00::/8", "a multicast address"),
    ];

    /// <summary>What is special about an address, or <c>null</c>: anyone may reach it. An IPv4-mapped address is folded before.</summary>
    public static SpecialAddress? Find(IPAddress address)
    {
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        if (Metadata.Contains(address))
        {
            return new SpecialAddress("a cloud metadata address", isV4 ? 32 : 128);
        }

        if (!isV4 && IsIsatap(address))
        {
            return Isatap;
        }

        foreach (var (network, special) in isV4 ? V4 : V6)
        {
            if (network.Contains(address))
            {
                return special;
            }
        }

        return isV4 || GlobalUnicast.Contains(address) ? null : Unassigned;
    }

    private static (IPNetwork Network, SpecialAddress Special) Block(string network, string kind) =>
        (IPNetwork.Parse(network), new SpecialAddress(kind, 0));

    private static (IPNetwork Network, SpecialAddress Special) Embedding(string network, string kind) =>
        (IPNetwork.Parse(network), new SpecialAddress(kind, IPNetwork.Parse(network).PrefixLength));

    // RFC 5214, 6.1: the interface identifier is [00|02]00:5efe and the IPv4 address, under any prefix.
    private static bool IsIsatap(IPAddress address) => address.GetAddressBytes().AsSpan(8, 4) is [0 or 2, 0, 0x5e, 0xfe];
}
