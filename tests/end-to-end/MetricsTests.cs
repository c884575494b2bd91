using System.Net;
using System.Text.RegularExpressions;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>/metrics, as Prometheus reads it.</summary>
public sealed class MetricsTests(DurableSqliteHost fixture) : IClassFixture<DurableSqliteHost>
{
    private const string Hidden = "a-word-of-the-payload";

    [Fact]
    public async Task Metrics_AfterCalls_CountThemByProviderActionAndOutcome()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address, new { url = $"{sink.Address}{Hidden}", auth = new { type = "bearer", token = Hidden } });
        await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { data = Hidden } });
        await tenant.Service.WaitForAsync(await tenant.Service.AcceptAsync(new { input = new { data = Hidden } }), "succeeded");
        sink.Otherwise((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.Unauthorized)));
        await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { data = Hidden } }, HttpStatusCode.BadGateway);
        await tenant.Service.WaitForAsync(await tenant.Service.AcceptAsync(new { input = new { data = Hidden } }), "dead");

        using var reader = await fixture.KeyAsync("service", tenant: null);
        var figures = await reader.GetStringAsync(Address);
        Assert.Equal(2, Value(figures, "vaka_calls_duration_seconds_count", "provider=\"webhook\"", "action=\"push_data\"", "outcome=\"succeeded\""));
        Assert.Equal(2, Value(figures, "vaka_calls_duration_seconds_count", "provider=\"webhook\"", "action=\"push_data\"", "outcome=\"unauthorized\""));
        Assert.Equal(1, Value(figures, "vaka_executions_ended_total", "provider=\"webhook\"", "action=\"push_data\"", "state=\"succeeded\""));
        Assert.Equal(1, Value(figures, "vaka_executions_ended_total", "provider=\"webhook\"", "action=\"push_data\"", "state=\"dead\""));
        Assert.Equal(2, Value(figures, "vaka_executions_delay_seconds_count", "provider=\"webhook\""));
        Assert.Equal(0, Value(figures, "vaka_executions_running"));
        Assert.True(Value(figures, "dotnet_process_memory_working_set_bytes") > 0);
        Assert.Matches("http_server_request_duration_seconds_count.*http_route=\"/api/v1/actions", figures);
        Assert.DoesNotContain(Hidden, figures);
        Assert.DoesNotContain(tenant.Id.ToString(), figures);
    }

    [Fact]
    public async Task Metrics_ConcernAllTenants_SoATenantsKeyIsRefused()
    {
        var tenant = await fixture.TenantAsync();
        using var nobody = new HttpClient { BaseAddress = tenant.Admin.BaseAddress };
        foreach (var (client, status, code) in new[] { (nobody, HttpStatusCode.Unauthorized, "unauthenticated"), (tenant.Admin, HttpStatusCode.Forbidden, "forbidden"), (tenant.Service, HttpStatusCode.Forbidden, "forbidden") })
        {
            var refused = await client.SendAsync(HttpMethod.Get, Address, null, status);
            Assert.Equal(code, refused.Text("code"));
        }

        Assert.Contains("vaka_", await fixture.Admin.GetStringAsync(Address));
    }

    private static string Address => "../../metrics";

    private static double? Value(string figures, string name, params string[] tags)
    {
        var line = Assert.Single(figures.Split('\n'), line =>
            Regex.IsMatch(line, $@"^{name}[ {{]") && tags.All(line.Contains));
        return double.Parse(Regex.Match(line, @"(?<=[} ])[0-9.eE+]+(?= |$)").Value, System.Globalization.CultureInfo.InvariantCulture);
    }
}
