using Vaka.Plugins.Host.Network.Addresses;

namespace Vaka.Plugins.Host.Tests.Network.Addresses;

public class HostNameTests
{
    [Theory]
    [InlineData("mail.example.com", "mail.example.com")]
    [InlineData("Mail.Example.COM", "mail.example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("db_1.internal", "db_1.internal")]
    [InlineData("1and1.com", "1and1.com")]
    [InlineData("8.8.8.8.example.com", "8.8.8.8.example.com")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("[::ffff:127.0.0.1]", "::ffff:127.0.0.1")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah")]
    public void Parse_Plain_IsCanonical(string text, string expected) => Assert.Equal(expected, HostName.Parse(text).Text);

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("example.com", false)]
    public void Parse_KnowsAddressesFromNames(string text, bool isAddress) =>
        Assert.Equal(isAddress, HostName.Parse(text).Address is not null);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("127.1")]
    [InlineData("0")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0X7F000001")]
    [InlineData("0x")]
    [InlineData("0177.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("127.0.0.0x1")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.0.0.1..")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("example.1")]
    [InlineData("example.com.")]
    [InlineData(".example.com")]
    [InlineData("a..b")]
    [InlineData("-a.example")]
    [InlineData("a-.example")]
    [InlineData("１２７.0.0.1")]
    [InlineData("127。0。0。1")]
    [InlineData("127．0．0．1")]
    [InlineData("①②⑦.0.0.1")]
    [InlineData("𝟏𝟐𝟕.0.0.1")]
    [InlineData("ｅxample.com")]
    [InlineData("ﬁ.example")]
    [InlineData("exa\u00admple.com")]
    [InlineData("exa\u200bmple.com")]
    [InlineData("user@example.com")]
    [InlineData("user:password@example.com")]
    [InlineData("example.com:443")]
    [InlineData("https://example.com")]
    [InlineData("example.com/path")]
    [InlineData("example.com\\evil")]
    [InlineData("exa mple.com")]
    [InlineData("example.com\n")]
    [InlineData("example.com\0")]
    [InlineData("%31%32%37.0.0.1")]
    [InlineData("[::1")]
    [InlineData("[::1]:80")]
    [InlineData("[::1].")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[fe80::1%25eth0]")]
    [InlineData("::1/64")]
    [InlineData("1:2")]
    public void Parse_AmbiguousOrMalformed_IsRefused(string? text)
    {
        var failure = Assert.Throws<IntegrationException>(() => HostName.Parse(text));
        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.DoesNotContain("password", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TooLong_IsRefused()
    {
        Assert.Throws<IntegrationException>(() => HostName.Parse($"{new string('a', 64)}.example"));
        Assert.Throws<IntegrationException>(() => HostName.Parse(string.Concat(Enumerable.Repeat("abcdefgh.", 30)) + "example"));
    }
}
