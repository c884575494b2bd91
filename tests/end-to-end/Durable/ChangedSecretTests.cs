using System.Collections.Concurrent;
using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>A secret is changed while calls wait on several hosts.</summary>
public sealed class ChangedSecretTests : IClassFixture<ThreeDurableHosts>
{
    private const int Waiting = 1_000;

    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(1);

    private readonly ThreeDurableHosts fixture;

    public ChangedSecretTests(ThreeDurableHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task ASecondLater_NothingIsDeliveredWithTheOldOne()
    {
        var arrived = new ConcurrentQueue<(DateTime At, string? Secret)>();
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(async (request, cancelled) =>
        {
            arrived.Enqueue((DateTime.UtcNow, request.Header("Authorization")));
            await Task.Delay(200, cancelled);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await fixture.TenantAsync();
        var hook = await tenant.HookAsync(sink.Address, new { url = sink.Address.ToString(), auth = new { type = "bearer", token = "first" } });
        var clients = fixture.All.Select(host => ThreeDurableHosts.On(host, tenant.Service)).ToList();
        var ids = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, Waiting, new ParallelOptions { MaxDegreeOfParallelism = 24 }, async (i, _) =>
            ids.Add(await clients[i % clients.Count].AcceptAsync(new { input = new { data = i } })));

        await tenant.Admin.PatchAsync($"integrations/{hook.Text("id")}", new { config = new { auth = new { token = "second" } } });
        var acknowledged = DateTime.UtcNow;
        var before = arrived.Count;
        foreach (var id in ids) await tenant.Service.WaitForAsync(id, "succeeded", seconds: 60);

        Assert.True(before < Waiting - 200, $"{before} were delivered before it was changed: too few were left.");
        Assert.Contains(arrived, call => call.Secret == "Bearer first");
        var late = arrived.Where(call => call.At > acknowledged + Promise).ToList();
        Assert.NotEmpty(late);
        Assert.All(late, call => Assert.Equal("Bearer second", call.Secret));
    }
}
