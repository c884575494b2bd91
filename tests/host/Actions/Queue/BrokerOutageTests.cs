using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

/// <summary>A broker of its own, which ends and comes back.</summary>
public sealed class BrokerOutageTests : IClassFixture<BrokerOutageTests.OwnBroker>
{
    private readonly RabbitMqPeer broker;

    public BrokerOutageTests(OwnBroker own)
    {
        if (RabbitMqPeer.Unavailable is { } reason) Assert.Skip(reason);
        broker = own.Peer;
    }

    [Fact]
    public async Task Broker_RestartedThenKilled_IsUsedAgainAndKeptWhatItConfirmed()
    {
        await using var one = await QueueHost.ConnectAsync(broker.Address, takesWork: false);
        var confirmed = QueueHost.Executions(500);
        one.Announce(confirmed);
        await Eventually.HoldsAsync(() => one.Figure("announced") == confirmed.Count);

        // One that says good-bye. It comes first because a broker that is killed right after a queue was made may forget that queue's disk.
        var restart = broker.RestartAsync();
        await Eventually.HoldsAsync(() => !one.Queue.IsUp);
        await restart;
        await one.IsUpAsync();

        await broker.KillAsync();
        await Eventually.HoldsAsync(() => !one.Queue.IsUp);
        one.Announce(QueueHost.Executions(5));
        await Eventually.HoldsAsync(() => one.Queue.State.Contains("since"));
        Assert.Matches("^rabbitmq: unreachable since [0-9:]{8}Z$", one.Queue.State);

        await broker.StartAsync();
        await one.IsUpAsync();
        Assert.Equal("rabbitmq: connected", one.Queue.State);
        Assert.Equal(5, one.Figure("dropped"));
        await using var other = await QueueHost.ConnectAsync(broker.Address);
        var after = QueueHost.Executions(10);
        one.Announce(after);
        await Eventually.HoldsAsync(() => other.Taken.ToHashSet().SetEquals(confirmed.Concat(after)));
    }

    [Fact]
    public async Task Broker_ConfirmsNothing_IsNotUpUntilItDoes()
    {
        await using var host = await QueueHost.ConnectAsync(broker.Address);
        await broker.PauseAsync();
        host.Announce(QueueHost.Executions(3));
        await Eventually.HoldsAsync(() => !host.Queue.IsUp); // ten seconds
        Assert.Equal(3, host.Figure("dropped"));

        await broker.ResumeAsync();
        await host.IsUpAsync();
        var announced = QueueHost.Executions(3);
        host.Announce(announced);
        await Eventually.HoldsAsync(() => announced.All(host.Taken.Contains));
    }

    public sealed class OwnBroker : IAsyncLifetime
    {
        public RabbitMqPeer Peer { get; } = new();

        public async ValueTask InitializeAsync()
        {
            if (RabbitMqPeer.Unavailable is null) await Peer.StartAsync();
        }

        public ValueTask DisposeAsync() => Peer.DisposeAsync();
    }
}

/// <summary>The whole host beside a broker that is away.</summary>
public sealed class BrokerAwayTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task Readyz_BrokerAway_IsReadyAndSaysSo()
    {
        database.SkipUnlessAvailable();
        await using var host = await RunningHost.StartAsync(database, "--Queue:RabbitMq=amqp://vaka:hunter2@127.0.0.1:9");
        JsonNode? ready = null;
        await Eventually.HoldsAsync(async () => (ready = await host.ReadyAsync())["queue"]?.GetValue<string>() is "rabbitmq: connecting" == false);
        Assert.Equal("ready", ready?["status"]?.GetValue<string>());
        Assert.Matches("^rabbitmq: unreachable since [0-9:]{8}Z$", ready?["queue"]?.GetValue<string>());
        Assert.Contains(host.Log.Lines, line => line.Contains("RabbitMQ cannot be used"));
        host.Log.AssertNever("hunter2");
    }

    [Fact]
    public async Task Readyz_NoQueue_SaysInProcess()
    {
        database.SkipUnlessAvailable();
        await using var host = await RunningHost.StartAsync(database);
        Assert.Equal("in process", (await host.ReadyAsync())["queue"]?.GetValue<string>());
    }
}
