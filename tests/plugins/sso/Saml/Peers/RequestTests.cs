using System.IO.Compression;
using System.Text;
using System.Web;
using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.Sso.Tests.Saml.Peers;

/// <summary>Our requests, as both identity providers understand them: each verifies the signature by its own means.</summary>
[Collection(SamlPeerCollection.Name)]
public sealed class RequestTests(SamlPeerFixture peers)
{
    [Theory]
    [InlineData(SamlPeerFixture.Samlp, SamlBinding.Redirect)]
    [InlineData(SamlPeerFixture.Samlp, SamlBinding.Post)]
    [InlineData(SamlPeerFixture.SimpleSamlPhp, SamlBinding.Redirect)]
    [InlineData(SamlPeerFixture.SimpleSamlPhp, SamlBinding.Post)]
    public async Task BeginLogin_SignedRequest_LeadsToAnAnswerWithItsId(string kind, SamlBinding binding)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = new SamlIntegration(SamlIntegration.ConfigOf(peer) with { RequestBinding = binding });
        await integration.RegisterAsync(peer);

        var (arrived, begun) = await LoginAsync(integration);

        Assert.Equal(binding == SamlBinding.Post, begun.Request.Fields.Count > 0);
        Assert.Equal(SamlIntegration.Handle, arrived.Fields["RelayState"]);
        Assert.Equal(IdOf(begun), Response(arrived).GetAttribute("InResponseTo"));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task BeginLogin_SignedByAnotherKey_IsRefusedThere(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = new SamlIntegration(SamlIntegration.ConfigOf(peer));
        await integration.RegisterAsync(peer);
        await integration.ChangeAsync(config => config with { KeyNumber = 2 });

        await Assert.ThrowsAsync<InvalidOperationException>(() => LoginAsync(integration));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task BeginLogin_ForceAuthn_IsAskedForAndCarriedByAHint(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = new SamlIntegration(SamlIntegration.ConfigOf(peer) with
        {
            NameIdFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            AuthenticationContexts = ["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"],
        });
        await integration.RegisterAsync(peer);

        var begun = await integration.BeginLoginAsync(forceAuthn: true, hint: "alice+1@acme.test");

        var query = HttpUtility.ParseQueryString(new Uri(begun.Request.Url).Query);
        Assert.Equal("alice+1@acme.test", query["login_hint"]);
        var request = Inflate(query["SAMLRequest"]!);
        Assert.Equal("true", request.GetAttribute("ForceAuthn"));
        Assert.Equal(peer.SsoUrl, request.GetAttribute("Destination"));
        Assert.Equal(
            ["Issuer", "NameIDPolicy", "RequestedAuthnContext"], request.ChildNodes.OfType<XmlElement>().Select(child => child.LocalName));
        using var browser = new ScriptedBrowser();
        Assert.NotNull(await browser.LoginAsync(begun.Request.Url, integration.Addresses.Acs));
    }

    private static async Task<(ArrivedForm Arrived, BeginLoginOutput Begun)> LoginAsync(SamlIntegration integration)
    {
        var begun = await integration.BeginLoginAsync();
        using var browser = new ScriptedBrowser();
        return (await browser.LoginAsync(begun.Request.Url, integration.Addresses.Acs, fields: begun.Request.Fields), begun);
    }

    private static string IdOf(BeginLoginOutput begun) =>
        System.Text.Json.JsonDocument.Parse(begun.Pending).RootElement.GetProperty("id").GetString()!; // every pending request has one

    private static XmlElement Response(ArrivedForm arrived) => Parse(Convert.FromBase64String(arrived.Fields["SAMLResponse"]));

    private static XmlElement Inflate(string base64)
    {
        using var inflate = new DeflateStream(new MemoryStream(Convert.FromBase64String(base64)), CompressionMode.Decompress);
        using var octets = new MemoryStream();
        inflate.CopyTo(octets);
        return Parse(octets.ToArray());
    }

    private static XmlElement Parse(byte[] utf8)
    {
        var document = new XmlDocument();
        document.LoadXml(Encoding.UTF8.GetString(utf8));
        return document.DocumentElement!; // a document that was parsed has one
    }
}
