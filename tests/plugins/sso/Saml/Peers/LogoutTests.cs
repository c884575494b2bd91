using System.Net;
using System.Text;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.Sso.Tests.Saml.Peers;

/// <summary>Signing out in both directions and by both bindings, and what becomes of a message on the way.</summary>
[Collection(SamlPeerCollection.Name)]
public sealed class LogoutTests(SamlPeerFixture peers)
{
    public static TheoryData<string, SamlBinding> KindsAndBindings => new()
    {
        { SamlPeerFixture.Samlp, SamlBinding.Redirect },
        { SamlPeerFixture.Samlp, SamlBinding.Post },
        { SamlPeerFixture.SimpleSamlPhp, SamlBinding.Redirect },
        { SamlPeerFixture.SimpleSamlPhp, SamlBinding.Post },
    };

    [Theory]
    [MemberData(nameof(KindsAndBindings))]
    public async Task BeginLogout_SignedIn_EndsThereAndIsConfirmed(string kind, SamlBinding binding)
    {
        await using var session = await SessionAsync(kind, binding);
        var begun = await session.Integration.BeginLogoutAsync(session.Login.LogoutState);

        var arrived = await session.Browser.LoginAsync(begun.Request!.Url, session.Integration.Addresses.Slo, fields: begun.Request.Fields);
        var output = await session.Integration.CompleteLogoutAsync(arrived, begun.Pending);

        Assert.Equal(binding == SamlBinding.Post, begun.Request.Fields.Count > 0);
        Assert.Equal(binding == SamlBinding.Post, arrived.IsPost);
        Assert.True(output.IsComplete);
        Assert.Null(output.Ended);
        Assert.Null(output.Reply);
        Assert.True(await AsksForPasswordAsync(session));
    }

    [Theory]
    [MemberData(nameof(KindsAndBindings))]
    public async Task CompleteLogout_BegunThere_NamesTheSessionAndIsAnswered(string kind, SamlBinding binding)
    {
        await using var session = await SessionAsync(kind, binding);

        var arrived = await session.Browser.LoginAsync(session.Peer.LogoutEverywhereUrl, session.Integration.Addresses.Slo);
        var output = await session.Integration.CompleteLogoutAsync(arrived);

        Assert.Equal(binding == SamlBinding.Post, arrived.IsPost);
        Assert.Equal(session.Peer.EntityId, output.Ended!.Issuer);
        Assert.Equal("alice@acme.test", output.Ended.Subject);
        Assert.Equal([session.Login.Session.Index!], output.Ended.Indexes);
        var page = await session.Browser.OpenAsync(output.Reply!.Url, output.Reply.Fields);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.True(await AsksForPasswordAsync(session));
    }

    [Theory]
    [MemberData(nameof(KindsAndBindings))]
    public async Task CompleteLogout_Again_IsRefusedAsReplay(string kind, SamlBinding binding)
    {
        await using var session = await SessionAsync(kind, binding);
        var arrived = await session.Browser.LoginAsync(session.Peer.LogoutEverywhereUrl, session.Integration.Addresses.Slo);
        await session.Integration.CompleteLogoutAsync(arrived);

        await RefusedAsync("replay", () => session.Integration.CompleteLogoutAsync(arrived));
    }

    [Theory]
    [MemberData(nameof(KindsAndBindings))]
    public async Task CompleteLogout_SignedByNobodyKnown_IsRefused(string kind, SamlBinding binding)
    {
        await using var session = await SessionAsync(kind, binding);
        var arrived = await session.Browser.LoginAsync(session.Peer.LogoutEverywhereUrl, session.Integration.Addresses.Slo);
        var other = await peers.GetAsync(kind == SamlPeerFixture.Samlp ? SamlPeerFixture.SimpleSamlPhp : SamlPeerFixture.Samlp);
        await session.Integration.ChangeAsync(config => config with { IdpCertificates = other.Certificate });

        await RefusedAsync("signature_key", () => session.Integration.CompleteLogoutAsync(arrived));
    }

