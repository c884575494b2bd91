using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.EndToEnd.Tests.Secrets;
using Vaka.Plugins.Host.Tests.Actions.Queue;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Telemetry;

/// <summary>A host that exports everything, at its most talkative, to a collector. What it has exported is complete when it has stopped.</summary>
public abstract class TraceTests : IAsyncLifetime
{
    private readonly Canary canary = new();
    private Collector? collector;
    private HostFixture? fixture;

    private Collector Collector => collector ?? throw new InvalidOperationException("Nothing was started.");

    private protected HostFixture Fixture => fixture ?? throw new InvalidOperationException("Nothing was started.");

    public virtual async ValueTask InitializeAsync()
    {
        collector = await Collector.StartAsync();
        fixture = Create(
        [
            .. DurableHosts.Settings, .. collector.Settings, "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
            "--Logging:LogLevel:Microsoft.EntityFrameworkCore=Trace", "--Logging:LogLevel:System.Net.Http=Trace",
        ]);
        await fixture.InitializeAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (fixture is not null) await fixture.DisposeAsync();
        if (collector is not null) await collector.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract HostFixture Create(IReadOnlyList<string> settings);

    private protected async Task CallAndCheckAsync()
    {
        Fixture.SkipUnlessAvailable();
        if (MailPeer.Unavailable is { } reason) Assert.Skip(reason);
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await Fixture.TenantAsync();
        await tenant.HookAsync(sink.Address, new
        {
            url = $"{sink.Address}{canary.Text}?key={canary.Text}", auth = new { type = "bearer", token = canary.Text },
            secret_headers = new Dictionary<string, string> { ["X-Secret"] = canary.Text },
        });
        await tenant.Admin.PostAsync("integrations", new { name = "Mail", integration_type = "smtp", config = MailPeer.Config() }, HttpStatusCode.Created);

        var waited = Trace.New();
        await waited.SendAsync(tenant.Service, "actions/webhook/push_data", new { input = new { data = canary.Text } }, canary.Text, isDurable: false);
        sink.Next(HttpAnswers.Status(HttpStatusCode.ServiceUnavailable)); // the first of two attempts
        var durable = Trace.New();
        var accepted = await durable.SendAsync(tenant.Service, "actions/webhook/push_data", new { input = new { data = canary.Text } }, canary.Text, isDurable: true);
        await tenant.Service.WaitForAsync(accepted, "succeeded");
        var mail = Trace.New();
        await mail.SendAsync(
            tenant.Service, "actions/smtp/send_email",
            new { input = new { to = new[] { "Bot <bot@vaka.test>" }, subject = canary.Text, text = canary.Text } }, canary.Text, isDurable: false);
        var unsampled = Trace.New(isSampled: false);
        await unsampled.SendAsync(tenant.Service, "actions/webhook/push_data", new { input = new { data = 1 } }, canary.Text, isDurable: false);
        using var stranger = new HttpClient { BaseAddress = Fixture.Host.Address };
        using var signIn = await stranger.GetAsync($"sign-in?code={canary.Text}");
        await CallMoreAsync();
        await tenant.Admin.PostAsync("integrations/test", new { integration_type = "smtp", config = MailPeer.Config() });
        var metrics = await Fixture.Admin.GetStringAsync("../../metrics");
        await Fixture.Host.TerminateAsync();
        Assert.Equal(0, await Fixture.Host.WaitForExitAsync());

        var calls = Collector.Spans.ToLookup(span => span.TraceId);
        CheckMore(Collector.Spans, metrics);
        AssertChain(calls[waited.Id], waited, sink, attempts: 0);
        AssertChain(calls[durable.Id], durable, sink, attempts: 2);
        Assert.Contains(calls[mail.Id], span => span.Name == "connect" && span.Tags["server.port"] == $"{MailPeer.Port("starttls")}");
        Assert.Empty(calls[unsampled.Id]);
        Assert.DoesNotContain(Collector.Spans, span => span.ParentId.Length == 0 && span.Source is "Npgsql" or "System.Net.Http");
        Assert.Contains("vaka.calls.duration", Collector.Metrics);
        Assert.Contains("blue", Collector.Raw("traces"));
        Assert.DoesNotContain("not-read", Collector.Raw("traces"));
        Assert.Contains(Collector.LogBodies, body => body.StartsWith("Execution ", StringComparison.Ordinal));
        Assert.All(Collector.Requests, request => Assert.Equal("here", request.Header("X-Collector")));
        canary.Add("recipient", "bot@vaka.test");
        foreach (var signal in new[] { "traces", "metrics", "logs" }) canary.AssertNotIn($"What is exported of {signal}", Collector.Raw(signal));
        canary.AssertNotIn("/metrics", metrics);
    }

    private protected virtual Task CallMoreAsync() => Task.CompletedTask;

    private protected virtual void CheckMore(IReadOnlyList<ExportedSpan> spans, string metrics)
    {
    }

    private static ExportedSpan Child(IEnumerable<ExportedSpan> spans, string name, string parent) =>
        Assert.Single(spans, span => span.Name == name && span.ParentId == parent);

    private static void AssertChain(IEnumerable<ExportedSpan> spans, Trace trace, HttpPeer sink, int attempts)
    {
        var all = spans.ToList();
        var request = Child(all, "POST /api/v1/actions/{type}/{action}", trace.SpanId);
        Assert.Equal(attempts > 0 ? "202" : "200", request.Tags["http.response.status_code"]);
        var parents = attempts == 0 ? [request] : all.Where(span => span.Name == "attempt webhook/push_data").OrderBy(span => span.Tags["vaka.attempt"]).ToArray();
        Assert.Equal(Math.Max(1, attempts), parents.Length);
        foreach (var (parent, number) in parents.Select((parent, index) => (parent, index + 1)))
        {
            if (attempts > 0) Assert.Equal(request.Id, parent.ParentId);
            var failed = number < attempts;
            var call = Child(all, "call webhook/push_data", parent.Id);
            Assert.Equal((failed, failed ? "unavailable" : null), (call.IsError, call.Tags.GetValueOrDefault("error.type")));
            var http = Child(all, "POST", call.Id);
            Assert.Equal(("System.Net.Http", $"{sink.Address.Port}"), (http.Source, http.Tags["server.port"]));

            // What reaches the other side is the span that it is called from, and nothing more of our caller's.
            var received = Assert.Single(sink.Requests, seen => seen.Header("traceparent") == $"00-{trace.Id}-{http.Id}-01");
            Assert.Null(received.Header("tracestate"));
            Assert.Null(received.Header("baggage"));
        }

        if (attempts == 0) return;
        Assert.Equal("succeeded", parents[^1].Tags["vaka.execution.state"]);
        Child(all, "store execution", request.Id);
    }

    /// <summary>A caller's trace.</summary>
    private protected sealed record Trace(string Id, string SpanId, bool IsSampled)
    {
        public static Trace New(bool isSampled = true) => new(ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString(), isSampled);

        /// <summary>Calls within it, and answers the execution's id.</summary>
        public async Task<string> SendAsync(HttpClient client, string path, object body, string hidden, bool isDurable)
        {
            (string, string)[] headers =
            [
                ("traceparent", $"00-{Id}-{SpanId}-{(IsSampled ? "01" : "00")}"), ("tracestate", $"caller={hidden}"), ("baggage", $"caller={hidden}"),
                .. isDurable ? [("Prefer", "respond-async")] : Array.Empty<(string, string)>(),
            ];
            var answer = await client.SendAsync(HttpMethod.Post, path, JsonContent.Create(body), isDurable ? HttpStatusCode.Accepted : HttpStatusCode.OK, headers);
            return answer.Text("execution_id");
        }
    }
}

public sealed class TraceOnSqliteTests : TraceTests
{
    [Fact]
    public Task Calls_AreOneTraceEachFromRequestToWebhook_AndCarryNothingElse() => CallAndCheckAsync();

