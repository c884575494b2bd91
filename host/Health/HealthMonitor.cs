using System.Threading.Channels;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>Probes what is due, and at once what was changed. What is due is spread over a minute, within bounds: little is taken slowly, much
/// up to four times as fast, and always in small batches. A restart is no stampede.</summary>
/// <remarks>100,000 integrations at the usual interval of 15 minutes are 111 probes a second, which one node keeps when they take a quarter of
/// a second each. More need more nodes or a longer interval; none is forgotten, they are only probed later.</remarks>
internal sealed partial class HealthMonitor(
    IntegrationChanges changes, ProbeQueue queue, DueProbe probe, TimeProvider clock, ILogger<HealthMonitor> log) : BackgroundService
{
    /// <summary>Probes that run at the same time: at the fastest pace, those that take 160 ms.</summary>
    public const int AtOnce = 32;

    /// <summary>Rows taken at a time; they wait here for a probe to end.</summary>
    public const int Batch = 32;

    /// <summary>How often the database is asked while nothing happens here.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>From one start to the next, on average, when little is due: 50 a second.</summary>
    public static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(20);

    /// <summary>However much is due: 200 a second.</summary>
    public static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Spread = TimeSpan.FromMinutes(1);

    private static readonly int MostCounted = (int)(Spread / Fastest);

    private readonly Channel<Integration> taken = Channel.CreateBounded<Integration>(Batch);

    private readonly Channel<bool> woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private TimeSpan pace = Slowest;
    private long? pacedAt;

    /// <summary>From one start to the next with so many due.</summary>
    public static TimeSpan Pace(int due) => due == 0 ? Slowest : TimeSpan.FromTicks(Math.Clamp((Spread / due).Ticks, Fastest.Ticks, Slowest.Ticks));

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
                if (count > 0) await Task.Delay(pace * count, clock, stoppingToken);
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
            if (rows.Count == room) await PaceAsync(cancellationToken);
            return rows.Count;
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotAsked(fault);
            return 0;
        }
    }

    /// <summary>Looks from time to time at how much is due.</summary>
    private async Task PaceAsync(CancellationToken cancellationToken)
    {
        if (pacedAt is { } at && clock.GetElapsedTime(at) < Poll) return;
        pace = Pace(await queue.CountDueAsync(MostCounted, cancellationToken));
        pacedAt = clock.GetTimestamp();
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
