using System.Text.RegularExpressions;
using RabbitMQ.Client;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

public sealed class RabbitQueueTests : IAsyncLifetime
{
    private readonly VirtualHost broker = new();

    public RabbitQueueTests() => VirtualHost.SkipUnlessAvailable();

    public ValueTask InitializeAsync() => broker.InitializeAsync();

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task Announce_IsConfirmedAndReachesTheOtherHost()
    {
        await using var one = await QueueHost.ConnectAsync(broker.Address, takesWork: false);
        await using var other = await QueueHost.ConnectAsync(broker.Address);
        var announced = QueueHost.Executions(3_000);
        one.Announce(announced);
        await Eventually.HoldsAsync(() => other.Taken.Count == announced.Count && one.Figure("announced") == announced.Count);
        Assert.Equal(announced.ToHashSet(), other.Taken.ToHashSet());
        Assert.Equal((0, 1), (one.Figure("dropped"), one.Figure("up")));
        Assert.Equal(announced.Count, other.Figure("received"));
        Assert.Equal("rabbitmq: connected", one.Queue.State);
    }

    [Fact]
    public async Task Announce_TwoHostsTakeWork_ShareIt()
    {
        await using var one = await QueueHost.ConnectAsync(broker.Address, prefetch: 5);
        await using var other = await QueueHost.ConnectAsync(broker.Address, prefetch: 5);
        var announced = QueueHost.Executions(400);
        one.Announce(announced);
        await Eventually.HoldsAsync(() => one.Taken.Count + other.Taken.Count == announced.Count);
        Assert.Equal(announced.ToHashSet(), one.Taken.Concat(other.Taken).ToHashSet());
        Assert.InRange(one.Taken.Count, 100, 300);
    }

    [Fact]
    public async Task Offer_BusyHost_LeavesTheRestToTheOther()
    {
        await using var busy = await QueueHost.ConnectAsync(broker.Address, prefetch: 5);
        busy.Before = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        await using var idle = await QueueHost.ConnectAsync(broker.Address, prefetch: 5);
        idle.Announce(QueueHost.Executions(200));
        await Eventually.HoldsAsync(() => idle.Taken.Count == 195);
        Assert.Empty(busy.Taken);
    }

    [Fact]
    public async Task Offer_HostDiesBeforeItReturns_AnotherIsGivenAll()
    {
        await using var way = new CutWay(broker.Address);
        await using var dying = await QueueHost.ConnectAsync(way.Address, prefetch: 100);
        var offered = new TaskCompletionSource();
        dying.Before = (_, cancellationToken) =>
        {
            offered.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        };
        var announced = QueueHost.Executions(100);
        dying.Announce(announced);
        await offered.Task;
        await Eventually.HoldsAsync(() => dying.Figure("announced") == announced.Count);
        await way.CutAsync();
        await using var other = await QueueHost.ConnectAsync(broker.Address);
        await Eventually.HoldsAsync(() => other.Taken.Count >= announced.Count);
        Assert.Equal(announced.ToHashSet(), other.Taken.ToHashSet());
        await Eventually.HoldsAsync(() => !dying.Queue.IsUp && Regex.IsMatch(dying.Queue.State, "^rabbitmq: unreachable since [0-9:]{8}Z$"));
    }

    [Fact]
    public async Task Offer_DatabaseAway_IsOfferedAgain()
    {
        await using var host = await QueueHost.ConnectAsync(broker.Address);
        var failures = 0;
        host.Before = (_, _) => Interlocked.Increment(ref failures) == 1 ? Task.FromException(new TimeoutException("The database is away.")) : Task.CompletedTask;
        var announced = QueueHost.Executions(20);
        host.Announce(announced);
        await Eventually.HoldsAsync(() => failures > 0 && host.Queue.IsUp);
        host.Announce(announced);
        await Eventually.HoldsAsync(() => host.Taken.ToHashSet().SetEquals(announced));
        await Eventually.HoldsAsync(async () => await host.WaitingAsync() == 0);
    }

    [Fact]
    public async Task Consume_UnreadableMessages_AreDroppedAndLogged()
    {
        await using var host = await QueueHost.ConnectAsync(broker.Address);
        await host.OnChannelAsync(async channel =>
        {
            await channel.BasicPublishAsync("", RabbitLink.QueueName, "not ours"u8.ToArray());
            await channel.BasicPublishAsync("", RabbitLink.QueueName, new byte[33]);
            return true;
        });
        var readable = QueueHost.Executions(1);
        host.Announce(readable);
        await Eventually.HoldsAsync(() => host.Taken.Count == 1 && host.Log.Lines.Any(line => line.Contains("no host's")));
        Assert.Equal(readable, host.Taken);

        // Nor do they come back.
        await host.StopAsync();
        Assert.Equal(0u, await host.WaitingAsync());
    }