    private protected override HostFixture Create(IReadOnlyList<string> settings) => new TracedHost(settings);

    private sealed class TracedHost(IReadOnlyList<string> settings) : SqliteHost
    {
        protected override IEnumerable<string> Settings => settings;

        protected override IReadOnlyDictionary<string, string> Environment => Collector.Environment;
    }
}

/// <summary>On PostgreSQL, and with RabbitMQ where it is there.</summary>
public sealed class TraceOnPostgresTests : TraceTests
{
    private readonly VirtualHost broker = new();
    private readonly Trace queued = Trace.New();

    public override async ValueTask InitializeAsync()
    {
        VirtualHost.SkipUnlessAvailable();
        await broker.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task Calls_AreOneTraceEachFromRequestToWebhook_AlsoThroughTheQueue_AndCarryNothingElse() => await CallAndCheckAsync();

    // A host keeps what it can begin at once; what is more goes to the queue.
    private protected override async Task CallMoreAsync()
    {
        await using var sink = await HttpPeer.StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sink.Otherwise(async (_, cancelled) =>
        {
            await go.Task.WaitAsync(cancelled);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await Fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        using var ready = new HttpClient { BaseAddress = Fixture.Host.Address };
        await Eventually.TrueAsync(async () => (await ready.GetJsonAsync("readyz")).Text("queue") == "rabbitmq: connected");
        var ids = new List<string>();
        for (var i = 0; i < 20; i++) ids.Add(await queued.SendAsync(tenant.Service, "actions/webhook/push_data", new { input = new { data = 1 } }, "x", isDurable: true));
        go.SetResult();
        foreach (var id in ids) await tenant.Service.WaitForAsync(id, "succeeded", seconds: 60);
    }

    private protected override void CheckMore(IReadOnlyList<ExportedSpan> spans, string metrics)
    {
        var same = spans.Where(span => span.TraceId == queued.Id).ToList();
        var requests = same.Where(span => span.ParentId == queued.SpanId).Select(span => span.Id).ToList();
        Assert.Equal(20, requests.Count);
        var publish = same.First(span => span.Name == "publish vaka.executions");
        Assert.Contains(publish.ParentId, requests);
        Assert.Equal("rabbitmq", publish.Tags["messaging.system"]);
        Assert.Contains(spans, span => span.Name == "process vaka.executions" && span.Links.Contains((publish.TraceId, publish.Id)));
        Assert.Contains(same, span => span.Name == "attempt webhook/push_data" && span.ParentId == publish.ParentId);
        Assert.Contains(spans, span => span.Source == "Npgsql" && spans.Any(parent => parent.Name == "resolve webhook" && parent.Id == span.ParentId));

        // This host has all that there is to watch.
        foreach (var (where, query) in WatchFiles.Queries()) Assert.True(PromQuery.Missing(query, metrics) is [], $"{where} names what /metrics does not have: {string.Join(", ", PromQuery.Missing(query, metrics))}");
    }

    private protected override HostFixture Create(IReadOnlyList<string> settings) => new TracedHost([.. settings, $"--Queue:RabbitMq={broker.Address}"]);

    private sealed class TracedHost(IReadOnlyList<string> settings) : PostgresHost
    {
        protected override IEnumerable<string> Settings => settings;

        protected override IReadOnlyDictionary<string, string> Environment => Collector.Environment;
    }
}
