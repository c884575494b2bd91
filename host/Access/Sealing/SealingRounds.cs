using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access.Sealing;

/// <summary>Seals every few seconds. What a database that is away leaves undone is done once it is back.</summary>
internal sealed partial class SealingRounds(AuditSealing sealing, TimeProvider clock, ILogger<SealingRounds> log) : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Every, clock, stoppingToken);
            try
            {
                while (await sealing.SealAsync(stoppingToken) == AuditSealing.MostEvents)
                {
                    // As many again may be waiting.
                }
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotSealed(fault);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The audit could not be sealed; it is tried again in a few seconds")]
    private partial void LogNotSealed(Exception fault);
}