    [Fact]
    public async Task Queue_Deleted_IsMadeAgain()
    {
        await using var host = await QueueHost.ConnectAsync(broker.Address);
        await host.OnChannelAsync(channel => channel.QueueDeleteAsync(RabbitLink.QueueName));
        await Eventually.HoldsAsync(() => host.Log.Lines.Any(line => line.Contains("cannot be used")));
        await host.IsUpAsync();
        var announced = QueueHost.Executions(1);
        host.Announce(announced);
        await Eventually.HoldsAsync(() => host.Taken.Count == 1);
    }

    [Fact]
    public async Task Connect_QueueOfAnotherKind_SaysWhatToDo()
    {
        await using (var host = await QueueHost.ConnectAsync(broker.Address))
        {
            await host.StopAsync();
            await host.OnChannelAsync(async channel =>
            {
                await channel.QueueDeleteAsync(RabbitLink.QueueName);
                return await channel.QueueDeclareAsync(RabbitLink.QueueName, durable: true, exclusive: false, autoDelete: false);
            });
        }

        await RefusedAsync(broker.Address, "queue refused", "Delete it");
    }

    [Fact]
    public Task Connect_WrongPassword_SaysWhatToDoAndNoPassword() =>
        RefusedAsync(broker.Address.Replace("broker-secret", "hunter2"), "sign-in refused", "Correct the setting");

    [Fact]
    public Task Connect_NoSuchVirtualHost_SaysWhatToDo() => RefusedAsync($"{broker.Address}-not", "virtual host refused", "add_vhost");

    [Fact]
    public async Task Connect_UserWhoMayDoNothing_SaysWhatToDo() =>
        await RefusedAsync(await broker.AddUserAsync("^$", "^$", "^$"), "access refused", "set_permissions");

    // What host/Deployment/README.md has them grant.
    [Fact]
    public async Task Connect_UserWhoMayDoWhatIsNeeded_SendsAndTakes()
    {
        await using var host = await QueueHost.ConnectAsync(await broker.AddUserAsync(@"^vaka\.", @"^amq\.default$", @"^vaka\."));
        host.Announce(QueueHost.Executions(3));
        await Eventually.HoldsAsync(() => host.Taken.Count == 3);
    }

    [Fact]
    public Task Connect_NobodyThere_SaysWhatToDo() => RefusedAsync("amqp://vaka:hunter2@127.0.0.1:9", "unreachable", "Check that it runs");

    [Fact]
    public Task Connect_CertificateThatNobodyVouchesFor_SaysWhatToDo() =>
        RefusedAsync(Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ_TLS") ?? "", "certificate not accepted", "trusts");

    [Fact]
    public async Task Stop_WithMuchToSend_SendsItFirst()
    {
        await using var host = await QueueHost.ConnectAsync(broker.Address, takesWork: false);
        host.Announce(QueueHost.Executions(2_000));
        await host.StopAsync();
        Assert.Equal((2_000, 0), (host.Figure("announced"), host.Figure("dropped")));
        Assert.Equal(2_000u, await host.WaitingAsync());

        // From now on nothing is taken, which is counted.
        host.Announce(QueueHost.Executions(3));
        Assert.Equal(3, host.Figure("dropped"));
    }

    [Fact]
    public async Task Stop_WhileABatchIsTakenUp_GivesItBack()
    {
        var host = await QueueHost.ConnectAsync(broker.Address);
        var offered = new TaskCompletionSource();
        host.Before = (_, cancellationToken) =>
        {
            offered.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        };
        host.Announce(QueueHost.Executions(10));
        await offered.Task;
        await host.DisposeAsync();
        Assert.Empty(host.Taken);
        Assert.Equal(10u, await host.WaitingAsync());
    }

    // What ends while the host stops may have something to tell.
    [Fact]
    public async Task Stopping_TakesNothingMoreAndStillAnnounces()
    {
        await using var host = await QueueHost.ConnectAsync(broker.Address);
        await host.Queue.StoppingAsync(CancellationToken.None);
        Assert.True(host.Queue.IsUp);
        host.Announce(QueueHost.Executions(10));
        await Eventually.HoldsAsync(async () => await host.WaitingAsync() == 10);
        Assert.Empty(host.Taken);
    }

    private static async Task RefusedAsync(string address, string word, string advice)
    {
        await using var host = await QueueHost.StartAsync(address);
        await Eventually.HoldsAsync(() => host.Queue.State.Contains("since"));
        Assert.Matches($"^rabbitmq: {word} since [0-9:]{{8}}Z$", host.Queue.State);
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Warning") && line.Contains(advice));
        host.Log.AssertNever("hunter2", "broker-secret");

        // Nobody waits for it.
        host.Announce(QueueHost.Executions(2));
        Assert.Equal((2, 0), (host.Figure("dropped"), host.Figure("up")));
    }
}
