using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>One connection to RabbitMQ, from its opening until it is lost: a channel that publishes, another one that consumes.</summary>
internal sealed class RabbitLink : IAsyncDisposable
{
    /// <summary>The one queue. It is never declared differently: an existing one of another kind is refused.</summary>
    public const string QueueName = "vaka.executions";

    /// <summary>How many messages may be on their way to the broker without its confirmation.</summary>
    private const int Unconfirmed = 1_000;

    /// <summary>A broker that confirms nothing for so long is of no use, although its connection stands.</summary>
    private static readonly TimeSpan LongestConfirmation = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(1);

    private readonly IConnection connection;
    private readonly QueueFigures figures;
    private readonly TaskCompletionSource<Exception> lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim room = new(Unconfirmed);
    private volatile bool isBlocked;

    private RabbitLink(IConnection connection, QueueFigures figures)
    {
        this.connection = connection;
        this.figures = figures;
    }

    private IChannel Publishing { get; set; } = null!; // set when it is opened

    private RabbitConsumer? Consumer { get; set; }

    /// <summary>Whether it is there. A broker that blocks its publishers, because it runs out of memory or disk, keeps the connection.</summary>
    public bool IsUp => !lost.Task.IsCompleted && !isBlocked;

    public bool IsBlocked => isBlocked && !lost.Task.IsCompleted;

    /// <param name="options">How.</param>
    /// <param name="work">Takes what is received; <c>null</c>: nothing is received.</param>
    /// <param name="figures">What is counted.</param>
    /// <param name="log">For what is dropped.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RabbitLink> OpenAsync(
        QueueOptions options, IWaitingWork? work, QueueFigures figures, ILogger log, CancellationToken cancellationToken)
    {
        var factory = options.RabbitMq ?? throw new InvalidOperationException("There is no RabbitMQ.");
        var link = new RabbitLink(await factory.CreateConnectionAsync(cancellationToken), figures);
        try
        {
            await link.PrepareAsync(cancellationToken);
            if (work is not null)
            {
                var channel = await link.OpenChannelAsync(new CreateChannelOptions(false, false), cancellationToken);
                link.Consumer = await RabbitConsumer.StartAsync(channel, options.Prefetch, work, figures, link.Lose, log, cancellationToken);
            }

            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends what waits, until nothing more will come and everything is confirmed, or until the connection is lost, which it throws.</summary>
    public async Task RunAsync(ChannelReader<WaitingExecution> waiting, CancellationToken cancellationToken)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publishing = PublishAsync(waiting, life.Token);
        await Task.WhenAny(publishing, lost.Task);
        await life.CancelAsync();
        await publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (lost.Task.IsCompleted) throw await lost.Task;
        await publishing;
    }

    /// <summary>Takes nothing more; what was not taken up goes back to the queue.</summary>
    public Task StopConsumingAsync() => Consumer?.StopAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        lost.TrySetResult(new OperationCanceledException("The connection was closed."));
        await StopConsumingAsync();
        await connection.AbortAsync(LongestClose);
        await connection.DisposeAsync();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        connection.ConnectionShutdownAsync += (_, shutdown) => Lose(shutdown);
        connection.ConnectionBlockedAsync += (_, _) => SetBlockedAsync(true);
        connection.ConnectionUnblockedAsync += (_, _) => SetBlockedAsync(false);

        // The client's own limit slows down from its half on.
        Publishing = await OpenChannelAsync(
            new CreateChannelOptions(
                publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null),
            cancellationToken);
        await Publishing.QueueDeclareAsync(
            QueueName, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" },
            cancellationToken: cancellationToken);
    }

    private async Task<IChannel> OpenChannelAsync(CreateChannelOptions options, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(options, cancellationToken);
        channel.ChannelShutdownAsync += (_, shutdown) => Lose(shutdown);
        return channel;
    }

    private async Task PublishAsync(ChannelReader<WaitingExecution> waiting, CancellationToken cancellationToken)
    {
        await foreach (var execution in waiting.ReadAllAsync(cancellationToken))
        {
            await room.WaitAsync(cancellationToken);
            _ = SendAsync(execution, cancellationToken);
        }

        for (var confirmed = 0; confirmed < Unconfirmed; confirmed++) await room.WaitAsync(cancellationToken);
    }

    // Ends when the broker has written it. One that comes back, since there is no queue any more, counts as not sent.
    private async Task SendAsync(WaitingExecution execution, CancellationToken cancellationToken)
    {
        using var span = QueueTrace.Publish(execution);
        try
        {
            await Publishing.BasicPublishAsync(
                "", QueueName, mandatory: true, QueueTrace.Properties(execution, span), ExecutionMessage.Write(execution), cancellationToken)
                .AsTask().WaitAsync(LongestConfirmation, cancellationToken);
            figures.Announced.Add(1);
        }
        catch (TimeoutException late)
        {
            figures.Dropped.Add(1);
            if (!isBlocked) Lose(late);
        }
        catch (Exception fault) when (RabbitFault.Is(fault))
        {
            figures.Dropped.Add(1);
        }
        finally
        {
            room.Release();
        }
    }

    // What this host closes by itself is not lost.
    private Task Lose(ShutdownEventArgs shutdown)
    {
        if (shutdown.Initiator is not ShutdownInitiator.Application) Lose(new OperationInterruptedException(shutdown));
        return Task.CompletedTask;
    }

    private void Lose(Exception reason) => lost.TrySetResult(reason);

    private Task SetBlockedAsync(bool blocked)
    {
        isBlocked = blocked;
        return Task.CompletedTask;
    }
}
