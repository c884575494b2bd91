using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Host.Tests.Actions.Queue;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>Three hosts on one PostgreSQL and one RabbitMQ, all of which suffer at random while calls are accepted: what was acknowledged comes to an end
/// that can be told, and nothing is done twice that may not be. Two minutes; thirty with VAKA_TEST_LONG=1.</summary>
public sealed class FaultsTests : IAsyncLifetime
{
    private static readonly TimeSpan Span = Environment.GetEnvironmentVariable("VAKA_TEST_LONG") == "1" ? TimeSpan.FromMinutes(30) : TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(2);

    private readonly RabbitMqPeer broker = new();
    private readonly Random random = new();
    private ThreeHosts? hosts;

    public FaultsTests()
    {
        if (RabbitMqPeer.Unavailable is { } reason) Assert.Skip(reason);
    }

    public async ValueTask InitializeAsync()
    {
        await broker.StartAsync();
        hosts = new ThreeHosts(broker.Address);
        await hosts.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (hosts is not null) await hosts.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task EverythingSuffers_NothingAcknowledgedIsLost()
    {
        var fixture = hosts!; // made at start
        fixture.SkipUnlessAvailable();
        await using var sink = await HttpPeer.StartAsync();
        await using var flaky = await HttpPeer.StartAsync();
        await using var mails = HoldingMailServer.Start();
        mails.LetGo(); // it holds back nothing
        sink.Otherwise(AfterAsync(5, HttpStatusCode.OK));
        flaky.Otherwise(async (request, cancellationToken) => await (random.Next(40) switch
        {
            < 10 => AfterAsync(0, HttpStatusCode.ServiceUnavailable),
            < 20 => AfterAsync(1_500, HttpStatusCode.OK),
            20 => HttpAnswers.Status(HttpStatusCode.TooManyRequests).WithHeader("Retry-After", "1"), // nobody calls it for a second then
            _ => AfterAsync(20, HttpStatusCode.OK),
        })(request, cancellationToken));
        var good = await fixture.TenantAsync();
        await good.HookAsync(sink.Address);
        var bad = await fixture.TenantAsync();
        await bad.HookAsync(flaky.Address);
        await good.Admin.PostAsync("integrations", new { name = "Mail", integration_type = "smtp", config = mails.Config }, HttpStatusCode.Created);

        var accepted = new ConcurrentDictionary<string, string>();
        using var over = new CancellationTokenSource();
        var callers = fixture.All.SelectMany(host => new[]
        {
            CallAsync(host, good.Service, "webhook/push_data", new { input = new { data = 1 } }, "hook", 10, accepted, over.Token),
            CallAsync(host, bad.Service, "webhook/push_data", new { input = new { data = 2 } }, "flaky", 200, accepted, over.Token),
            CallAsync(host, good.Service, "smtp/send_email", HoldingMailServer.Mail, "mail", 50, accepted, over.Token),
        }).ToList();

        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Span;) await HurtAsync(fixture);
        await over.CancelAsync();
        await Task.WhenAll(callers);
        await fixture.AwaitQuietAsync(Recovery);

        Assert.True(accepted.Count > 500, $"Only {accepted.Count} were accepted.");
        var states = await fixture.StatesAsync();
        Assert.All(accepted.Keys, id => Assert.Contains(states[id].State, (string[])["succeeded", "dead", "unknown"]));
        Assert.All(accepted, call => Assert.True(
            states[call.Key].State == "succeeded" || (call.Value == "flaky" && states[call.Key].State == "dead") || (call.Value == "mail" && states[call.Key].State is "unknown"),
            $"{call.Value} {call.Key} is {states[call.Key]}"));
        Assert.All(states.Values.Where(state => state.State is not "succeeded"), state => Assert.NotEqual("", state.Message));

        // Whoever goes by the webhook's id has each delivery once, and has every one.
        var delivered = sink.Requests.Select(request => request.Header("webhook-id")).ToHashSet();
        Assert.All(accepted.Where(call => call.Value == "hook"), call => Assert.True(delivered.Contains($"msg_{Guid.Parse(call.Key):N}"), $"{call.Key} never arrived"));

        // A mail is never sent twice, whatever became of who sent it.
        Assert.All(mails.Received.GroupBy(id => id), mail => Assert.Single(mail));
        var certain = accepted.Count(call => call.Value == "mail" && states[call.Key].State == "succeeded");
        Assert.True(mails.Received.Count >= certain, $"{mails.Received.Count} mails, {certain} of them certain");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(
            ", ", accepted.GroupBy(call => (call.Value, states[call.Key].State)).Select(group => $"{group.Key.Value} {group.Key.State}: {group.Count()}")));
    }

    private static HttpAnswer AfterAsync(int milliseconds, HttpStatusCode status) => async (_, cancellationToken) =>
    {
        await Task.Delay(milliseconds, cancellationToken);
        return new HttpResponseMessage(status);
    };

    private static async Task CallAsync(
        HostProcess host, HttpClient service, string action, object body, string kind, int pause,
        ConcurrentDictionary<string, string> accepted, CancellationToken over)
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Address, "api/v1/"), Timeout = TimeSpan.FromSeconds(20) };
        client.DefaultRequestHeaders.Authorization = service.DefaultRequestHeaders.Authorization;
        client.DefaultRequestHeaders.Add("Prefer", "respond-async");
        while (!over.IsCancellationRequested)
        {
            try
            {
                using var response = await client.PostAsync($"actions/{action}", System.Net.Http.Json.JsonContent.Create(body), CancellationToken.None);
                var answer = await response.Content.ReadAsStringAsync(CancellationToken.None);
                if (response.StatusCode == HttpStatusCode.Accepted) accepted[System.Text.Json.Nodes.JsonNode.Parse(answer)!.AsObject().Text("execution_id")] = kind;
                else Assert.True(response.StatusCode is HttpStatusCode.ServiceUnavailable, $"{(int)response.StatusCode} {answer}"); // said clearly, and not accepted
            }
            catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(100, CancellationToken.None);
            }

            await Task.Delay(pause, CancellationToken.None);
        }
    }

    private async Task HurtAsync(ThreeHosts fixture)
    {
        await Task.Delay(random.Next(200, 2_500));
        var host = fixture.All[random.Next(fixture.All.Count)];
        switch (random.Next(6))
        {
            case 0 or 1:
                await host.KillAsync();
                await Task.Delay(random.Next(1_000));
                await host.StartAsync();
                break;
            case 2:
                await host.FreezeAsync();
                await Task.Delay(random.Next(500, 5_000)); // sometimes beyond its lease
                await host.ThawAsync();
                break;
            case 3:
                await broker.RestartAsync();
                break;
            case 4:
                await broker.KillAsync();
                await Task.Delay(random.Next(2_000));
                await broker.StartAsync();
                break;
            case 5:
                await fixture.DropConnectionsAsync();
                break;
        }
    }

    /// <summary>Three hosts that share a database and a broker.</summary>
    private sealed class ThreeHosts(string broker) : ThreeDurableHosts
    {
        protected override IEnumerable<string> Settings =>
        [
            .. DurableHosts.Settings, "--Executions:RetryDelaysSeconds:2=0.5", "--Executions:RetryDelaysSeconds:3=1", "--Executions:RetryDelaysSeconds:4=1",
            "--Executions:RetryDelaysSeconds:5=1", $"--Queue:RabbitMq={broker}",
        ];

        public Task DropConnectionsAsync() => ServerAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Database}' AND pid <> pg_backend_pid()");

        public async Task AwaitQuietAsync(TimeSpan patience)
        {
            for (var clock = Stopwatch.StartNew(); ; await Task.Delay(200))
            {
                var left = await QueryAsync("SELECT action || ' ' || state || ' ' || count(*) FROM executions WHERE state IN ('queued', 'running', 'retry_scheduled', 'parked') GROUP BY action, state");
                if (left.Count == 0) return;
                Assert.True(clock.Elapsed < patience, $"Still there: {string.Join(", ", left)}");
            }
        }

        public async Task<IReadOnlyDictionary<string, (string State, string Message)>> StatesAsync() =>
            (await QueryAsync("SELECT id || '|' || state || '|' || coalesce(error_message, '') FROM executions"))
                .Select(line => line.Split('|', 3)).ToDictionary(line => line[0], line => (line[1], line[2]));
    }
}
