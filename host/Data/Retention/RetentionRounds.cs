namespace Vaka.Plugins.Host.Data.Retention;

/// <summary>Sweeps every hour. A database that cannot answer is asked again an hour later: nothing is lost by waiting.</summary>
internal sealed partial class RetentionRounds(RetentionSweep sweep, TimeProvider clock, ILogger<RetentionRounds> log) : BackgroundService
{
    /// <summary>A host that starts has better things to do.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var wait = First; ; wait = Every)
        {
            await Task.Delay(wait, clock, stoppingToken);
            try
            {
                await sweep.RunAsync(stoppingToken);
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotRemoved(fault);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old records could not be removed; it is tried again in an hour")]
    private partial void LogNotRemoved(Exception fault);
}
