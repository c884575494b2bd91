using System.Text.Json.Nodes;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.Sso.Tests;

public sealed class OpenIdPeerTests
{
    [Fact]
    public async Task Login_OfAClient_EndsWithACode()
    {
        await using var peer = await IdentityProviderPeers.StartOpenIdProviderAsync(
        [
            new JsonObject
            {
                ["client_id"] = "acme", ["client_secret"] = "a-secret-of-the-tests-0123456789abcdef", ["redirect_uris"] = new JsonArray("http://127.0.0.1:7100/callback"),
                ["response_types"] = new JsonArray("code"), ["scope"] = "openid email",
            },
        ]);
        using var browser = new ScriptedBrowser();

        var arrived = await browser.LoginAsync(
            $"{peer.Issuer}/auth?client_id=acme&response_type=code&scope=openid&redirect_uri=http%3A%2F%2F127.0.0.1%3A7100%2Fcallback&state=s1"
                + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
            "http://127.0.0.1:7100/callback");

        Assert.False(arrived.IsPost);
        Assert.Equal("s1", arrived.Fields["state"]);
        Assert.Equal(peer.Issuer, arrived.Fields["iss"]);
        Assert.NotEmpty(arrived.Fields["code"]);
    }
}
