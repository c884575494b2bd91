using System.Net;
using System.Net.Http.Json;
using System.Text;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>What is accepted is done, once, and what becomes of it is there to be read.</summary>
public abstract class DurableCallsTests
{
    private static readonly object Push = new { input = new { data = new { a = 1 } } };

    private readonly HostFixture fixture;

    protected DurableCallsTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Accepted_IsDeliveredByteForByteAndSucceeds()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var hook = await tenant.HookAsync(sink.Address);
        const string data = """{"b":1.0,"a":[true,null,"ü"],"big":12345678901234567890}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "actions/webhook/push_data")
        {
            Content = Wire.Raw("{\"input\":{\"data\":" + data + "}}"),
            Headers = { { "Prefer", "respond-async" } },
        };
        using var response = await tenant.Service.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("respond-async", Assert.Single(response.Headers.GetValues("Preference-Applied")));
        var id = (await response.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>())!.Text("execution_id");
        Assert.Equal($"/api/v1/executions/{id}", response.Headers.Location?.ToString());

        var done = await tenant.Service.WaitForAsync(id, "succeeded");
        Assert.Equal(hook.Text("id"), done.Text("integration_id"));
        var delivered = Assert.Single(sink.Requests);
        Assert.Equal(data, Encoding.UTF8.GetString(delivered.Body));
        Assert.Equal(200, done["output"]!["status_code"]!.GetValue<int>());
    }

    [Fact]
    public async Task ManyAtOnce_AllAreDoneOnce()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForAsync(0, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) => ids.Add(await tenant.Service.AcceptAsync(Push)));
        foreach (var id in ids) await tenant.Service.WaitForAsync(id, "succeeded");
        Assert.Equal(1_000, sink.Requests.Select(request => request.Header("webhook-id")).Distinct().Count());
        Assert.Equal(1_000, sink.Requests.Count);
    }

    [Fact]
    public async Task Failing_IsTriedAgainUnderTheSameIdUntilItWorks()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Next(HttpAnswers.Status(HttpStatusCode.ServiceUnavailable), HttpAnswers.Status(HttpStatusCode.ServiceUnavailable));
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var id = await tenant.Service.AcceptAsync(Push);
        var done = await tenant.Service.WaitForAsync(id, "succeeded");
        Assert.Null(done["error_code"]);
        Assert.Equal(3, sink.Requests.Count);
        Assert.Single(sink.Requests.Select(request => request.Header("webhook-id")).Distinct());
        var kinds = await fixture.QueryAsync($"SELECT failure_kind FROM execution_attempts WHERE lower(CAST(execution_id AS TEXT)) = '{id}' ORDER BY number");
        Assert.Equal(["unavailable", "unavailable"], kinds);
    }

    [Fact]
    public async Task FailingForGood_IsDeadAfterTheSchedule()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(HttpAnswers.Status(HttpStatusCode.ServiceUnavailable));
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var dead = await tenant.Service.WaitForAsync(await tenant.Service.AcceptAsync(Push), "dead");
        Assert.Equal("provider_unavailable", dead.Text("error_code"));
        Assert.NotNull(dead["finished_at"]);
        Assert.Equal(3, sink.Requests.Count);
    }

    [Fact]
    public async Task Refused_IsDeadAtOnce()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(HttpAnswers.Status(HttpStatusCode.BadRequest));
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        await tenant.Service.WaitForAsync(await tenant.Service.AcceptAsync(Push), "dead");
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task SwitchedOff_IsParkedAndGoesOnOnceItIsSwitchedOn()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var hook = await tenant.HookAsync(sink.Address);
        await tenant.Admin.PostAsync($"integrations/{hook.Text("id")}/deactivate", new { });
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add(await tenant.Service.AcceptAsync(Push));
        var parked = await tenant.Service.WaitForAsync(ids[0], "parked");
        Assert.Equal("integration_not_configured", parked.Text("error_code"));
        Assert.Equal("Webhook integration not configured. Please configure in /integrations page.", parked.Text("error_message"));
        Assert.Empty(sink.Requests);

        await tenant.Admin.PostAsync($"integrations/{hook.Text("id")}/activate", new { });
        foreach (var id in ids) await tenant.Service.WaitForAsync(id, "succeeded", seconds: 5);
        Assert.Equal(5, sink.Requests.Count);
    }

    [Fact]
    public async Task NeverConfigured_IsRefusedAtOnce()
    {
        var tenant = await fixture.TenantAsync();
        var refused = await tenant.Service.SendAsync(
            HttpMethod.Post, "actions/webhook/push_data", JsonContent.Create(Push), HttpStatusCode.Conflict, ("Prefer", "respond-async"));
        Assert.Equal("integration_not_configured", refused.Text("code"));
        Assert.Empty(await fixture.QueryAsync($"SELECT id FROM executions WHERE lower(CAST(tenant_id AS TEXT)) = '{tenant.Id}'"));
    }

    [Fact]
    public async Task GoneInTheMiddle_ParksWhatIsLeft()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(HttpAnswers.Status(HttpStatusCode.Gone));
        var tenant = await fixture.TenantAsync();
        var hook = await tenant.HookAsync(sink.Address);
        var first = await tenant.Service.AcceptAsync(Push);
        await tenant.Service.WaitForAsync(first, "parked");
        var second = await tenant.Service.AcceptAsync(Push);
        Assert.Equal("integration_unusable", (await tenant.Service.WaitForAsync(second, "parked")).Text("error_code"));

        sink.Otherwise(HttpAnswers.Status(HttpStatusCode.OK));
        await tenant.Admin.PatchAsync($"integrations/{hook.Text("id")}", new { config = new { url = new Uri(sink.Address, "new").ToString() } });
        await tenant.Service.WaitForAsync(first, "succeeded");
        await tenant.Service.WaitForAsync(second, "succeeded");
    }

    [Fact]
    public async Task PausedByTheOtherSide_GoesOnOnceAnAdminHasChangedTheIntegration()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Next(HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromHours(1)));
        var tenant = await fixture.TenantAsync();
        var hook = await tenant.HookAsync(sink.Address);
        await tenant.Service.WaitForAsync(await tenant.Service.AcceptAsync(Push), "retry_scheduled");
        var waiting = await tenant.Service.AcceptAsync(Push);
        await Task.Delay(300);
        Assert.Equal("queued", (await tenant.Service.GetExecutionAsync(waiting)).Text("state"));
        Assert.Single(sink.Requests);

        await tenant.Admin.PatchAsync($"integrations/{hook.Text("id")}", new { config = new { url = new Uri(sink.Address, "new").ToString() } });
        await tenant.Service.WaitForAsync(waiting, "succeeded", seconds: 10);
    }

    [Fact]
    public async Task NotBefore_IsNotBegunEarlier()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var at = DateTimeOffset.UtcNow.AddSeconds(1.5);
        var id = await tenant.Service.AcceptAsync(new { input = new { data = 1 }, not_before = at });
        await Task.Delay(700);
        Assert.Equal("queued", (await tenant.Service.GetExecutionAsync(id)).Text("state"));
        await tenant.Service.WaitForAsync(id, "succeeded");
        Assert.True(DateTimeOffset.UtcNow >= at);
        Assert.Single(sink.Requests);
    }

    [Theory]
    [InlineData("""{"input":{"data":1},"not_before":"soon"}""", "not_before")]
    [InlineData("""{"input":{"data":1},"not_before":"3026-01-01T00:00:00Z"}""", "not_before")]
    [InlineData("""{"input":{"data":1},"not_before":5}""", "not_before")]
    [InlineData("""{"input":{"data":1},"later":true}""", "later")]
    public async Task BadRequest_IsRefusedAndNothingIsKept(string body, string named)
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var refused = await tenant.Service.SendAsync(
            HttpMethod.Post, "actions/webhook/push_data", Wire.Raw(body), HttpStatusCode.BadRequest, ("Prefer", "respond-async"));
        Assert.Contains(named, refused.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(await fixture.QueryAsync($"SELECT id FROM executions WHERE lower(CAST(tenant_id AS TEXT)) = '{tenant.Id}'"));
    }

    [Fact]
    public async Task NotBefore_OfACallThatIsWaitedFor_IsRefused()
    {
        var tenant = await fixture.TenantAsync();
        var refused = await tenant.Service.PostAsync(
            "actions/webhook/push_data", new { input = new { data = 1 }, not_before = DateTimeOffset.UtcNow }, HttpStatusCode.BadRequest);
        Assert.Contains("Prefer: respond-async", refused.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvalidInput_IsRefusedBeforeItIsAccepted()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var refused = await tenant.Service.SendAsync(
            HttpMethod.Post, "actions/webhook/push_data", Wire.Raw("""{"input":{"dato":1}}"""), HttpStatusCode.UnprocessableEntity, ("Prefer", "respond-async"));
        Assert.Equal("invalid_input", refused.Text("code"));
    }
}

public sealed class DurableCallsOnSqliteTests(DurableSqliteHost host) : DurableCallsTests(host), IClassFixture<DurableSqliteHost>;

public sealed class DurableCallsOnPostgresTests(DurablePostgresHost host) : DurableCallsTests(host), IClassFixture<DurablePostgresHost>;
