using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Faults;

/// <summary>A host is told to stop while it calls a vendor.</summary>
public abstract class StopTests
{
    private readonly HostFixture fixture;

    protected StopTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Stop_CallsInFlight_EndOrAreCutOffInTime_AndTheirRecordsAreWritten()
    {
        await using var vendor = await HttpPeer.StartAsync();
        var answer = new TaskCompletionSource();
        vendor.Next(async (request, cancellationToken) =>
        {
            await answer.Task.WaitAsync(cancellationToken);
            return await HttpAnswers.Status(HttpStatusCode.OK)(request, cancellationToken);
        });
        vendor.Otherwise(HttpAnswers.Timeout());
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = $"{vendor.Address}" } }, HttpStatusCode.Created);
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Fixture", integration_type = "fixture_good", config = new { endpoint = "https://block.example.com/" } },
            HttpStatusCode.Created);
        var ends = await PushAsync(tenant, vendor, requests: 1);
        var hangs = await PushAsync(tenant, vendor, requests: 2);
        var blocks = await HoldThreadAsync(() => tenant.Service.PostAsync("actions/fixture_good/block", Wire.Raw("""{"input": {}}""")), 1);
        var choices = await HoldThreadAsync(() => tenant.Admin.PostAsync("providers/fixture_good/options/region", Wire.Raw("{}")), 2);
        using var late = await LateCall.BeginAsync(fixture.Host.Address, tenant.Service, "api/v1/actions/webhook/push_data", WebhookTests.Push);
        using var lateChoices = await LateCall.BeginAsync(fixture.Host.Address, tenant.Admin, "api/v1/providers/fixture_good/options/region", new { });

        var since = Stopwatch.StartNew();
        await fixture.Host.TerminateAsync();
        await NobodyListensAsync();
        answer.SetResult();

        var (status, ended) = await ReadAsync(ends);
        Assert.True(status is HttpStatusCode.OK, ended.ToJsonString());

        // What comes completely only now is not begun.
        foreach (var call in new[] { late, lateChoices })
        {
            var (refusal, retryAfter) = await call.EndAsync();
            Assert.Equal("host_stopping", refusal.Text("code"));
            Assert.Null(refusal["failure_kind"]);
            Assert.Equal((5, TimeSpan.FromSeconds(5)), (refusal["retry_after_seconds"]!.GetValue<int>(), retryAfter));
        }

        await AssertStoppedAsync(hangs, "outcome_unknown");
        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(7));

        // Two seconds later those that do not heed it are left behind.
        await AssertStoppedAsync(blocks, "outcome_unknown");
        await AssertStoppedAsync(choices, "unavailable");
        Assert.Equal(0, await fixture.Host.WaitForExitAsync());
        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(10));
        Assert.Equal(["succeeded", "unknown", "unknown"], await fixture.QueryAsync("SELECT state FROM executions ORDER BY state"));
        Assert.Equal(2, vendor.Requests.Count);
    }

    private static async Task AssertStoppedAsync(Task<HttpResponseMessage> call, string failureKind)
    {
        var (status, answer) = await ReadAsync(call);
        Assert.True(status is HttpStatusCode.ServiceUnavailable, answer.ToJsonString());
        Assert.Equal(("host_stopping", failureKind), (answer.Text("code"), answer.Text("failure_kind")));
    }

    private async Task<Task<HttpResponseMessage>> HoldThreadAsync(Func<Task<HttpResponseMessage>> send, int held)
    {
        var call = send();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (fixture.Host.Output.Split("Holds its thread").Length <= held) await Task.Delay(10, patience.Token);
        return call;
    }

    private static async Task<Task<HttpResponseMessage>> PushAsync(Tenant tenant, HttpPeer vendor, int requests)
    {
        var call = tenant.Service.PostAsync("actions/webhook/push_data", JsonContent.Create(WebhookTests.Push));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (vendor.Requests.Count < requests) await Task.Delay(10, patience.Token);
        return call;
    }

    private async Task NobodyListensAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            for (;;)
            {
                using var caller = new TcpClient();
                await caller.ConnectAsync(fixture.Host.Address.Host, fixture.Host.Address.Port, patience.Token);
                await Task.Delay(10, patience.Token);
            }
        }
        catch (SocketException)
        {
            // refused
        }
    }

    private static async Task<(HttpStatusCode Status, JsonObject Answer)> ReadAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>())!); // every body is an object
    }
}

/// <summary>Hosts that get ten seconds to stop: calls have five of them.</summary>
public sealed class StoppedSqliteHost : SqliteHost
{
    protected override IEnumerable<string> Settings => ["--ShutdownTimeoutSeconds=10", .. FixturePlugins.Settings(Directory)];

    protected override Task PrepareAsync() => FixturePlugins.LayAsync(Directory, "webhook");
}

public sealed class StoppedPostgresHost : PostgresHost
{
    protected override IEnumerable<string> Settings => ["--ShutdownTimeoutSeconds=10", .. FixturePlugins.Settings(Directory)];

    protected override Task PrepareAsync() => FixturePlugins.LayAsync(Directory, "webhook");
}

public sealed class StopOnSqliteTests(StoppedSqliteHost host) : StopTests(host), IClassFixture<StoppedSqliteHost>;

public sealed class StopOnPostgresTests(StoppedPostgresHost host) : StopTests(host), IClassFixture<StoppedPostgresHost>;
