using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>The database goes away while calls are delivered, and comes back.</summary>
public sealed class DatabaseOutageTests : IClassFixture<DatabaseOutageTests.OwnServer>
{
    private readonly OwnServer fixture;

    public DatabaseOutageTests(OwnServer fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task DatabaseGoneInTheMiddle_IsSaidClearlyAndNothingAcceptedIsLost()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(async (_, cancelled) =>
        {
            await Task.Delay(100, cancelled);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var accepted = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            accepted.Add(await tenant.Service.AcceptAsync(new { input = new { data = i } })));

        await fixture.Server.StopAsync();
        var refused = await tenant.Service.SendAsync(
            HttpMethod.Post, "actions/webhook/push_data", JsonContent.Create(new { input = new { data = 0 } }), HttpStatusCode.ServiceUnavailable, ("Prefer", "respond-async"));
        Assert.Equal("database_unavailable", refused.Text("code"));
        await Task.Delay(3_000); // longer than the lease: what had been called by then is to be written all the same
        await fixture.Server.StartAsync();

        foreach (var id in accepted) await Eventually.SucceedsAsync(tenant.Service, id);
        Assert.True(sink.Requests.Select(request => request.Header("webhook-id")).Distinct().Count() >= 200);
        var later = await tenant.Service.AcceptAsync(new { input = new { data = 1 } });
        await tenant.Service.WaitForAsync(later, "succeeded");
    }

    public sealed class OwnServer : OwnPostgresHost
    {
        protected override IEnumerable<string> Settings => DurableHosts.Settings;
    }
}
