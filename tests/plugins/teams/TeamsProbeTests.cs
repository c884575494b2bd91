using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests;

public sealed class TeamsProbeTests
{
    private const string WorkflowHost = "https://prod-12.westeurope.logic.azure.com:443";

    [Fact]
    public async Task Probe_Workflow_IsReachableNotProven_AndSendsNothing()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var url = scenario.Server.Workflows.Add(scenario.Server.AddTeam("Sales", "General").Channels[0]);

        var result = await scenario.Test.ProbeAsync(TeamsTest.Workflow(WorkflowHost + url));

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Contains("reachable, not proven", result.Message, StringComparison.Ordinal);
        Assert.Equal(["url", "dns", "tcp", "tls"], scenario.Test.Host.Steps.Select(step => step.Name));
        Assert.Equal("TLS certificate of prod-12.westeurope.logic.azure.com", Assert.Single(result.Expiries).What);
        Assert.Empty(scenario.Server.Requests);
    }

    [Fact]
    public async Task Probe_Graph_SignsInAndReadsTheDefaultChannel()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var team = scenario.Server.AddTeam("Sales", "General");

        var result = await scenario.Test.ProbeAsync(scenario.Graph(team, team.Channels[0], scenario.Server.SignIn.IssueRefreshToken()));

        Assert.Equal((HealthStatus.Healthy, "Signed in, and the default channel General can be read. Nothing was posted."), (result.Status, result.Message));
        Assert.Equal(["dns", "tcp", "tls", "auth", "channel"], scenario.Test.Host.Steps.Select(step => step.Name));
        Assert.All(scenario.Server.Requests.Skip(1), request => Assert.Equal("GET", request.Method));
        Assert.Single(result.Expiries);
    }

    [Fact]
    public async Task Probe_GraphWithoutADefaultChannel_SaysSo()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var config = scenario.Graph(refreshToken: scenario.Server.SignIn.IssueRefreshToken());

        Assert.Equal(HealthStatus.Warning, (await scenario.Test.ProbeAsync(config)).Status);
        scenario.Server.AddTeam("Sales", "General");
        Assert.Equal(HealthStatus.Healthy, (await scenario.Test.ProbeAsync(config)).Status);
    }

    [Fact]
    public async Task Probe_ChannelThatIsGone_FailsAtChannel()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var team = scenario.Server.AddTeam("Sales", "General");
        var other = scenario.Server.AddTeam("Ops", "General");

        var failure = await Assert.ThrowsAsync<IntegrationException>(
            () => scenario.Test.ProbeAsync(scenario.Graph(team, other.Channels[0], scenario.Server.SignIn.IssueRefreshToken())));

        Assert.Equal(FailureKind.NotFound, failure.Kind);
        Assert.Equal(("channel", false), (scenario.Test.Host.Steps[^1].Name, scenario.Test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_ConsentGone_FailsAtAuth()
    {
        await using var scenario = await TeamsScenario.StartAsync();

        var failure = await Assert.ThrowsAsync<IntegrationException>(() => scenario.Test.ProbeAsync(scenario.Graph(refreshToken: "stale-token")));

        Assert.Equal((FailureKind.Unauthorized, UnusableReason.NeedsReauthorization), (failure.Kind, failure.MakesUnusable));
        Assert.Equal(("auth", false), (scenario.Test.Host.Steps[^1].Name, scenario.Test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_BadUrl_FailsAtUrl()
    {
        await using var test = new TeamsTest();

        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(TeamsTest.Workflow("https://contoso.webhook.office.com/webhookb2/a")));

        Assert.Equal(FailureKind.InvalidConfiguration, failure.Kind);
        Assert.Equal(("url", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_NoSuchHost_FailsAtDns()
    {
        await using var test = new TeamsTest(new LoopbackNetwork(), TimeProvider.System);

        await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(TeamsTest.Workflow()));

        Assert.Equal(("dns", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_NobodyListens_FailsAtTcp()
    {
        var peer = await HttpPeer.StartAsync();
        var port = peer.Address.Port;
        await peer.DisposeAsync();
        await using var test = new TeamsTest(new LoopbackNetwork(), TimeProvider.System);

        await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(TeamsTest.Workflow($"https://localhost:{port}/workflows")));

        Assert.Equal(("tcp", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task Probe_UntrustedCertificate_FailsAtTls()
    {
        await using var peer = await HttpPeer.StartTlsAsync();
        await using var test = new TeamsTest(new LoopbackNetwork(), TimeProvider.System);

        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(TeamsTest.Workflow($"{peer.Address}workflows")));

        Assert.Equal(FailureKind.InvalidConfiguration, failure.Kind);
        Assert.Equal(("tls", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
        Assert.Empty(peer.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, FailureKind.RateLimited)]
    [InlineData(HttpStatusCode.ServiceUnavailable, FailureKind.Unavailable)]
    public async Task Probe_GraphFails_FailsAtAuth(HttpStatusCode status, FailureKind kind)
    {
        await using var scenario = await TeamsScenario.StartAsync();
        scenario.Server.FailNext(HttpAnswers.Status(status));

        var failure = await Assert.ThrowsAsync<IntegrationException>(
            () => scenario.Test.ProbeAsync(scenario.Graph(refreshToken: scenario.Server.SignIn.IssueRefreshToken())));

        Assert.Equal((kind, "auth"), (failure.Kind, scenario.Test.Host.Steps[^1].Name));
    }
}
