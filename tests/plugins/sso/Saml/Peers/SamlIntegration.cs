using System.Security.Cryptography;
using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.Sso.Tests.Saml.Peers;

/// <summary>One SAML integration, used as the host uses it: through its actions' protocol, with real time.</summary>
internal sealed class SamlIntegration(SsoConfig config) : IAsyncDisposable
{
    public const string Handle = "handle-0123456789abcdef";

    public ProviderTestContext Test { get; } = new(new SsoProvider(), TimeProvider.System);

    public SsoConfig Config { get; private set; } = config;

    public SsoAddresses Addresses { get; } = new()
    {
        Metadata = "http://127.0.0.1:7100/sso/acme/metadata",
        Acs = "http://127.0.0.1:7100/sso/acme/acs",
        Callback = "http://127.0.0.1:7100/sso/acme/callback",
        Slo = "http://127.0.0.1:7100/sso/acme/slo",
        Backchannel = "http://127.0.0.1:7100/sso/acme/backchannel",
    };

    public static SsoConfig ConfigOf(SamlPeer peer) => new() { Protocol = SsoProtocol.Saml, IdpMetadataUrl = peer.MetadataUrl };

    private SignInProtocol Protocol => SignInProtocol.Of(Config);

    /// <summary>What a change of the row does: what was made for the old config is gone.</summary>
    public async Task ChangeAsync(Func<SsoConfig, SsoConfig> change)
    {
        Config = change(Config);
        await Test.DropResourcesAsync();
    }

    /// <summary>Has the identity provider know this side, with the certificates of our own metadata.</summary>
    public async Task RegisterAsync(SamlPeer peer, Func<ServiceProvider, ServiceProvider>? change = null, bool encrypted = false)
    {
        var certificate = (await MetadataAsync()).Certificates("signing")[0];
        var known = new ServiceProvider
        {
            EntityId = Addresses.Metadata,
            Acs = Addresses.Acs,
            Slo = Addresses.Slo,
            Certificate = certificate,
            EncryptionCertificate = encrypted ? (await MetadataAsync()).Certificates("encryption")[0] : null,
            SignedRequests = true,
        };
        peer.Register(change?.Invoke(known) ?? known);
    }

    public async Task<XmlDocument> MetadataAsync()
    {
        var output = await Protocol.GetMetadataAsync(new GetMetadataInput { Addresses = Addresses }, Config, Test.Create(), CancellationToken.None);
        var document = new XmlDocument();
        document.LoadXml(output.Document);
        return document;
    }

    public Task<SpKeyRing> KeysAsync() => SpKeys.GetAsync(Config, Test.Create(), CancellationToken.None).AsTask();

    public Task<BeginLoginOutput> BeginLoginAsync(bool forceAuthn = false, string? hint = null) => Protocol.BeginLoginAsync(
        new BeginLoginInput { Addresses = Addresses, Handle = Handle, ForceAuthn = forceAuthn, LoginHint = hint },
        Config, Test.Create(), CancellationToken.None);

    public Task<CompleteLoginOutput> CompleteLoginAsync(ArrivedForm arrived, string? pending) => Protocol.CompleteLoginAsync(
        new CompleteLoginInput { Addresses = Addresses, Message = MessageOf(arrived), Pending = pending }, Config, Test.Create(), CancellationToken.None);

    public Task<BeginLogoutOutput> BeginLogoutAsync(string logoutState) => Protocol.BeginLogoutAsync(
        new BeginLogoutInput { Addresses = Addresses, Handle = Handle, LogoutState = logoutState }, Config, Test.Create(), CancellationToken.None);

    public Task<CompleteLogoutOutput> CompleteLogoutAsync(ArrivedForm arrived, string? pending = null) => Protocol.CompleteLogoutAsync(
        new CompleteLogoutInput { Addresses = Addresses, Message = MessageOf(arrived), Pending = pending }, Config, Test.Create(), CancellationToken.None);

    public Task<ProbeResult> ProbeAsync() => Protocol.ProbeAsync(Config, Test.Create(), CancellationToken.None);

    public ValueTask DisposeAsync() => Test.DisposeAsync();

    public static ArrivedMessage MessageOf(ArrivedForm arrived) => new()
    {
        IsPost = arrived.IsPost, Fields = arrived.Fields, RawQuery = arrived.IsPost ? "" : arrived.RawQuery,
    };
}

internal static class SpMetadataReading
{
    private const string Space = "urn:oasis:names:tc:SAML:2.0:metadata";

    /// <summary>The certificates of a use, PEM, in their order.</summary>
    public static IReadOnlyList<string> Certificates(this XmlDocument metadata, string use) =>
    [
        .. metadata.GetElementsByTagName("KeyDescriptor", Space).OfType<XmlElement>()
            .Where(key => key.GetAttribute("use") == use)
            .Select(key => key.GetElementsByTagName("X509Certificate", "http://www.w3.org/2000/09/xmldsig#")[0]!.InnerText) // each has one
            .Select(base64 => PemEncoding.WriteString("CERTIFICATE", Convert.FromBase64String(base64))),
    ];
}
