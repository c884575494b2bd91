using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>A tenant names a mail server that it must not reach, or one that means the host harm.</summary>
public sealed class HostileMailServerTests(HostileMailServerTests.Network fixture) : IClassFixture<HostileMailServerTests.Network>
{
    private const string Setting = "An operator can allow it with Network:AllowedNetworksForTenants.";

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5 is a private address. " + Setting)]
    [InlineData("192.168.1.1", "192.168.1.1 is a private address. " + Setting)]
    [InlineData("169.254.169.254", "169.254.169.254 is a cloud metadata address. " + Setting)]
    [InlineData("fd00:ec2::254", "fd00:ec2::254 is a cloud metadata address. " + Setting)]
    [InlineData("::ffff:10.0.0.5", "::ffff:10.0.0.5 is a private address. " + Setting)]
    [InlineData("[::ffff:a9fe:a9fe]", "::ffff:169.254.169.254 is a cloud metadata address. " + Setting)]
    [InlineData("64:ff9b::a9fe:a9fe", "64:ff9b::a9fe:a9fe is a NAT64 address, which embeds IPv4. " + Setting)]
    [InlineData("private.example", "private.example resolves to a private address. " + Setting)]
    [InlineData("metadata.example", "metadata.example resolves to a cloud metadata address. " + Setting)]
    [InlineData("mapped.example", "mapped.example resolves to a private address. " + Setting)]
    [InlineData("0x7f.1", "The host looks like an IPv4 address in an unusual spelling. Write four decimal numbers without leading zeros, such as 192.0.2.1.")]
    public async Task ForbiddenAddress_IsRefusedBySendingAndByTheTest(string host, string message)
    {
        var tenant = await fixture.TenantAsync();
        var made = await CreateAsync(tenant, host, port: 25);

        var refused = await tenant.Service.PostAsync("actions/smtp/send_email", Mail, HttpStatusCode.BadGateway);
        Assert.Equal(("provider_failed", "invalid_configuration", message), (refused.Text("code"), refused.Text("failure_kind"), refused.Text("detail")));

        var report = await tenant.Admin.PostAsync($"integrations/{made.Text("id")}/test", new { });
        Assert.Equal(("error", "invalid_configuration"), (report.Text("health_status"), report.Text("failure_kind")));
        Assert.Equal(message, report.Text("message"));
    }

    [Theory]
    [InlineData("greeting")]
    [InlineData("EHLO")]
    public async Task SlowServer_IsCutOffAfterTheConfigsTimeout(string at)
    {
        var transcript = at == "greeting" ? new Transcript() : new Transcript().Send("220 peer").Expect("EHLO *");
        await using var server = TranscriptServer.Start([.. Enumerable.Repeat(transcript.Drip("220-"), 5)]); // the host's own probe comes, too
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant, server.Host, server.Port);

        var since = Stopwatch.StartNew();
        var answer = await tenant.Service.PostAsync("actions/smtp/send_email", Mail, HttpStatusCode.GatewayTimeout);

        Assert.Equal("provider_timeout", answer.Text("code"));
        Assert.Contains("smtp/send_email did not end within 1 seconds.", answer.Text("detail"));
        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(5));    }

    [Fact]
    public async Task EndlessAnswer_IsCutOffAndCostsTheHostNoMemory()
    {
        var endless = new Transcript().Send("220 peer").Expect("EHLO *").Endless("250-more\r\n");
        await using var server = TranscriptServer.Start([.. Enumerable.Repeat(endless, 30)]);
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant, server.Host, server.Port, timeout: 30);
        await tenant.Service.PostAsync("actions/smtp/send_email", Mail, HttpStatusCode.BadGateway);
        var before = fixture.Host.Memory;

        for (var i = 0; i < 20; i++)
        {
            var answer = await tenant.Service.PostAsync("actions/smtp/send_email", Mail, HttpStatusCode.BadGateway);
            Assert.Equal(("provider_failed", "invalid_configuration"), (answer.Text("code"), answer.Text("failure_kind")));
            Assert.Contains("does not answer like a mail server", answer.Text("detail"));
        }

        Assert.InRange(fixture.Host.Memory - before, long.MinValue, 64 << 20);
    }

    private static object Mail => new { input = new { to = new[] { "bot@vaka.test" }, subject = "Hello", text = "Hi there" } };

    private static Task<JsonObject> CreateAsync(Tenant tenant, string host, int port, int timeout = 1) => tenant.Admin.PostAsync("integrations", new
    {
        name = "Mail", integration_type = "smtp",
        config = new { smtp_host = host, smtp_port = port, smtp_use_tls = false, from_email = "alice@vaka.test", timeout_seconds = timeout },
    }, HttpStatusCode.Created);

    /// <summary>Names that lead where nobody may go, without a name server.</summary>
    public sealed class Network : SqliteHost
    {
        protected override IEnumerable<string> Settings =>
        [
            "--Network:ConnectTo:0=private.example:25=10.0.0.5:25",
            "--Network:ConnectTo:1=metadata.example:25=169.254.169.254:25",
            "--Network:ConnectTo:2=mapped.example:25=[::ffff:10.0.0.5]:25",
        ];
    }
}
