using System.Data.Common;
using System.Threading.Channels;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>Probes what is due, and at once what was changed. However much is due, it is taken in small batches at a bounded rate: a restart
/// is no stampede.</summary>
internal sealed partial class HealthMonitor(
    IntegrationChanges changes, ProbeQueue queue, DueProbe probe, TimeProvider clock, ILogger<HealthMonitor> log) : BackgroundService
{
    /// <summary>Probes that run at the same time.</summary>
    public const int AtOnce = 8;

    /// <summary>Rows taken at a time; they wait here for a probe to end.</summary>
    public const int Batch = 32;

    /// <summary>How often the database is asked while nothing happens here.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>From one start to the next, on average: 50 a second.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Integration> taken = Channel.CreateBounded<Integration>(Batch);

    private readonly Channel<bool> woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        changes.Subscribe(_ => woken.Writer.TryWrite(true));
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var probing = Parallel.ForEachAsync(
            taken.Reader.ReadAllAsync(stoppingToken),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
            async (row, cancellationToken) => await probe.RunAsync(row, cancellationToken));
        try
        {
            while (true)
            {
                var count = await TakeAsync(stoppingToken);
                if (count > 0) await Task.Delay(Pace * count, clock, stoppingToken);
                else await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await probing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes no more than there is room for: what waits here is leased, and a lease runs out.</summary>
    private async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var room = Batch - taken.Reader.Count;
            if (room == 0) return 1; // all probes are slow: look again in a moment
            var rows = await queue.TakeAsync(room, cancellationToken);
            foreach (var row in rows) await taken.Writer.WriteAsync(row, cancellationToken);
            return rows.Count;
        }
        catch (Exception fault) when (fault is DbException or TimeoutException or InvalidOperationException)
        {
            LogNotAsked(fault);
            return 0;
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Poll, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await woken.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // time to look by itself
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database cannot say which integrations are to be probed; it is asked again in a few seconds")]
    private partial void LogNotAsked(Exception fault);
}
