using Vaka.Plugins.Host.SignIn.Sso.Domains;

namespace Vaka.Plugins.Host.Tests.SignIn.Sso.Domains;

public sealed class EmailDomainTests
{
    [Theory]
    [InlineData("alice@acme.example", "acme.example")]
    [InlineData("Alice@ACME.Example ", "acme.example")]
    [InlineData("\"a@b\"@acme.example", "acme.example")]
    [InlineData("alice@bücher.example", "xn--bcher-kva.example")]
    [InlineData("alice", null)]
    [InlineData("@acme.example", null)]
    [InlineData("alice@", null)]
    [InlineData("alice@localhost", null)]
    [InlineData("alice@acme..example", null)]
    [InlineData("alice@acme.example/x", null)]
    [InlineData("alice@acme.example:443", null)]
    [InlineData("alice@127.0.0.1", null)]
    [InlineData("alice@[::1]", null)]
    [InlineData("alice@a b.example", null)]
    public void Of_Address_IsItsDomain(string email, string? domain) => Assert.Equal(domain, EmailDomain.Of(email));
}
