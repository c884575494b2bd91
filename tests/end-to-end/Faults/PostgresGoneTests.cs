using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Faults;

/// <summary>The database server goes away under a running host and comes back.</summary>
public sealed class PostgresGoneTests : IClassFixture<OwnPostgresHost>
{
    // The machine may be busy; half a minute is what is not to be waited.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(20);

    private readonly OwnPostgresHost fixture;

    public PostgresGoneTests(OwnPostgresHost fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task ServerStops_CallsSaySoAtOnce_AndEverythingRecovers()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync(sink);
        var writers = Writers.Start(Enumerable.Repeat(tenant.Admin, 6));
        var calls = new List<string>();
        await writers.MoreAsync(20);
        for (var i = 0; i < 20; i++) calls.Add(await PushAsync(tenant));

        await fixture.Server.StopAsync();

        // A second later nothing is trusted any more, neither an integration nor a key.
        await AssertUnavailableAsync(tenant, AtOnce);
        var before = sink.Requests.Count;
        await AssertUnavailableAsync(tenant, AtOnce);
        Assert.Equal(before, sink.Requests.Count);
        Assert.True(fixture.Host.IsRunning, fixture.Host.Output);

        await fixture.Server.StartAsync();
        await ReadyAsync();
        await writers.MoreAsync(20);
        await writers.StopAsync();
        await writers.AssertNothingLostAsync(fixture);
        calls.Add(await PushAsync(tenant));
        foreach (var id in calls) Assert.Equal("succeeded", (await MailTests.AwaitExecutionAsync(tenant.Service, id)).Text("state"));
    }

    [Fact]
    public async Task ServerHangs_CallsAreNotHeldForLong_AndEverythingRecovers()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync(sink);
        await PushAsync(tenant);

        await fixture.Server.PauseAsync();
        try
        {
            await AssertUnavailableAsync(tenant, Hung);
        }
        finally
        {
            await fixture.Server.ResumeAsync();
        }

        await ReadyAsync();
        Assert.True(fixture.Host.IsRunning, fixture.Host.Output);
        Assert.Equal("succeeded", (await MailTests.AwaitExecutionAsync(tenant.Service, await PushAsync(tenant))).Text("state"));
    }

    private async Task<Tenant> TenantAsync(HttpPeer sink)
    {
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        return tenant;
    }

    private static async Task<string> PushAsync(Tenant tenant) =>
        (await tenant.Service.PostAsync("actions/webhook/push_data", WebhookTests.Push)).Text("execution_id");

    private async Task AssertUnavailableAsync(Tenant tenant, TimeSpan limit)
    {
        var patience = Stopwatch.StartNew();
        while ((await tenant.Service.GetAsync("providers")).StatusCode == HttpStatusCode.OK) Assert.True(patience.Elapsed < limit);
        await Task.WhenAll(
            AssertUnavailableAsync(tenant.Admin.GetAsync("integrations"), limit),
            AssertUnavailableAsync(tenant.Admin.PostAsJsonAsync("integrations", new { name = "x", integration_type = "webhook", config = new { url = "https://example.com/" } }), limit),
            AssertUnavailableAsync(tenant.Service.PostAsync("actions/webhook/push_data", JsonContent.Create(WebhookTests.Push)), limit),
            AssertUnavailableAsync(tenant.Service.GetAsync("executions"), limit),
            AssertNotReadyAsync(limit));
        using var client = new HttpClient { BaseAddress = fixture.Host.Address };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("healthz")).StatusCode);
    }

    private static async Task AssertUnavailableAsync(Task<HttpResponseMessage> call, TimeSpan limit)
    {
        var waited = Stopwatch.StartNew();
        using var response = await call;
        Assert.True(waited.Elapsed < limit, $"It took {waited.Elapsed}.");
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, text);
        Assert.Equal("database_unavailable", JsonNode.Parse(text)!.AsObject().Text("code")); // every body is an object
        Assert.NotNull(response.Headers.RetryAfter);
    }

    private async Task AssertNotReadyAsync(TimeSpan limit)
    {
        using var client = new HttpClient { BaseAddress = fixture.Host.Address };
        var waited = Stopwatch.StartNew();
        using var response = await client.GetAsync("readyz");
        Assert.True(waited.Elapsed < limit, $"It took {waited.Elapsed}.");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("unreachable", await response.Content.ReadAsStringAsync());
    }

    private async Task ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = fixture.Host.Address };
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await client.GetAsync("readyz", patience.Token)).StatusCode != HttpStatusCode.OK) await Task.Delay(50, patience.Token);

        // What the pool still holds of the old server may fail once more.
        while ((await fixture.Admin.GetAsync("integrations", patience.Token)).StatusCode != HttpStatusCode.OK) await Task.Delay(50, patience.Token);
    }
}
