using System.Globalization;
using System.Threading.Channels;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>Shares the work between hosts through RabbitMQ.</summary>
/// <remarks>The client's automatic recovery is off: it does not cover the first connection, it acknowledges by numbers that the new channel does not
/// know, and while it runs nobody can say whether a message would arrive. Here the first connection and every later one are made by the same loop, and
/// whatever was on its way is dropped, because the database has it.</remarks>
internal sealed partial class RabbitQueue : BackgroundService, IHostedLifecycleService, IExecutionQueue
{
    /// <summary>How many may wait to be sent: some seconds of what a host can accept.</summary>
    private const int MostWaiting = 10_000;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long a host that stops tries to get rid of what waits.</summary>
    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(2);

    private readonly Channel<WaitingExecution> waiting =
        Channel.CreateBounded<WaitingExecution>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly QueueOptions options;
    private readonly IServiceProvider services;
    private readonly QueueFigures figures;
    private readonly TimeProvider clock;
    private readonly ILogger<RabbitQueue> log;
    private volatile RabbitLink? link;
    private volatile Outage? outage;
    private volatile bool isStopping;

    public RabbitQueue(QueueOptions options, IServiceProvider services, QueueFigures figures, TimeProvider clock, ILogger<RabbitQueue> log)
    {
        this.options = options;
        this.services = services;
        this.figures = figures;
        this.clock = clock;
        this.log = log;
        figures.Observe(() => IsUp);
    }

    public bool IsUp => link is { IsUp: true };

    public string State => (link, outage) switch
    {
        ({ IsUp: true }, _) => "rabbitmq: connected",
        ({ IsBlocked: true }, _) => "rabbitmq: blocks publishers (short of memory or disk)",
        (_, { } gone) => string.Create(CultureInfo.InvariantCulture, $"rabbitmq: {gone.Fault.Word} since {gone.Since.UtcDateTime:HH:mm:ss}Z"),
        _ => "rabbitmq: connecting",
    };

    public void Announce(WaitingExecution execution)
    {
        if (!IsUp || !waiting.Writer.TryWrite(execution)) figures.Dropped.Add(1);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before anything else stops, so that nothing is taken up that the host could not finish.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        isStopping = true;
        return link?.StopConsumingAsync().WaitAsync(cancellationToken) ?? Task.CompletedTask;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        if (IsUp && ExecuteTask is { } sending) await Task.WhenAny(sending, Task.Delay(Flush, clock, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = ShortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            var start = clock.GetTimestamp();
            try
            {
                await ConnectAsync(stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (RabbitFault.Is(exception) || DatabaseFault.Is(exception))
            {
                Note(RabbitFault.Of(exception));
            }

            Drop();
            if (clock.GetElapsedTime(start) > LongestPause) pause = ShortestPause;
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        Drop();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        // Whoever takes the work up announces, too, and so needs this queue first.
        var work = isStopping ? null : services.GetService<IWaitingWork>();
        await using var opened = await RabbitLink.OpenAsync(options, work, figures, log, cancellationToken);
        link = opened;
        try
        {
            if (isStopping) await opened.StopConsumingAsync();
            if (outage is not null) LogBack();
            outage = null;
            await opened.RunAsync(waiting.Reader, cancellationToken);
        }
        finally
        {
            link = null;
        }
    }

    private void Note(RabbitFault fault)
    {
        var before = outage;
        if (before?.Fault.Reason == fault.Reason) return;
        LogGone(fault.Reason);
        outage = new Outage(fault, before?.Since ?? clock.GetUtcNow());
    }

    private void Drop()
    {
        while (waiting.Reader.TryRead(out _)) figures.Dropped.Add(1);
    }

    [LoggerMessage(LogLevel.Warning, "RabbitMQ cannot be used: {Reason} Work goes on through the database, and the connection is tried again.")]
    private partial void LogGone(string reason);

    [LoggerMessage(LogLevel.Information, "RabbitMQ can be used again")]
    private partial void LogBack();

    private sealed record Outage(RabbitFault Fault, DateTimeOffset Since);
}
