using System.Collections.Concurrent;
using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Host.Tests.Actions.Queue;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>The broker goes away and comes back; work never minds.</summary>
public sealed class BrokerOutageTests : IAsyncLifetime
{
    private readonly RabbitMqPeer broker = new();
    private WithBroker? fixture;

    public BrokerOutageTests()
    {
        if (RabbitMqPeer.Unavailable is { } reason) Assert.Skip(reason);
    }

    public async ValueTask InitializeAsync()
    {
        await broker.StartAsync();
        fixture = new WithBroker(broker.Address);
        await fixture.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (fixture is not null) await fixture.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task BrokerGone_WorkGoesOnAndItsStateIsSeen()
    {
        var hosts = fixture!; // made at start
        hosts.SkipUnlessAvailable();
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(async (_, cancelled) =>
        {
            await Task.Delay(50, cancelled);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await hosts.TenantAsync();
        await tenant.HookAsync(sink.Address);
        await Eventually.TrueAsync(async () => (await hosts.QueueAsync()).StartsWith("rabbitmq: connected", StringComparison.Ordinal));
        await DeliverAsync(tenant, 100);

        await broker.KillAsync();
        await Eventually.TrueAsync(async () => (await hosts.QueueAsync()).StartsWith("rabbitmq: unreachable since", StringComparison.Ordinal));
        await DeliverAsync(tenant, 100);

        await broker.StartAsync();
        await Eventually.TrueAsync(async () => await hosts.QueueAsync() == "rabbitmq: connected");
        await DeliverAsync(tenant, 100);
        Assert.Equal(300, sink.Requests.Count);
    }

    private static async Task DeliverAsync(Tenant tenant, int count)
    {
        var ids = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            ids.Add(await tenant.Service.AcceptAsync(new { input = new { data = i } })));
        foreach (var id in ids) await tenant.Service.WaitForAsync(id, "succeeded");
    }

    private sealed class WithBroker(string broker) : ThreeDurableHosts
    {
        protected override IEnumerable<string> Settings => [.. DurableHosts.Settings, $"--Queue:RabbitMq={broker}"];

        public async Task<string> QueueAsync()
        {
            using var client = new HttpClient { BaseAddress = Host.Address };
            return (await client.GetJsonAsync("readyz")).Text("queue");
        }
    }
}