    [Fact]
    public async Task CompleteLogout_PostedAndChanged_IsRefused()
    {
        await using var session = await SessionAsync(SamlPeerFixture.SimpleSamlPhp, SamlBinding.Post);
        var arrived = await session.Browser.LoginAsync(session.Peer.LogoutEverywhereUrl, session.Integration.Addresses.Slo);
        var xml = Encoding.UTF8.GetString(Convert.FromBase64String(arrived.Fields["SAMLRequest"]));

        await RefusedAsync("digest", () => session.Integration.CompleteLogoutAsync(WithMessage(xml.Replace("alice@", "bob@"))));
        await RefusedAsync("signature", () => session.Integration.CompleteLogoutAsync(WithMessage(WithoutSignature(xml))));

        ArrivedForm WithMessage(string changed) =>
            arrived with { Fields = new Dictionary<string, string> { ["SAMLRequest"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(changed)) } };
    }

    // CVE-2025-27773: the signature is over one message, and another one of the same query is read.
    [Theory]
    [InlineData("signature_key", "&RelayState=", "&RelayState=other")]
    [InlineData("signature", "&Signature=", "&Other=")]
    [InlineData("signature", "&SigAlg=", "&SAMLRequest=abc&SigAlg=")]
    [InlineData("signature", "&SigAlg=", "&SAMLResponse=abc&SigAlg=")]
    [InlineData("signature", "&SigAlg=", "&%53AMLRequest=abc&SigAlg=")]
    [InlineData("signature", "&SigAlg=", "&samlresponse=abc&SigAlg=")]
    [InlineData("signature", "&SigAlg=", "&RelayState=twice&SigAlg=")]
    [InlineData("signature", "&SigAlg=", "&SAMLEncoding=plain&SigAlg=")]
    [InlineData("signature_profile", "rsa-sha256", "rsa-sha1")]
    [InlineData("signature_profile", "rsa-sha256", "hmac-sha256")]
    [InlineData("signature_key", "rsa-sha256", "rsa-sha512")]
    [InlineData("signature_key", "rsa-sha256", "ecdsa-sha256")]
    public async Task CompleteLogout_QueryTamperedWith_IsRefused(string check, string piece, string instead)
    {
        await using var session = await SessionAsync(SamlPeerFixture.SimpleSamlPhp, SamlBinding.Redirect);
        var arrived = await session.Browser.LoginAsync(session.Peer.LogoutEverywhereUrl, session.Integration.Addresses.Slo);
        Assert.Contains(piece, arrived.RawQuery);

        await RefusedAsync(check, () => session.Integration.CompleteLogoutAsync(arrived with { RawQuery = arrived.RawQuery.Replace(piece, instead) }));

        // What arrives is not used up by what was tampered with, and the order of the pieces does not matter: the signed order is fixed.
        var shuffled = string.Join('&', arrived.RawQuery.Split('&').Reverse());
        Assert.NotNull((await session.Integration.CompleteLogoutAsync(arrived with { RawQuery = shuffled })).Ended);
    }

    [Fact]
    public async Task CompleteLogout_MeantForAnother_IsRefused()
    {
        await using var session = await SessionAsync(SamlPeerFixture.Samlp, SamlBinding.Redirect);
        var arrived = await session.Browser.LoginAsync(session.Peer.LogoutEverywhereUrl, session.Integration.Addresses.Slo);

        var elsewhere = new CompleteLogoutInput
        {
            Addresses = session.Integration.Addresses with { Slo = "http://127.0.0.1:7100/sso/other/slo" }, Message = SamlIntegration.MessageOf(arrived),
        };

        await RefusedAsync("destination", () => SignInProtocol.Of(session.Integration.Config).CompleteLogoutAsync(
            elsewhere, session.Integration.Config, session.Integration.Test.Create(), CancellationToken.None));
    }

    [Fact]
    public async Task CompleteLogout_AnswerToNothingOfThisBrowser_IsRefused()
    {
        await using var session = await SessionAsync(SamlPeerFixture.Samlp, SamlBinding.Redirect);
        var begun = await session.Integration.BeginLogoutAsync(session.Login.LogoutState);
        var another = await session.Integration.BeginLogoutAsync(session.Login.LogoutState);
        var arrived = await session.Browser.LoginAsync(begun.Request!.Url, session.Integration.Addresses.Slo);

        await RefusedAsync("in_response_to", () => session.Integration.CompleteLogoutAsync(arrived));
        await RefusedAsync("in_response_to", () => session.Integration.CompleteLogoutAsync(arrived, another.Pending));
        await RefusedAsync("in_response_to", () => session.Integration.CompleteLogoutAsync(arrived, "not what was pending"));
        Assert.True((await session.Integration.CompleteLogoutAsync(arrived, begun.Pending)).IsComplete);
    }

