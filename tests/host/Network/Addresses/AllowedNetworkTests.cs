using System.Net;
using Vaka.Plugins.Host.Network.Addresses;

namespace Vaka.Plugins.Host.Tests.Network.Addresses;

public class AllowedNetworkTests
{
    [Theory]
    [InlineData("10.1.0.0/16", "10.1.0.0", 1, true)]
    [InlineData("10.1.0.0/16", "10.1.255.255", 65535, true)]
    [InlineData("10.1.0.0/16", "10.0.255.255", 443, false)]
    [InlineData("10.1.0.0/16", "10.2.0.0", 443, false)]
    [InlineData("10.1.2.3", "10.1.2.3", 443, true)]
    [InlineData("10.1.2.3", "10.1.2.4", 443, false)]
    [InlineData("10.1.2.0/31", "10.1.2.1", 443, true)]
    [InlineData("10.1.2.0/31", "10.1.2.2", 443, false)]
    [InlineData("10.1.0.0/16:25", "10.1.2.3", 25, true)]
    [InlineData("10.1.0.0/16:25", "10.1.2.3", 26, false)]
    [InlineData("10.1.0.0/16:25,587", "10.1.2.3", 587, true)]
    [InlineData("10.1.0.0/16:25,587", "10.1.2.3", 465, false)]
    [InlineData("10.1.0.0/16:8000-8100", "10.1.2.3", 7999, false)]
    [InlineData("10.1.0.0/16:8000-8100", "10.1.2.3", 8000, true)]
    [InlineData("10.1.0.0/16:8000-8100", "10.1.2.3", 8100, true)]
    [InlineData("10.1.0.0/16:8000-8100", "10.1.2.3", 8101, false)]
    [InlineData("10.1.0.0/16:25,8000-8100", "10.1.2.3", 8050, true)]
    [InlineData("fd00::/8", "fdff:ffff::1", 443, true)]
    [InlineData("fd00::/8", "fe00::1", 443, false)]
    [InlineData("[fd00::/8]:443", "fd12::1", 443, true)]
    [InlineData("[fd00::/8]:443", "fd12::1", 80, false)]
    [InlineData("[fd00::/8]", "fd12::1", 80, true)]
    [InlineData("fd00::5", "fd00::5", 80, true)]
    [InlineData("fd00::5", "fd00::6", 80, false)]
    [InlineData("::ffff:10.0.0.0/104", "10.9.9.9", 80, true)]
    [InlineData("0.0.0.0/0", "fd00::5", 80, false)]
    public void Contains_Address_IsExact(string network, string address, int port, bool expected) =>
        Assert.Equal(expected, AllowedNetwork.Parse(network).Contains(IPAddress.Parse(address), port));

    [Theory]
    [InlineData("")]
    [InlineData("intranet")]
    [InlineData("10.1/16")]
    [InlineData("010.0.0.0/8")]
    [InlineData("0x0a.0.0.0/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/8:")]
    [InlineData("10.0.0.0/8:0")]
    [InlineData("10.0.0.0/8:65536")]
    [InlineData("10.0.0.0/8:25,")]
    [InlineData("10.0.0.0/8:90-80")]
    [InlineData("10.0.0.0/8: 25")]
    [InlineData("fd00::/8:443")]
    [InlineData("fd00::/129")]
    [InlineData("[fd00::/8")]
    [InlineData("[fd00::/8]443")]
    [InlineData("[10.0.0.0/8]:443")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[]:443")]
    [InlineData("::/0:80")]
    [InlineData("::ffff:0:0/90")]
    public void Parse_Malformed_IsRefused(string text) => Assert.Throws<FormatException>(() => AllowedNetwork.Parse(text));

    [Fact]
    public void Parse_BitsBeyondThePrefix_SaysWhatWasMeant()
    {
        var failure = Assert.Throws<FormatException>(() => AllowedNetwork.Parse("10.0.0.1/8"));
        Assert.Contains("10.0.0.0/8", failure.Message, StringComparison.Ordinal);
    }
}
