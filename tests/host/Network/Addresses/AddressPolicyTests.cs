using System.Net;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Network.Addresses;

namespace Vaka.Plugins.Host.Tests.Network.Addresses;

public class AddressPolicyTests
{
    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("168.63.129.15")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2001:200::1")]
    [InlineData("2001:db7:ffff::1")]
    [InlineData("2001:db9::1")]
    [InlineData("2003::1")]
    [InlineData("3fff:1000::1")]
    public void Refuse_PublicAddress_IsReachable(string address) => Assert.Null(Policy().Refuse(IPAddress.Parse(address), 443));

    [Theory]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("0.255.255.255", "unspecified")]
    [InlineData("10.0.0.0", "private")]
    [InlineData("10.255.255.255", "private")]
    [InlineData("100.64.0.0", "carrier-grade")]
    [InlineData("100.127.255.255", "carrier-grade")]
    [InlineData("100.100.100.200", "cloud metadata")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.255", "loopback")]
    [InlineData("169.254.0.0", "link-local")]
    [InlineData("169.254.169.254", "cloud metadata")]
    [InlineData("168.63.129.16", "cloud metadata")]
    [InlineData("172.16.0.0", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.0.0.1", "reserved")]
    [InlineData("192.0.0.192", "cloud metadata")]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("192.88.99.1", "6to4")]
    [InlineData("192.168.0.0", "private")]
    [InlineData("192.168.255.255", "private")]
    [InlineData("198.18.0.0", "benchmarking")]
    [InlineData("198.19.255.255", "benchmarking")]
    [InlineData("198.51.100.7", "documentation")]
    [InlineData("203.0.113.7", "documentation")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("::127.0.0.1", "embeds IPv4")]
    [InlineData("::ffff:127.0.0.1", "loopback")]
    [InlineData("::ffff:10.0.0.5", "private")]
    [InlineData("::ffff:169.254.169.254", "cloud metadata")]
    [InlineData("::ffff:8.8.8.8", "IPv4-mapped")]
    [InlineData("::ffff:0:127.0.0.1", "embeds IPv4")]
    [InlineData("64:ff9b::7f00:1", "NAT64")]
    [InlineData("64:ff9b::808:808", "NAT64")]
    [InlineData("64:ff9b:1::1", "NAT64")]
    [InlineData("100::1", "discard")]
    [InlineData("2001::1", "Teredo")]
    [InlineData("2001:2::1", "benchmarking")]
    [InlineData("2001:10::1", "ORCHID")]
    [InlineData("2001:20::1", "ORCHID")]
    [InlineData("2001:1ff::1", "reserved")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("2002:7f00:1::", "6to4")]
    [InlineData("2002:808:808::1", "6to4")]
    [InlineData("3fff::1", "documentation")]
    [InlineData("3fff:fff:ffff::1", "documentation")]
    [InlineData("5f00::1", "reserved")]
    [InlineData("4000::1", "reserved")]
    [InlineData("fc00::1", "private")]
    [InlineData("fd00:ec2::254", "cloud metadata")]
    [InlineData("fdff::1", "private")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("2606:4700::5efe:a00:1", "ISATAP")]
    [InlineData("2606:4700::200:5efe:a00:1", "ISATAP")]
    public void Refuse_SpecialAddress_NamesItsKind(string address, string kind) =>
        Assert.Contains(kind, Policy().Refuse(IPAddress.Parse(address), 443), StringComparison.Ordinal);

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.5", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.0.0.5", true)]
    [InlineData("10.0.0.0/8:443", "10.0.0.5", true)]
    [InlineData("10.0.0.0/8:25", "10.0.0.5", false)]
    [InlineData("10.0.0.0/8", "192.168.0.1", false)]
    [InlineData("10.0.0.0/8", "64:ff9b::a00:5", false)]
    [InlineData("fd00::/8", "fd00::5", true)]
    [InlineData("fd00::/8", "fd00:ec2::254", false)]
    [InlineData("fd00:ec2::254", "fd00:ec2::254", true)]
    [InlineData("fd00::/8", "fd00::5efe:a00:5", false)]
    [InlineData("fd00::5efe:a00:5", "fd00::5efe:a00:5", true)]
    [InlineData("169.254.0.0/16", "169.254.1.1", true)]
    [InlineData("169.254.0.0/16", "169.254.169.254", false)]
    [InlineData("169.254.169.254/31", "169.254.169.254", false)]
    [InlineData("169.254.169.254/32", "169.254.169.254", true)]
    [InlineData("169.254.169.254:443", "169.254.169.254", true)]
    [InlineData("169.254.169.254:80", "169.254.169.254", false)]
    [InlineData("0.0.0.0/0", "168.63.129.16", false)]
    [InlineData("8.8.8.8", "::ffff:8.8.8.8", true)]
    [InlineData("::/0", "64:ff9b::808:808", false)]
    [InlineData("::/0", "2002:808:808::1", false)]
    [InlineData("::/0", "::127.0.0.1", false)]
    [InlineData("64:ff9b::/96", "64:ff9b::808:808", true)]
    [InlineData("64:ff9b::/96", "64:ff9b::a00:5", false)]
    [InlineData("64:ff9b::/96", "64:ff9b::a9fe:a9fe", false)]
    [InlineData("2002::/16", "2002:808:808::1", true)]
    public void Refuse_AllowedNetwork_OpensWhatItLists(string network, string address, bool reachable) =>
        Assert.Equal(reachable, Policy(network).Refuse(IPAddress.Parse(address), 443) is null);

    [Fact]
    public void Refuse_AddressWithZone_IsRefusedEvenWhenAllowed() =>
        Assert.Equal("an address with a zone", Policy("fe80::/10").Refuse(IPAddress.Parse("fe80::1%1"), 443));

    [Fact]
    public void Refuse_ScopesHaveListsOfTheirOwn()
    {
        var options = new NetworkOptions { AllowedNetworks = ["10.0.0.0/8"], AllowedNetworksForTenants = ["192.168.0.0/16"] };
        var platform = new AddressPolicy(ConfigScope.Platform, options);
        var tenant = new AddressPolicy(ConfigScope.Tenant, options);

        Assert.Null(platform.Refuse(IPAddress.Parse("10.0.0.5"), 443));
        Assert.NotNull(platform.Refuse(IPAddress.Parse("192.168.0.5"), 443));
        Assert.NotNull(tenant.Refuse(IPAddress.Parse("10.0.0.5"), 443));
        Assert.Null(tenant.Refuse(IPAddress.Parse("192.168.0.5"), 443));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void Refuse_LoopbackAllowed_OpensLoopbackOnly(string address)
    {
        foreach (var scope in Enum.GetValues<ConfigScope>())
        {
            var policy = new AddressPolicy(scope, new NetworkOptions { AllowLoopback = true });
            Assert.Null(policy.Refuse(IPAddress.Parse(address), 443));
            Assert.NotNull(policy.Refuse(IPAddress.Any, 443));
            Assert.NotNull(policy.Refuse(IPAddress.Parse("10.0.0.5"), 443));
        }
    }

    private static AddressPolicy Policy(params string[] allowed) =>
        new(ConfigScope.Tenant, new NetworkOptions { AllowedNetworksForTenants = allowed });
}
