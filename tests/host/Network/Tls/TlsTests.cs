using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Network;

namespace Vaka.Plugins.Host.Tests.Network.Tls;

/// <summary>Each case over raw TLS and over HTTPS: both must judge alike.</summary>
public class TlsTests
{
    private static readonly X509Certificate2 Root = TestCertificate.Authority();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Paths => [true, false];

    [Theory, MemberData(nameof(Paths))]
    public async Task TrustedCertificate_IsAccepted(bool http)
    {
        using var leaf = TestCertificate.IssuedBy(Root);
        await using var server = LoopbackServer.Tls(leaf);
        Assert.Equal("ok", await AskAsync(http, server));
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task TrustedCertificateOfAnAddress_IsAccepted(bool http)
    {
        using var leaf = TestCertificate.IssuedBy(Root, "127.0.0.1");
        await using var server = LoopbackServer.Tls(leaf);
        Assert.Equal("ok", await AskAsync(http, server, host: "127.0.0.1"));
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task SelfSigned_IsRefusedWithItsFingerprint(bool http)
    {
        using var leaf = TestCertificate.SelfSigned();
        await using var server = LoopbackServer.Tls(leaf);

        var failure = await Outbound.IsRefusedAsync(() => AskAsync(http, server));

        Assert.Equal(
            $"The certificate of localhost is not trusted: it is self-signed. Its SHA-256 fingerprint is {WithColons(leaf)}. "
            + "Have the server corrected or, once you have checked that fingerprint with its owner, pin it.",
            failure.Message);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task WrongName_IsRefusedWithTheNamesItIsFor(bool http)
    {
        using var leaf = TestCertificate.IssuedBy(Root, "other.example");
        await using var server = LoopbackServer.Tls(leaf);
        var failure = await Outbound.IsRefusedAsync(() => AskAsync(http, server));
        Assert.Contains("it is for other.example and not for localhost.", failure.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task Expired_IsRefusedWithTheDate(bool http)
    {
        using var leaf = TestCertificate.IssuedBy(Root, fromDays: -20, toDays: -10);
        await using var server = LoopbackServer.Tls(leaf);
        var failure = await Outbound.IsRefusedAsync(() => AskAsync(http, server));
        Assert.Contains($"it expired on {leaf.NotAfter.ToUniversalTime():yyyy-MM-dd}.", failure.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task NotYetValid_IsRefusedWithTheDate(bool http)
    {
        using var leaf = TestCertificate.IssuedBy(Root, fromDays: 10, toDays: 20);
        await using var server = LoopbackServer.Tls(leaf);
        var failure = await Outbound.IsRefusedAsync(() => AskAsync(http, server));
        Assert.Contains($"it is valid only from {leaf.NotBefore.ToUniversalTime():yyyy-MM-dd}.", failure.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task UnknownIssuer_IsRefusedWithItsName(bool http)
    {
        using var stranger = TestCertificate.Authority("Somebody else");
        using var leaf = TestCertificate.IssuedBy(stranger);
        await using var server = LoopbackServer.Tls(leaf);
        var failure = await Outbound.IsRefusedAsync(() => AskAsync(http, server));
        Assert.Contains("it was issued by Somebody else, which is not known here", failure.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task ClientCertificateShownByServer_IsRefused(bool http)
    {
        using var leaf = TestCertificate.IssuedBy(Root, usage: TestCertificate.ForClients);
        await using var server = LoopbackServer.Tls(leaf);
        var failure = await Outbound.IsRefusedAsync(() => AskAsync(http, server));
        Assert.Contains("it is not meant for servers.", failure.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task Pinned_IsAcceptedWithoutNameAndChain(bool http)
    {
        using var leaf = TestCertificate.SelfSigned("other.example");
        await using var server = LoopbackServer.Tls(leaf);
        var bare = leaf.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        Assert.Equal("ok", await AskAsync(http, server, new TlsOptions { PinnedCertificate = WithColons(leaf) }));
        Assert.Equal("ok", await AskAsync(http, server, new TlsOptions { PinnedCertificate = bare }));
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task PinnedOther_IsRefusedThoughTrusted(bool http)
    {
        using var leaf = TestCertificate.IssuedBy(Root);
        await using var server = LoopbackServer.Tls(leaf);
        var failure = await Outbound.IsRefusedAsync(() => AskAsync(http, server, new TlsOptions { PinnedCertificate = WithColons(Root) }));
        Assert.Contains($"{WithColons(leaf)}, which is not the pinned one", failure.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task PinnedAndExpired_IsRefused(bool http)
    {
        using var leaf = TestCertificate.SelfSigned();
        await using var server = LoopbackServer.Tls(leaf);
        var pinned = new TlsOptions { PinnedCertificate = WithColons(leaf) };
        var later = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(40));
        var earlier = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-40));

        var expired = await Outbound.IsRefusedAsync(() => AskAsync(http, server, pinned, clock: later));
        Assert.Contains($"expired on {leaf.NotAfter.ToUniversalTime():yyyy-MM-dd}", expired.Message, StringComparison.Ordinal);

        var early = await Outbound.IsRefusedAsync(() => AskAsync(http, server, pinned, clock: earlier));
        Assert.Contains("is valid only from", early.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AA:BB")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000")]
    public async Task MalformedPin_IsRefused(string pin)
    {
        using var access = Outbound.WithLoopback();
        var network = access.Network(ConfigScope.Tenant);
        var options = new TlsOptions { PinnedCertificate = pin };
        await Outbound.IsRefusedAsync(() => Task.FromResult(network.CreateTlsOptions("localhost", options)));
        await Outbound.IsRefusedAsync(() => Task.FromResult(network.CreateHttpClient(options)));
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task IssuerAddressesInTheCertificate_AreNotFollowed(bool http)
    {
        // A name of its own: a chain is also built from what earlier runs, with downloads, left on the machine.
        var name = $"Not sent {Guid.NewGuid()}";
        using var between = TestCertificate.Authority(name, Root);
        await using var issuer = LoopbackServer.Http([.. "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8, .. between.RawData]);
        using var leaf = TestCertificate.IssuedBy(between, issuerAt: new Uri($"http://127.0.0.1:{issuer.Port}/"));
        await using var server = LoopbackServer.Tls(leaf);

        var failure = await Outbound.IsRefusedAsync(() => AskAsync(http, server));

        Assert.Contains($"{name}, which is not known here", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, issuer.Connections);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task ClientCertificate_IsShownWithoutFollowingItsIssuer(bool http)
    {
        await using var issuer = LoopbackServer.Http("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        using var between = TestCertificate.Authority($"Not known {Guid.NewGuid()}", Root);
        var issuerAt = new Uri($"http://127.0.0.1:{issuer.Port}/");
        using var mine = TestCertificate.IssuedBy(between, "me", usage: TestCertificate.ForClients, issuerAt: issuerAt);
        using var leaf = TestCertificate.IssuedBy(Root);
        string? shown = null;
        await using var server = LoopbackServer.Tls(
            leaf,
            (stream, token) =>
            {
                shown = stream.RemoteCertificate?.GetCertHashString();
                return LoopbackServer.AnswerOkAsync(stream, token);
            },
            askForClient: true);

        Assert.Equal("ok", await AskAsync(http, server, new TlsOptions { ClientCertificate = mine }));

        Assert.Equal(mine.GetCertHashString(), shown);
        Assert.Equal(0, issuer.Connections);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task PlainTextServer_IsUnavailable(bool http)
    {
        await using var server = new LoopbackServer(
            async (stream, token) => await stream.WriteAsync("220 mail.example ESMTP ready\r\n"u8.ToArray(), token));
        var failure = await Outbound.FailsAsync(FailureKind.Unavailable, Effect.None, () => AskAsync(http, server));
        Assert.Contains("TLS handshake with localhost failed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateTlsOptions_ServesALibraryThatSpeaksTlsItself()
    {
        using var access = Outbound.WithLoopback();
        var options = access.Network(ConfigScope.Tenant).CreateTlsOptions("Bücher.example", new TlsOptions());

        Assert.Equal("xn--bcher-kva.example", options.TargetHost);
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, options.EnabledSslProtocols);
        Assert.True(options.CertificateChainPolicy!.DisableCertificateDownloads); // always set
        Assert.Equal(X509RevocationMode.NoCheck, options.CertificateChainPolicy.RevocationMode);
        Assert.NotNull(options.RemoteCertificateValidationCallback);
    }

    private static async Task<string> AskAsync(
        bool http, LoopbackServer server, TlsOptions? options = null, string host = "localhost", TimeProvider? clock = null)
    {
        // localhost is resolved to the listener's address alone, so that a refused ::1 does not blur what is seen.
        using var access = Outbound.WithLoopback(new ScriptedResolver(["127.0.0.1"]), [Root], clock);
        var network = access.Network(ConfigScope.Tenant);
        if (http)
        {
            using var own = options is null ? access.Http(ConfigScope.Tenant) : network.CreateHttpClient(options);
            return await own.GetStringAsync(new Uri($"https://{host}:{server.Port}/"), Token);
        }

        var stream = await network.ConnectAsync(host, server.Port, Token);
        await using var secured = await network.AuthenticateAsync(stream, host, options ?? new TlsOptions(), Token);
        await secured.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Token);
        using var reader = new StreamReader(secured);
        return (await reader.ReadToEndAsync(Token))[^2..];
    }

    private static string WithColons(X509Certificate2 certificate) =>
        string.Join(':', certificate.GetCertHashString(HashAlgorithmName.SHA256).Chunk(2).Select(pair => new string(pair)));
}
