using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>Lets the catalog follow what was switched on another node, within seconds.</summary>
internal sealed partial class ProviderSettingsRefresh(PluginCatalog catalog, TimeProvider time, ILogger<ProviderSettingsRefresh> logger)
    : BackgroundService
{
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!catalog.IsLoaded) continue;
            try
            {
                await catalog.RefreshAsync(stoppingToken);
            }
            catch (Exception exception) when (DatabaseFault.Is(exception))
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The provider settings cannot be read; what was known stays in force. Is the database reachable?")]
    private partial void LogFailed(Exception exception);
}
