using System.Net;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.Jira;

namespace Vaka.Plugins.Jira.Tests;

public sealed class JiraProbeTests
{
    private static async Task<(JiraServer Server, JiraTest Test)> StartAsync(string more = "", string secret = JiraTest.Token)
    {
        var server = new JiraServer { Secret = secret };
        await server.StartAsync();
        return (server, new JiraTest(new LoopbackNetwork()) { Config = JiraTest.Cloud(server.Address.AbsoluteUri, more) });
    }

    [Fact]
    public async Task Probe_Works_SaysWhoAndReadsOnly()
    {
        var (server, test) = await StartAsync(""", "default_project": "OPS" """);
        await using var _ = server;
        await using var __ = test;

        var result = await test.ProbeAsync();

        Assert.Equal((HealthStatus.Healthy, "Signed in as Ada Lovelace; the default project is there."), (result.Status, result.Message));
        Assert.Equal(["dns", "tcp", "auth", "project"], test.Host.Steps.Select(step => step.Name));
        Assert.All(test.Host.Steps, step => Assert.True(step.Ok));
        Assert.All(server.Requests, request => Assert.Equal("GET", request.Method));
        Assert.Equal("/rest/api/3/myself", server.Requests[0].Uri.AbsolutePath);
    }

    [Fact]
    public async Task Probe_DefaultProjectUnseen_Warns()
    {
        var (server, test) = await StartAsync(""", "default_project": "NOPE" """);
        await using var _ = server;
        await using var __ = test;

        var result = await test.ProbeAsync();

        Assert.Equal(HealthStatus.Warning, result.Status);
        Assert.Contains("NOPE", result.Message);
        Assert.Equal(("project", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_CredentialsRefused_FailsAtAuth()
    {
        var (server, test) = await StartAsync(secret: "another-secret");
        await using var _ = server;
        await using var __ = test;

        var failure = await Assert.ThrowsAsync<IntegrationException>(test.ProbeAsync);

        Assert.Equal(FailureKind.Unauthorized, failure.Kind);
        Assert.Equal(("auth", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_SignInPageInFront_SaysThatItIsNotJira()
    {
        var (server, test) = await StartAsync();
        await using var _ = server;
        await using var __ = test;
        server.FailNext(HttpAnswers.Html(HttpStatusCode.OK, "<h1>Sign in</h1>"));

        var failure = await Assert.ThrowsAsync<IntegrationException>(test.ProbeAsync);

        Assert.Equal(FailureKind.InvalidConfiguration, failure.Kind);
        Assert.Contains("not Jira's API", failure.Message);
    }

    [Fact]
    public async Task Probe_NobodyListens_FailsAtTcp()
    {
        var (server, test) = await StartAsync();
        await using var _ = test;
        await server.DisposeAsync();

        await Assert.ThrowsAsync<IntegrationException>(test.ProbeAsync);

        Assert.Equal(("tcp", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_NoSuchHost_FailsAtDns()
    {
        await using var test = new JiraTest(new LoopbackNetwork()) { Config = JiraTest.DataCenter("https://no-such-host.example") };

        await Assert.ThrowsAsync<IntegrationException>(test.ProbeAsync);

        Assert.Equal(("dns", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_UntrustedCertificate_FailsAtTls()
    {
        using var certificate = TestCertificates.SelfSigned();
        await using var server = new JiraServer();
        await server.StartAsync(certificate);
        await using var test = new JiraTest(new LoopbackNetwork()) { Config = JiraTest.DataCenter(server.Address.AbsoluteUri) };

        await Assert.ThrowsAsync<IntegrationException>(test.ProbeAsync);

        Assert.Equal(("tls", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Probe_Https_ReportsWhenTheCertificateEnds()
    {
        using var certificate = TestCertificates.SelfSigned();
        await using var server = new JiraServer();
        await server.StartAsync(certificate);
        await using var test = new JiraTest(new LoopbackNetwork { TrustedRoots = [certificate] }, TimeProvider.System)
        {
            Config = JiraTest.DataCenter($"{server.Address}jira"),
        };

        var result = await test.ProbeAsync();

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), Assert.Single(result.Expiries).At.UtcDateTime);
    }

    [Fact]
    public async Task Probe_OAuthWithoutConsent_SaysConnect()
    {
        await using var server = new JiraServer();
        await using var test = new JiraTest(await JiraTest.StartAtAtlassianAsync(server), TimeProvider.System) { Config = JiraTest.OAuth() };

        var failure = await Assert.ThrowsAsync<IntegrationException>(test.ProbeAsync);

        Assert.Equal(UnusableReason.NeedsReauthorization, failure.MakesUnusable);
        Assert.Contains("Connect", failure.Message);
        Assert.Equal(["dns", "tcp", "tls", "auth"], test.Host.Steps.Select(step => step.Name));
    }
}
