using System.Net;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.ServiceNow;

namespace Vaka.Plugins.ServiceNow.Tests;

public sealed class ServiceNowProbeTests : IAsyncDisposable
{
    private readonly ServiceNowServer server = new();
    private readonly ServiceNowTest test = new(new LoopbackNetwork(), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Probe_Good_ReadsOneUserAndNothingElse()
    {
        await StartAsync();

        var result = await test.ProbeAsync(Config());

        Assert.Equal((HealthStatus.Healthy, "127.0.0.1 takes the credentials and answers."), (result.Status, result.Message));
        Assert.Equal(["dns", "tcp", "auth"], test.Host.Steps.Select(step => step.Name));
        var request = Assert.Single(server.Requests);
        Assert.Equal(
            ("GET", "/api/now/table/sys_user?sysparm_display_value=false&sysparm_exclude_reference_link=true&sysparm_fields=sys_id&sysparm_limit=1"),
            (request.Method, request.Uri.PathAndQuery));
    }

    [Fact]
    public async Task Probe_Https_ReportsWhenTheCertificateEnds()
    {
        using var certificate = TestCertificates.SelfSigned();
        await StartAsync(certificate);
        await using var trusting = new ServiceNowTest(new LoopbackNetwork { TrustedRoots = [certificate] }, TimeProvider.System);

        var result = await trusting.ProbeAsync(Config());

        Assert.Equal(["dns", "tcp", "tls", "auth"], trusting.Host.Steps.Select(step => step.Name));
        Assert.Equal("TLS certificate of localhost", Assert.Single(result.Expiries).What);
    }

    [Fact]
    public async Task Probe_UntrustedCertificate_FailsAtTls()
    {
        using var certificate = TestCertificates.SelfSigned();
        await StartAsync(certificate);

        await FailsAsync(Config(), "tls", FailureKind.InvalidConfiguration);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public Task Probe_NoSuchHost_FailsAtDns() =>
        FailsAsync(ServiceNowTest.Config(url: "http://no-such-host.example"), "dns", FailureKind.Unavailable);

    [Fact]
    public async Task Probe_NobodyListens_FailsAtTcp()
    {
        await StartAsync();
        var config = Config();
        await server.DisposeAsync();

        await FailsAsync(config, "tcp", FailureKind.Unavailable);
    }

    [Fact]
    public async Task Probe_WrongPassword_FailsAtAuth()
    {
        await StartAsync();
        server.Accounts.Passwords["vaka"] = "another";

        await FailsAsync(Config(), "auth", FailureKind.Unauthorized);
    }

    [Fact]
    public async Task Probe_WrongClient_FailsAtToken()
    {
        await StartAsync();

        await FailsAsync(
            Config("""{"type": "oauth2_client_credentials", "client_id": "c", "client_secret": "s"}"""), "token", FailureKind.Unauthorized);
    }

    [Fact]
    public async Task Probe_Client_ShowsTheToken()
    {
        await StartAsync();
        server.Accounts.Applications["c"] = ("s", "vaka");

        var result = await test.ProbeAsync(Config("""{"type": "oauth2_client_credentials", "client_id": "c", "client_secret": "s"}"""));

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(["dns", "tcp", "token", "auth"], test.Host.Steps.Select(step => step.Name));
    }

    [Fact]
    public async Task Probe_Hibernating_FailsAtAuth()
    {
        await StartAsync();
        server.Hibernating = true;

        await FailsAsync(Config(), "auth", FailureKind.Unavailable);
        Assert.Contains("hibernates", test.Host.Steps[^1].Message);
    }

    [Fact]
    public async Task Probe_UsersNotReadable_IsAWarning()
    {
        await StartAsync();
        server.Access.DenyTable("vaka", "sys_user");

        var result = await test.ProbeAsync(Config());

        Assert.Equal(HealthStatus.Warning, result.Status);
        Assert.All(test.Host.Steps, step => Assert.True(step.Ok));
    }

    [Fact]
    public async Task Probe_AddressOutOfShape_SaysSo() => Assert.Equal(
        FailureKind.InvalidConfiguration, (await test.ProbeAsync(ServiceNowTest.Config(url: "https://acme.service-now.com/now"))).FailureKind);

    private async Task StartAsync(System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null)
    {
        server.Accounts.Passwords["vaka"] = "basic-password";
        await server.StartAsync(certificate);
    }

    private ServiceNowConfig Config(string auth = ServiceNowTest.BasicAuth) => ServiceNowTest.Config(auth, url: server.Address.AbsoluteUri);

    private async Task FailsAsync(ServiceNowConfig config, string step, FailureKind kind)
    {
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(config));

        Assert.Equal(kind, failure.Kind);
        Assert.Equal((step, false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
        test.Host.Log.AssertNever("basic-password");
    }
}
