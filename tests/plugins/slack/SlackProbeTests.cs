using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests;

public sealed class SlackProbeTests
{
    private const string Identity = "\"team\": \"Acme\\u0007\", \"user\": \"vaka_bot\", \"team_id\": \"T1\", \"bot_id\": \"B1\"";

    [Fact]
    public async Task Probe_Bot_SaysWhoItIsAndWhatItMay()
    {
        await using var peer = await StartAsync();
        await using var test = TestOf(peer);
        peer.Next(SlackTest.Ok(Identity).WithHeader("x-oauth-scopes", "chat:write,channels:read"));

        var result = await test.ProbeAsync();

        Assert.Equal((HealthStatus.Healthy, "Signed in to Acme as vaka_bot."), (result.Status, result.Message));
        Assert.Equal(["dns", "tcp", "tls", "auth", "scopes"], test.Host.Steps.Select(step => step.Name));
        Assert.Equal("The bot has chat:write, channels:read.", test.Host.Steps[^1].Message);
        Assert.Equal("TLS certificate of slack.com", Assert.Single(result.Expiries).What);
        var sent = Assert.Single(peer.Requests);
        Assert.Equal(("POST", "/api/auth.test", "{}"), (sent.Method, sent.Uri.AbsolutePath, sent.BodyText));
        Assert.Equal($"Bearer {SlackTest.Token}", sent.Header("Authorization"));
    }

    [Fact]
    public async Task Probe_BotThatMayNotPost_IsAWarning()
    {
        await using var peer = await StartAsync();
        await using var test = TestOf(peer);
        peer.Next(SlackTest.Ok(Identity).WithHeader("x-oauth-scopes", "channels:read"), SlackTest.Ok(Identity));

        var without = await test.ProbeAsync();
        var untold = await test.ProbeAsync();

        Assert.Equal(HealthStatus.Warning, without.Status);
        Assert.Contains("chat:write", without.Message);
        Assert.Equal(HealthStatus.Healthy, untold.Status);
    }

    [Fact]
    public async Task Probe_TokenRefused_FailsAtAuth()
    {
        await using var peer = await StartAsync();
        await using var test = TestOf(peer);
        peer.Next(SlackTest.Error("token_revoked"));

        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync());

        Assert.Equal(FailureKind.Unauthorized, failure.Kind);
        Assert.Equal(("auth", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_UntrustedCertificate_FailsAtTls()
    {
        await using var peer = await StartAsync();
        await using var test = TestOf(peer, trusted: false);

        await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync());

        Assert.Equal(("tls", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
        Assert.Empty(peer.Requests);
    }

    [Fact]
    public async Task Probe_NobodyListens_FailsAtTcp()
    {
        var peer = await StartAsync();
        await using var test = TestOf(peer);
        await peer.DisposeAsync();

        await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync());

        Assert.Equal(("tcp", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_NameUnknown_FailsAtDns()
    {
        await using var test = new SlackTest(new LoopbackNetwork(), TimeProvider.System);

        await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync());

        Assert.Equal(("dns", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_Webhook_LooksAtTheWayAndPostsNothing()
    {
        await using var peer = await StartAsync();
        await using var test = TestOf(peer);

        var result = await test.ProbeAsync(SlackTest.WebhookConfig());

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Contains("not proven", result.Message);
        Assert.Equal(["url", "dns", "tcp", "tls"], test.Host.Steps.Select(step => step.Name));
        Assert.Empty(peer.Requests);
    }

    [Fact]
    public async Task Probe_WebhookOfAnotherShape_FailsAtUrl()
    {
        await using var test = new SlackTest();

        await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(SlackTest.WebhookConfig(url: "https://evil.example/services/T1/B1/s3cretpart")));

        Assert.Equal(("url", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    private static Task<HttpPeer> StartAsync() => HttpPeer.StartTlsAsync(TestCertificates.SelfSigned("slack.com", "hooks.slack.com"));

    private static SlackTest TestOf(HttpPeer peer, bool trusted = true) => new(
        new LoopbackNetwork
        {
            Ports = new Dictionary<string, int> { ["slack.com"] = peer.Address.Port, ["hooks.slack.com"] = peer.Address.Port },
            TrustedRoots = trusted ? [peer.Certificate!] : [],
        },
        TimeProvider.System);
}
