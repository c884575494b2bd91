using System.Text;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.Sso.Tests.Saml.Peers;

/// <summary>Whole logins through both identity providers, in every shape that they can answer in.</summary>
[Collection(SamlPeerCollection.Name)]
public sealed class LoginTests(SamlPeerFixture peers)
{
    private const string Gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
    private const string Cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
    private const string SmallCbc = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";

    public static TheoryData<string, string, string?> Shapes
    {
        get
        {
            var shapes = new TheoryData<string, string, string?>();
            foreach (var kind in (string[])[SamlPeerFixture.Samlp, SamlPeerFixture.SimpleSamlPhp])
            {
                foreach (var sign in (string[])["assertion", "response", "both"])
                {
                    foreach (var encryption in (string?[])(kind == SamlPeerFixture.Samlp ? [null, Gcm, Cbc] : [null, SmallCbc])) shapes.Add(kind, sign, encryption);
                }
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Login_OfAShape_SaysWhoItIs(string kind, string sign, string? encryption)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = new SamlIntegration(SamlIntegration.ConfigOf(peer) with { RequireEncryption = encryption is not null });
        await integration.RegisterAsync(peer, sp => sp with { Sign = sign, Encryption = encryption }, encrypted: encryption is not null);

        var (arrived, pending) = await ArriveAsync(integration);
        var login = await integration.CompleteLoginAsync(arrived, pending);

        Assert.Equal(encryption is not null, Xml(arrived).Contains(encryption ?? "EncryptedAssertion", StringComparison.Ordinal));
        Assert.Equal(peer.EntityId, login.Issuer);
        Assert.Equal("alice@acme.test", login.Subject);
        Assert.Equal("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", login.SubjectFormat);
        Assert.Equal(["Alice Åström"], Claim(login, "displayName"));
        Assert.Equal(["eng", "admins"], Claim(login, "groups"));
        Assert.NotEmpty(login.Session.Index!);
        integration.Test.Log.AssertNever("alice@acme.test", "PRIVATE KEY");
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Login_AwkwardName_ArrivesAsItIs(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = await IntegrationAsync(peer);

        var (arrived, pending) = await ArriveAsync(integration, "bob", "bob-pw");
        var login = await integration.CompleteLoginAsync(arrived, pending);

        Assert.Equal("bob@acme.test", login.Subject);
        Assert.Equal(["Bob & <Co>"], Claim(login, "displayName"));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Login_Unsigned_IsRefused(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = await IntegrationAsync(peer, sp => sp with { Sign = "none" });
        var (arrived, pending) = await ArriveAsync(integration);

        await RefusedAsync("signature", () => integration.CompleteLoginAsync(arrived, pending));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Login_UnsignedAndEncrypted_IsRefused(string kind)
    {
        // Anybody can encrypt to us.
        var peer = await peers.GetAsync(kind);
        await using var integration = new SamlIntegration(SamlIntegration.ConfigOf(peer));
        await integration.RegisterAsync(peer, sp => sp with { Sign = "none" }, encrypted: true);
        var (arrived, pending) = await ArriveAsync(integration);

        await RefusedAsync("signature", () => integration.CompleteLoginAsync(arrived, pending));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Login_NotEncryptedWhereDemanded_IsRefused(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = await IntegrationAsync(peer);
        await integration.ChangeAsync(config => config with { RequireEncryption = true });
        var (arrived, pending) = await ArriveAsync(integration);

        await RefusedAsync("encryption", () => integration.CompleteLoginAsync(arrived, pending));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Login_Sha1_IsRefusedUnlessAllowed(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = await IntegrationAsync(peer, sp => sp with { Sha1 = true });
        var (arrived, pending) = await ArriveAsync(integration);

        await RefusedAsync("signature_profile", () => integration.CompleteLoginAsync(arrived, pending));
        await integration.ChangeAsync(config => config with { AllowSha1 = true });
        Assert.Equal("alice@acme.test", (await integration.CompleteLoginAsync(arrived, pending)).Subject);
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Login_BegunThere_IsTakenOnlyWhereAllowed(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = await IntegrationAsync(peer);
        using var browser = new ScriptedBrowser();
        var arrived = await browser.LoginAsync(peer.IdpInitiatedUrl(integration.Addresses.Metadata), integration.Addresses.Acs);

        await RefusedAsync("in_response_to", () => integration.CompleteLoginAsync(arrived, null));
        await integration.ChangeAsync(config => config with { AllowIdpInitiated = true });
        Assert.Equal("alice@acme.test", (await integration.CompleteLoginAsync(arrived, null)).Subject);
        await RefusedAsync("replay", () => integration.CompleteLoginAsync(arrived, null));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Login_AnswerToAnotherBrowser_IsRefusedAndToThisOneCountsOnce(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = await IntegrationAsync(peer);
        var (arrived, pending) = await ArriveAsync(integration);
        var another = (await integration.BeginLoginAsync()).Pending;

        await RefusedAsync("in_response_to", () => integration.CompleteLoginAsync(arrived, another));
        await RefusedAsync("in_response_to", () => integration.CompleteLoginAsync(arrived, null));
        Assert.Equal("alice@acme.test", (await integration.CompleteLoginAsync(arrived, pending)).Subject);
        await RefusedAsync("replay", () => integration.CompleteLoginAsync(arrived, pending));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Login_OfAnothersIdentityProvider_IsRefused(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = await IntegrationAsync(peer);
        var (arrived, pending) = await ArriveAsync(integration);
        var other = await peers.GetAsync(kind == SamlPeerFixture.Samlp ? SamlPeerFixture.SimpleSamlPhp : SamlPeerFixture.Samlp);
        await using var elsewhere = new SamlIntegration(SamlIntegration.ConfigOf(other));

        await RefusedAsync("issuer", "signature_key", () => elsewhere.CompleteLoginAsync(arrived, pending));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task KeysOfTheIdentityProvider_Change_NobodyIsLockedOut(string kind)
    {
        await using var peer = await SamlPeerFixture.StartAsync(kind);
        await using var integration = await IntegrationAsync(peer);
        await LoginAsync(integration);

        // Announced, then read by the probe, then used.
        peer.AnnounceNextKey();
        Assert.Equal(HealthStatus.Healthy, (await integration.ProbeAsync()).Status);
        peer.UseAnnouncedKey();
        await integration.Test.DropResourcesAsync();
        await LoginAsync(integration);

        // Not announced at all: one look at the metadata finds it.
        peer.AnnounceNextKey();
        peer.UseAnnouncedKey();
        await LoginAsync(integration);
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task OurKeys_Change_NobodyIsLockedOut(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = new SamlIntegration(SamlIntegration.ConfigOf(peer));
        await integration.RegisterAsync(peer, encrypted: true);
        await LoginAsync(integration);

        // Announced: the identity provider may already encrypt to the next key, and still verifies the old one.
        await integration.ChangeAsync(config => config with { AnnounceNextKey = true });
        var metadata = await integration.MetadataAsync();
        var (signing, encryption) = (metadata.Certificates("signing"), metadata.Certificates("encryption"));
        await integration.RegisterAsync(peer, sp => sp with { EncryptionCertificate = encryption[1] }, encrypted: true);
        await LoginAsync(integration);

        // Raised: the identity provider verifies the new key, and may still encrypt to the old one.
        await integration.ChangeAsync(config => config with { AnnounceNextKey = false, KeyNumber = 2 });
        Assert.Equal([signing[1]], (await integration.MetadataAsync()).Certificates("signing"));
        await integration.RegisterAsync(peer, sp => sp with { EncryptionCertificate = encryption[0] }, encrypted: true);
        await LoginAsync(integration);
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task Probe_OfARealIdentityProvider_IsHealthy(string kind)
    {
        var peer = await peers.GetAsync(kind);
        await using var integration = await IntegrationAsync(peer);

        var result = await integration.ProbeAsync();

        Assert.Equal((HealthStatus.Healthy, true), (result.Status, integration.Test.Steps.All(step => step.Ok)));
    }

    private static async Task<SamlIntegration> IntegrationAsync(SamlPeer peer, Func<ServiceProvider, ServiceProvider>? change = null)
    {
        var integration = new SamlIntegration(SamlIntegration.ConfigOf(peer));
        await integration.RegisterAsync(peer, change);
        return integration;
    }

    private static async Task<(ArrivedForm Arrived, string Pending)> ArriveAsync(SamlIntegration integration, string user = "alice", string password = "alice-pw")
    {
        var begun = await integration.BeginLoginAsync();
        using var browser = new ScriptedBrowser();
        return (await browser.LoginAsync(begun.Request.Url, integration.Addresses.Acs, user, password, begun.Request.Fields), begun.Pending);
    }

    private static async Task LoginAsync(SamlIntegration integration)
    {
        var (arrived, pending) = await ArriveAsync(integration);
        Assert.Equal("alice@acme.test", (await integration.CompleteLoginAsync(arrived, pending)).Subject);
    }

    // samlp names attributes by a URI of its own, SimpleSAMLphp plainly.
    private static IReadOnlyList<string> Claim(CompleteLoginOutput login, string name) =>
        login.Claims.Single(claim => claim.Key == name || claim.Key.EndsWith($"/{name}", StringComparison.Ordinal)).Value;

    private static string Xml(ArrivedForm arrived) => Encoding.UTF8.GetString(Convert.FromBase64String(arrived.Fields["SAMLResponse"]));

    private static Task RefusedAsync(string check, Func<Task> action) => RefusedAsync(check, check, action);

    private static async Task RefusedAsync(string check, string orCheck, Func<Task> action)
    {
        var refusal = await Assert.ThrowsAsync<IntegrationException>(action);
        Assert.Equal(FailureKind.Rejected, refusal.Kind);
        Assert.True(refusal.Message.Contains($"({check})") || refusal.Message.Contains($"({orCheck})"), refusal.Message);
    }
}
