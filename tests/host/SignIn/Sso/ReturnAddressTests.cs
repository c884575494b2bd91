using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Tests.SignIn.Sso;

public sealed class ReturnAddressTests
{
    private static readonly string[] Allowed = ["https://app.example.com/in", "https://wide.example.com/*", "http://127.0.0.1:8080/a?b=c", "https://*", "/*"];

    [Theory]
    [InlineData("https://app.example.com/in")]
    [InlineData("https://APP.example.com/in")]
    [InlineData("https://app.example.com:443/in")]
    [InlineData("https://wide.example.com")]
    [InlineData("https://wide.example.com/")]
    [InlineData("https://wide.example.com/a/b?c=d")]
    [InlineData("http://127.0.0.1:8080/a?b=c")]
    public void Find_AllowedAddress_IsFound(string address) => Assert.NotNull(ReturnAddress.Find(address, Allowed));

    [Theory]
    [InlineData("")]
    [InlineData("/in")]
    [InlineData("//app.example.com/in")]
    [InlineData("https:/app.example.com/in")]
    [InlineData("https:app.example.com/in")]
    [InlineData("http://app.example.com/in")]
    [InlineData("https://app.example.com/In")]
    [InlineData("https://app.example.com/in/")]
    [InlineData("https://app.example.com/in?x")]
    [InlineData("https://app.example.com/in#x")]
    [InlineData("https://app.example.com:444/in")]
    [InlineData("https://evil.example/https://app.example.com/in")]
    [InlineData("https://wide.example.com.evil.example/")]
    [InlineData("https://wide.example.com@evil.example/")]
    [InlineData("https://user@wide.example.com/")]
    [InlineData("https://wide.example.com\\@evil.example/")]
    [InlineData("https://wide.example.com/\\evil")]
    [InlineData("https://wide.example.com/%5cevil")]
    [InlineData("https://wide.example.com/a/../b")]
    [InlineData("https://wide.example.com/a/%2e%2e/b")]
    [InlineData("https://wide.example.com/a%2fb")]
    [InlineData("https://wide.example.com/ a")]
    [InlineData("https://wide.example.com/a\nb")]
    [InlineData("javascript://wide.example.com/%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("ftp://wide.example.com/")]
    [InlineData("https://evil.example/")]
    public void Find_AnyOtherAddress_IsNot(string address) => Assert.Null(ReturnAddress.Find(address, Allowed));

    [Fact]
    public void Find_TooLong_IsNot() => Assert.Null(ReturnAddress.Find("https://wide.example.com/" + new string('a', ReturnAddress.Longest), Allowed));
}
