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
        var ends = await PushAsync(tenant, vendor, requests: 1);
        var hangs = await PushAsync(tenant, vendor, requests: 2);

        var since = Stopwatch.StartNew();
        await fixture.Host.TerminateAsync();
        await NobodyListensAsync();
        answer.SetResult();

        var (status, ended) = await ReadAsync(ends);
        Assert.True(status is HttpStatusCode.OK, ended.ToJsonString());
        (status, var cutOff) = await ReadAsync(hangs);
        Assert.True(status is HttpStatusCode.ServiceUnavailable, cutOff.ToJsonString());
        Assert.Equal(("host_stopping", "outcome_unknown"), (cutOff.Text("code"), cutOff.Text("failure_kind")));
        Assert.Equal(0, await fixture.Host.WaitForExitAsync());
        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(9));
        Assert.Equal(["succeeded", "unknown"], await fixture.QueryAsync("SELECT state FROM executions ORDER BY state"));
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
    protected override IEnumerable<string> Settings => ["--ShutdownTimeoutSeconds=10"];
}

public sealed class StoppedPostgresHost : PostgresHost
{
    protected override IEnumerable<string> Settings => ["--ShutdownTimeoutSeconds=10"];
}

public sealed class StopOnSqliteTests(StoppedSqliteHost host) : StopTests(host), IClassFixture<StoppedSqliteHost>;

public sealed class StopOnPostgresTests(StoppedPostgresHost host) : StopTests(host), IClassFixture<StoppedPostgresHost>;
