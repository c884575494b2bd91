using System.Text.Json.Nodes;
using Xunit;

namespace Vaka.Plugins.Vendors.IdentityProviders;

/// <summary>Starts the real identity providers of tests/peers/sso. Where one is not installed, the test is skipped and says so.</summary>
public static class IdentityProviderPeers
{
    private const string SimpleSamlPhp = "/usr/share/simplesamlphp/www/_include.php";
    private const string Php = "/usr/bin/php";

    private static string Scripts => Path.Combine(AppContext.BaseDirectory, "identity-providers");

    /// <summary>npm's samlp: signs with xml-crypto, encrypts with AES-256-GCM.</summary>
    public static async Task<SamlPeer> StartSamlpAsync()
    {
        var command = Node("saml-idp.mjs", "samlp", out var environment);
        return new SamlPeer(
            await PeerProcess.StartAsync(SamlPeer.Prepare, command, environment),
            new SamlPeerAddresses("/metadata", "/sso", "/slo", "/idp-initiated?sp=", "/slo"));
    }

    /// <summary>Debian's SimpleSAMLphp: signs with xmlseclibs and keeps line breaks inside what it signs, encrypts with AES-128-CBC.</summary>
    public static async Task<SamlPeer> StartSimpleSamlPhpAsync()
    {
        Assert.SkipUnless(File.Exists(SimpleSamlPhp) && File.Exists(Php), "SimpleSAMLphp is not installed here (tests/peers/install.sh installs it)");
        return new SamlPeer(
            await PeerProcess.StartAsync(SamlPeer.Prepare, ["sh", Path.Combine(Scripts, "simplesamlphp", "serve.sh")]),
            new SamlPeerAddresses(
                "/saml2/idp/metadata.php", "/saml2/idp/SSOService.php", "/saml2/idp/SingleLogoutService.php",
                "/saml2/idp/SSOService.php?spentityid=", "/saml2/idp/initSLO.php?RelayState=/healthz"));
    }

    /// <summary>npm's oidc-provider.</summary>
    /// <param name="clients">Its clients, in the form of dynamic client registration: <c>client_id</c>, <c>redirect_uris</c> …</param>
    /// <param name="claimsInIdToken">Whether the claims of scopes are in the ID token too, and not in userinfo only.</param>
    public static async Task<OpenIdPeer> StartOpenIdProviderAsync(JsonArray clients, bool claimsInIdToken = false)
    {
        var command = Node("openid-provider.mjs", "oidc-provider", out var environment);
        return new OpenIdPeer(await PeerProcess.StartAsync(
            directory => File.WriteAllText(Path.Combine(directory, "clients.json"), clients.ToJsonString()),
            command,
            [.. environment, ("CONFORM", claimsInIdToken ? "0" : "1")]));
    }

    private static string[] Node(string script, string package, out (string Name, string Value)[] environment)
    {
        var modules = Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(modules ?? "", package)), $"identity provider: VAKA_TEST_NODE_MODULES does not hold {package}");
        environment = [("NODE_PACKAGES", modules!)]; // it holds the package
        return ["node", Path.Combine(Scripts, script)];
    }
}
