using System.Net;
using System.Net.Sockets;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Testing;

public class LoopbackNetworkTests
{
    private readonly LoopbackNetwork network = new();

    [Fact]
    public async Task ConnectAsync_NobodyListens_IsUnavailableWithoutEffect()
    {
        var exception = await Assert.ThrowsAsync<IntegrationException>(() => network.ConnectAsync("127.0.0.1", FreePort(), default));
        Assert.Equal((FailureKind.Unavailable, Effect.None), (exception.Kind, exception.Effect));
    }

    [Fact]
    public async Task ConnectAsync_UnknownName_IsUnavailable()
    {
        var exception = await Assert.ThrowsAsync<IntegrationException>(() => network.ConnectAsync("nowhere.invalid", 25, default));
        Assert.Equal((FailureKind.Unavailable, Effect.None), (exception.Kind, exception.Effect));
    }

    [Fact]
    public async Task ConnectAsync_ForeignAddress_IsRefused()
    {
        var exception = await Assert.ThrowsAsync<IntegrationException>(() => network.ConnectAsync("192.0.2.1", 25, default));
        Assert.Equal(FailureKind.InvalidConfiguration, exception.Kind);
    }

    [Fact]
    public async Task AuthenticateAsync_UntrustedCertificate_SaysWhy()
    {
        await using var peer = await HttpPeer.StartTlsAsync();
        var stream = await network.ConnectAsync("localhost", peer.Address.Port, default);
        var exception = await Assert.ThrowsAsync<IntegrationException>(
            () => network.AuthenticateAsync(stream, "localhost", TlsOptions.Default, default));
        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (exception.Kind, exception.Effect));
        Assert.Contains("self-signed", exception.Message);
    }

    [Fact]
    public async Task AuthenticateAsync_PinnedWithColons_IsTrusted()
    {
        await using var peer = await HttpPeer.StartTlsAsync();
        var fingerprint = TestCertificates.Fingerprint(peer.Certificate!).ToLowerInvariant().Chunk(2).Select(pair => new string(pair));
        var stream = await network.ConnectAsync("localhost", peer.Address.Port, default);
        await using var tls = await network.AuthenticateAsync(
            stream, "localhost", new TlsOptions { PinnedCertificate = string.Join(':', fingerprint) }, default);
        Assert.True(tls.IsAuthenticated);
    }

    [Fact]
    public async Task AuthenticateAsync_OtherCertificatePinned_IsRefused()
    {
        await using var peer = await HttpPeer.StartTlsAsync();
        var stream = await network.ConnectAsync("localhost", peer.Address.Port, default);
        var exception = await Assert.ThrowsAsync<IntegrationException>(() => network.AuthenticateAsync(
            stream, "localhost", new TlsOptions { PinnedCertificate = new string('A', 64) }, default));
        Assert.Contains("not the pinned one", exception.Message);
    }

    [Fact]
    public async Task AuthenticateAsync_PinnedAndExpired_IsRefused()
    {
        var now = DateTimeOffset.UtcNow;
        using var certificate = TestCertificates.SelfSigned(now.AddDays(-2), now.AddDays(-1));
        await using var peer = TranscriptServer.Start(new Transcript().StartTls(certificate).Hang());
        var stream = await network.ConnectAsync(peer.Host, peer.Port, default);
        var exception = await Assert.ThrowsAsync<IntegrationException>(() => network.AuthenticateAsync(
            stream, "localhost", new TlsOptions { PinnedCertificate = TestCertificates.Fingerprint(certificate) }, default));
        Assert.Contains("expired on", exception.Message);
    }

    [Fact]
    public async Task AuthenticateAsync_PlainServer_IsUnavailable()
    {
        await using var server = TranscriptServer.Start(new Transcript().Send("220 plain").Hang());
        var stream = await network.ConnectAsync(server.Host, server.Port, default);
        var exception = await Assert.ThrowsAsync<IntegrationException>(
            () => network.AuthenticateAsync(stream, "localhost", TlsOptions.Default, default));
        Assert.Equal((FailureKind.Unavailable, Effect.None), (exception.Kind, exception.Effect));
        Assert.IsAssignableFrom<Exception>(exception.InnerException);
    }

    [Fact]
    public async Task CreateHttpClient_UntrustedCertificate_IsRefused()
    {
        await using var peer = await HttpPeer.StartTlsAsync();
        using var http = network.CreateHttpClient(TlsOptions.Default);
        var exception = await Assert.ThrowsAsync<IntegrationException>(() => http.GetAsync(peer.Address));
        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (exception.Kind, exception.Effect));
    }

    [Fact]
    public async Task CreateHttpClient_ClientCertificate_IsShown()
    {
        using var shown = TestCertificates.SelfSigned("client.vaka.test");
        await using var peer = await HttpPeer.StartTlsAsync(askForClientCertificate: true);
        using var http = network.CreateHttpClient(new TlsOptions
        {
            PinnedCertificate = TestCertificates.Fingerprint(peer.Certificate!), ClientCertificate = shown,
        });
        using var response = await http.PostAsync(new Uri(peer.Address, "hook?x=1"), new StringContent("hello"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var request = Assert.Single(peer.Requests);
        Assert.Equal(shown.Thumbprint, request.ClientCertificate?.Thumbprint);
        Assert.Equal(("POST", "/hook?x=1", "hello"), (request.Method, request.Uri.PathAndQuery, request.BodyText));
    }

    [Fact]
    public async Task CreateHttpClient_Redirect_IsNotFollowed()
    {
        await using var peer = await HttpPeer.StartAsync();
        peer.Otherwise(HttpAnswers.Redirect("/elsewhere"));
        using var http = network.CreateHttpClient(TlsOptions.Default);
        using var response = await http.GetAsync(peer.Address);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Single(peer.Requests);
    }

    [Theory]
    [InlineData(HttpCompletionOption.ResponseContentRead)]
    [InlineData(HttpCompletionOption.ResponseHeadersRead)]
    public async Task CreateHttpClient_EndlessBody_IsCutOff(HttpCompletionOption completion)
    {
        await using var peer = await HttpPeer.StartAsync();
        peer.Otherwise(HttpAnswers.Endless());
        using var http = network.CreateHttpClient(TlsOptions.Default);
        await Assert.ThrowsAsync<IntegrationException>(async () =>
        {
            using var response = await http.GetAsync(peer.Address, completion);
            await response.Content.ReadAsStringAsync();
        });
    }

    [Fact]
    public async Task CreateHttpClient_TrustedRoot_IsAccepted()
    {
        await using var peer = await HttpPeer.StartTlsAsync();
        using var http = new LoopbackNetwork { TrustedRoots = [peer.Certificate!] }.CreateHttpClient(TlsOptions.Default);
        using var response = await http.GetAsync(peer.Address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task CreateHttpClient_ForeignAddress_IsRefused()
    {
        using var http = network.CreateHttpClient(TlsOptions.Default);
        var exception = await Assert.ThrowsAsync<IntegrationException>(() => http.GetAsync("http://8.8.8.8/"));
        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (exception.Kind, exception.Effect));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
