using System.Net;
using System.Net.Sockets;

namespace Vaka.Plugins.Host.Network.Addresses;

/// <summary>What integrations of one scope may reach: the public internet, and what the operator allows.</summary>
internal sealed class AddressPolicy
{
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private readonly IReadOnlyList<AllowedNetwork> allowed;

    public AddressPolicy(ConfigScope scope, NetworkOptions options)
    {
        var (name, entries) = scope switch
        {
            ConfigScope.Tenant => (nameof(options.AllowedNetworksForTenants), options.AllowedNetworksForTenants),
            ConfigScope.Platform => (nameof(options.AllowedNetworks), options.AllowedNetworks),
        };
        Setting = $"{NetworkOptions.Section}:{name}";
        string[] loopback = options.AllowLoopback ? ["127.0.0.0/8", "::1/128"] : [];
        allowed = [.. entries.Concat(loopback).Select(AllowedNetwork.Parse)];
    }

    /// <summary>The setting that would allow what is refused.</summary>
    public string Setting { get; }

    /// <summary>Why an address is refused, to follow "is" (<c>a private address</c>), or <c>null</c>: it may be reached.</summary>
    public string? Refuse(IPAddress address, int port)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0)
        {
            return "an address with a zone";
        }

        // .NET does not fold by itself: ::ffff:127.0.0.1 is in no IPv4 network, and connects to 127.0.0.1.
        var isMapped = address.IsIPv4MappedToIPv6;
        var target = isMapped ? address.MapToIPv4() : address;
        var special = SpecialAddress.Find(target) ?? (isMapped ? SpecialAddress.Mapped : null);
        if (special is null)
        {
            return null;
        }

        if (!allowed.Any(network => network.Network.PrefixLength >= special.OpenedFrom && network.Contains(target, port)))
        {
            return special.Kind;
        }

        // An operator who opens the well-known NAT64 prefix (an IPv6-only network with DNS64) means the public internet behind it.
        return target.AddressFamily == AddressFamily.InterNetworkV6 && Nat64.Contains(target)
            ? Refuse(new IPAddress(target.GetAddressBytes().AsSpan(12)), port)
            : null;
    }
}
