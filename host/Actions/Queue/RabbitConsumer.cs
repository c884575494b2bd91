using System.Threading.Channels;
using RabbitMQ.Client;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>Hands on what the broker delivers, in batches of what is there, and acknowledges a batch when it has been taken up.</summary>
internal sealed partial class RabbitConsumer : AsyncDefaultBasicConsumer
{
    private readonly Channel<Delivery> deliveries = System.Threading.Channels.Channel.CreateUnbounded<Delivery>(new() { SingleReader = true }); // the prefetch bounds it
    private readonly CancellationTokenSource stopping = new();
    private readonly IWaitingWork work;
    private readonly QueueFigures figures;
    private readonly Action<Exception> lose;
    private readonly ILogger log;
    private Task offering = Task.CompletedTask;

    private RabbitConsumer(IChannel channel, IWaitingWork work, QueueFigures figures, Action<Exception> lose, ILogger log)
        : base(channel)
    {
        this.work = work;
        this.figures = figures;
        this.lose = lose;
        this.log = log;
    }

    public static async Task<RabbitConsumer> StartAsync(
        IChannel channel, ushort prefetch, IWaitingWork work, QueueFigures figures, Action<Exception> lose, ILogger log,
        CancellationToken cancellationToken)
    {
        var consumer = new RabbitConsumer(channel, work, figures, lose, log);
        await channel.BasicQosAsync(0, prefetch, global: false, cancellationToken);
        await channel.BasicConsumeAsync(RabbitLink.QueueName, autoAck: false, consumer, cancellationToken);
        consumer.offering = consumer.OfferAsync();
        return consumer;
    }

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        deliveries.Writer.TryWrite(new Delivery(deliveryTag, ExecutionMessage.Read(body.Span, QueueTrace.Read(properties))));
        return Task.CompletedTask;
    }

    /// <summary>Takes nothing more; what is not acknowledged goes back as the channel closes.</summary>
    public async Task StopAsync()
    {
        deliveries.Writer.TryComplete();
        await stopping.CancelAsync();
        await offering;
        await Channel.CloseAsync(Constants.ReplySuccess, "stopping", abort: true);
    }

    // Somebody has deleted the queue.
    public override async Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        await base.HandleBasicCancelAsync(consumerTag, cancellationToken);
        lose(new IOException($"The queue {RabbitLink.QueueName} is gone"));
    }

    private async Task OfferAsync()
    {
        try
        {
            while (await deliveries.Reader.WaitToReadAsync(stopping.Token))
            {
                var batch = new List<WaitingExecution>();
                ulong last = 0;
                var unreadable = 0;
                for (; deliveries.Reader.TryRead(out var delivery); last = delivery.Tag)
                {
                    if (delivery.Execution is { } execution) batch.Add(execution);
                    else unreadable++;
                }

                // Acknowledged with the others: nobody could ever read them.
                if (unreadable > 0) LogUnreadable(unreadable);
                figures.Received.Add(batch.Count);
                using var span = QueueTrace.Take(batch);
                if (batch.Count > 0) await work.OfferAsync(batch, stopping.Token);
                await Channel.BasicAckAsync(last, multiple: true, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // what was not acknowledged goes back
        }
        catch (Exception fault) when (RabbitFault.Is(fault) || DatabaseFault.Is(fault))
        {
            lose(fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} messages in the queue 'vaka.executions' are no host's; they are dropped")]
    private partial void LogUnreadable(int count);

    /// <summary>What was delivered; without an execution it cannot be read.</summary>
    private readonly record struct Delivery(ulong Tag, WaitingExecution? Execution);
}
