using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>A thousand tenants, one of which has ten thousand calls waiting for a server that never answers.</summary>
public abstract class FairnessTests
{
    private const int Tenants = 1_000;
    private const int Stuck = 10_000;
    private const int Measured = 300;

    /// <summary>What a busy machine adds to a few milliseconds by itself.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(10);

    private readonly HostFixture fixture;

    protected FairnessTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task OneThatIsStuck_DoesNotSlowTheOthers()
    {
        await using var deaf = await HttpPeer.StartAsync();
        deaf.Otherwise(HttpAnswers.Timeout());
        await using var sink = await HttpPeer.StartAsync();
        var arrivals = new ConcurrentDictionary<string, TaskCompletionSource>();
        sink.Otherwise((request, _) =>
        {
            arrivals[request.Uri.Segments[^1]].TrySetResult();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        });
        var tenants = Enumerable.Range(0, Tenants).Select(_ => Guid.CreateVersion7()).ToList();
        await Parallel.ForEachAsync(tenants, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (tenant, _) =>
            await AsAsync(tenant, "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = $"{sink.Address}{tenant:N}" } }, HttpStatusCode.Created));
        await MeasureAsync(tenants, arrivals); // what is done for the first time is slow
        var before = await MeasureAsync(tenants, arrivals);

        var stuck = Guid.CreateVersion7();
        await AsAsync(stuck, "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = deaf.Address.ToString(), timeout_seconds = 30 } }, HttpStatusCode.Created);
        await Parallel.ForAsync(0, Stuck, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            await AsAsync(stuck, "actions/webhook/push_data", new { input = new { data = i } }, HttpStatusCode.Accepted));
        Assert.NotEmpty(deaf.Requests);
        var after = await MeasureAsync(tenants, arrivals);

        TestContext.Current.TestOutputHelper?.WriteLine($"median {before.TotalMilliseconds:0.0} ms before, {after.TotalMilliseconds:0.0} ms beside {Stuck} that are stuck");
        Assert.True(after < (before * 1.5) + Noise, $"The median grew from {before} to {after}.");
    }

    // One after the other, each from being sent until it arrives.
    private async Task<TimeSpan> MeasureAsync(List<Guid> tenants, ConcurrentDictionary<string, TaskCompletionSource> arrivals)
    {
        var times = new List<TimeSpan>();
        foreach (var tenant in tenants.Take(Measured))
        {
            var arrival = arrivals[$"{tenant:N}"] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var clock = Stopwatch.StartNew();
            await AsAsync(tenant, "actions/webhook/push_data", new { input = new { data = 1 } }, HttpStatusCode.Accepted);
            await arrival.Task.WaitAsync(TimeSpan.FromSeconds(30));
            times.Add(clock.Elapsed);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private Task AsAsync(Guid tenant, string path, object body, HttpStatusCode expected) => fixture.Admin.SendAsync(
        HttpMethod.Post, path, JsonContent.Create(body), expected, ("X-Tenant-Id", $"{tenant}"), ("Prefer", "respond-async"));
}

public sealed class FairnessOnSqliteTests(SqliteHost host) : FairnessTests(host), IClassFixture<SqliteHost>;

public sealed class FairnessOnPostgresTests(PostgresHost host) : FairnessTests(host), IClassFixture<PostgresHost>;
