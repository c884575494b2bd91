using System.Text.Json;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookProbeTests : IAsyncDisposable
{
    private readonly WebhookTest test = new(new LoopbackNetwork(), TimeProvider.System);

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task Probe_PlainHttp_ConnectsAndSendsNothing()
    {
        await using var peer = await HttpPeer.StartAsync();

        var result = await test.ProbeAsync(WebhookTest.Config(url: peer.Address.AbsoluteUri));

        Assert.Equal((HealthStatus.Healthy, "127.0.0.1 is reachable; nothing was sent."), (result.Status, result.Message));
        Assert.Equal(["url", "dns", "tcp"], test.Host.Steps.Select(step => step.Name));
        Assert.All(test.Host.Steps, step => Assert.True(step.Ok));
        Assert.Empty(peer.Requests);
    }

    [Fact]
    public async Task Probe_Https_ReportsWhenTheCertificateEnds()
    {
        await using var peer = await HttpPeer.StartTlsAsync();

        var result = await test.ProbeAsync(WebhookTest.Config(
            $"\"pinned_certificate\": \"{TestCertificates.Fingerprint(peer.Certificate!)}\"", peer.Address.AbsoluteUri));

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(["url", "dns", "tcp", "tls"], test.Host.Steps.Select(step => step.Name));
        var expiry = Assert.Single(result.Expiries);
        Assert.Equal("TLS certificate of localhost", expiry.What);
        Assert.Equal(peer.Certificate!.NotAfter.ToUniversalTime(), expiry.At.UtcDateTime);
        Assert.Empty(peer.Requests);
    }

    [Fact]
    public async Task Probe_UntrustedCertificate_FailsAtTls()
    {
        await using var peer = await HttpPeer.StartTlsAsync();

        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(WebhookTest.Config(url: peer.Address.AbsoluteUri)));

        Assert.Equal(FailureKind.InvalidConfiguration, failure.Kind);
        Assert.Equal(("tls", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_NobodyListens_FailsAtTcp()
    {
        var peer = await HttpPeer.StartAsync();
        var address = peer.Address.AbsoluteUri;
        await peer.DisposeAsync();

        await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(WebhookTest.Config(url: address)));

        Assert.Equal(("tcp", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Theory]
    [InlineData("http://no-such-host.example/", FailureKind.Unavailable)]
    [InlineData("http://192.0.2.1/", FailureKind.InvalidConfiguration)]
    public async Task Probe_NameUnknownOrRefused_FailsAtDns(string url, FailureKind kind)
    {
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(WebhookTest.Config(url: url)));

        Assert.Equal(kind, failure.Kind);
        Assert.Equal(("dns", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_OAuth2_FetchesATokenAndSendsNothing()
    {
        await using var peer = await HttpPeer.StartAsync();
        peer.Otherwise(HttpAnswers.Json("""{"access_token":"t","token_type":"Bearer","expires_in":60}"""));

        var result = await test.ProbeAsync(OAuth2(peer));

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(["url", "dns", "tcp", "token"], test.Host.Steps.Select(step => step.Name));
        Assert.Equal("/token", Assert.Single(peer.Requests).Uri.AbsolutePath);
    }

    [Fact]
    public async Task Probe_OAuth2ThatRefuses_FailsAtToken()
    {
        await using var peer = await HttpPeer.StartAsync();
        peer.Otherwise(HttpAnswers.Json(System.Net.HttpStatusCode.Unauthorized, """{"error":"invalid_client"}"""));

        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(OAuth2(peer)));

        Assert.Equal(FailureKind.Unauthorized, failure.Kind);
        Assert.Equal(("token", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(-1, false)]
    public async Task Probe_ClientCertificate_ChecksItsDates(int days, bool good)
    {
        await using var peer = await HttpPeer.StartTlsAsync(askForClientCertificate: true);
        using var certificate = WebhookAuthTests.ExportableCertificate(TimeProvider.System.GetUtcNow().AddDays(days));
        var config = WebhookTest.Config(
            $$"""
            "pinned_certificate": "{{TestCertificates.Fingerprint(peer.Certificate!)}}",
            "auth": {"type": "client_certificate",
              "certificate": {{JsonSerializer.Serialize(WebhookAuthTests.Written(certificate, "pem", null))}}}
            """,
            peer.Address.AbsoluteUri);

        var probe = test.ProbeAsync(config);

        if (good)
        {
            Assert.Equal(["Client certificate", "TLS certificate of localhost"], (await probe).Expiries.Select(expiry => expiry.What));
        }
        else
        {
            Assert.Equal(FailureKind.InvalidConfiguration, (await Assert.ThrowsAsync<IntegrationException>(() => probe)).Kind);
            Assert.Equal(("client_certificate", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
        }
    }

    private static WebhookConfig OAuth2(HttpPeer peer) => WebhookTest.Config(
        $$"""
        "auth": {"type": "oauth2_client_credentials", "token_url": "{{peer.Address}}token", "client_id": "c", "client_secret": "s"}
        """,
        $"{peer.Address}hook");
}