    [Fact]
    public async Task CompleteLogout_FromAnotherIssuer_IsRefused()
    {
        await using var session = await SessionAsync(SamlPeerFixture.Samlp, SamlBinding.Redirect);
        var arrived = await session.Browser.LoginAsync(session.Peer.LogoutEverywhereUrl, session.Integration.Addresses.Slo);
        await session.Integration.ChangeAsync(config => new SsoConfig
        {
            Protocol = SsoProtocol.Saml, IdpEntityId = "https://another.test", IdpSsoUrl = session.Peer.SsoUrl, IdpCertificates = session.Peer.Certificate,
        });

        await RefusedAsync("issuer", () => session.Integration.CompleteLogoutAsync(arrived));
    }

    [Theory]
    [MemberData(nameof(SamlPeerFixture.Kinds), MemberType = typeof(SamlPeerFixture))]
    public async Task CompleteLogout_SignedByANewKeyOfTheMetadata_IsTakenAfterOneLook(string kind)
    {
        // A peer of its own: its key changes.
        await using var peer = await SamlPeerFixture.StartAsync(kind);
        await using var session = await SessionAsync(peer, SamlBinding.Redirect);
        peer.AnnounceNextKey();
        peer.UseAnnouncedKey();

        var arrived = await session.Browser.LoginAsync(peer.LogoutEverywhereUrl, session.Integration.Addresses.Slo);

        Assert.NotNull((await session.Integration.CompleteLogoutAsync(arrived)).Ended);
    }

    [Fact]
    public async Task BeginLogout_NoLogoutThere_EndsHere()
    {
        await using var session = await SessionAsync(SamlPeerFixture.Samlp, SamlBinding.Redirect);
        await session.Integration.ChangeAsync(config => new SsoConfig
        {
            Protocol = SsoProtocol.Saml, IdpEntityId = session.Peer.EntityId, IdpSsoUrl = session.Peer.SsoUrl, IdpCertificates = session.Peer.Certificate,
        });

        var begun = await session.Integration.BeginLogoutAsync(session.Login.LogoutState);

        Assert.Null(begun.Request);
        Assert.Null(begun.Pending);
    }

    private static async Task RefusedAsync(string check, Func<Task> action)
    {
        var refusal = await Assert.ThrowsAsync<IntegrationException>(action);
        Assert.Equal(FailureKind.Rejected, refusal.Kind);
        Assert.Contains($"({check})", refusal.Message);
    }

    private static string WithoutSignature(string xml) =>
        xml[..xml.IndexOf("<ds:Signature ", StringComparison.Ordinal)] + xml[(xml.IndexOf("</ds:Signature>", StringComparison.Ordinal) + "</ds:Signature>".Length)..];

    private static async Task<bool> AsksForPasswordAsync(SignedInSession session)
    {
        var begun = await session.Integration.BeginLoginAsync();
        var page = await session.Browser.OpenAsync(begun.Request.Url, begun.Request.Fields, session.Integration.Addresses.Acs);
        return page.Html.Contains("password", StringComparison.Ordinal);
    }

    private async Task<SignedInSession> SessionAsync(string kind, SamlBinding binding) => await SessionAsync(await peers.GetAsync(kind), binding);

    private static async Task<SignedInSession> SessionAsync(SamlPeer peer, SamlBinding binding)
    {
        var integration = new SamlIntegration(SamlIntegration.ConfigOf(peer) with { RequestBinding = binding });
        await integration.RegisterAsync(peer, sp => sp with { LogoutByPost = binding == SamlBinding.Post });
        var begun = await integration.BeginLoginAsync();
        var browser = new ScriptedBrowser();
        var arrived = await browser.LoginAsync(begun.Request.Url, integration.Addresses.Acs, fields: begun.Request.Fields);
        return new SignedInSession(peer, integration, browser, await integration.CompleteLoginAsync(arrived, begun.Pending));
    }

    private sealed record SignedInSession(SamlPeer Peer, SamlIntegration Integration, ScriptedBrowser Browser, CompleteLoginOutput Login) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            await Integration.DisposeAsync();
        }
    }
}
