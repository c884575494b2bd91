using System.Threading.Channels;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>Lets the catalog follow what was switched or installed by another process: at once when it is told, else within seconds.</summary>
internal sealed partial class ProviderSettingsRefresh(
    PluginCatalog catalog, Offences offences, TimeProvider time, ILogger<ProviderSettingsRefresh> logger) : BackgroundService
{
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Something changed: do not wait.</summary>
    public void Wake() => news.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        offences.Quarantined += Wake;
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(stoppingToken);
            if (stoppingToken.IsCancellationRequested || !catalog.IsLoaded) continue;
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

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(news.Reader.WaitToReadAsync(waiting.Token).AsTask(), Task.Delay(Interval, time, waiting.Token));
        await waiting.CancelAsync();
        news.Reader.TryRead(out _);
    }

    [LoggerMessage(LogLevel.Warning, "The provider settings and packages cannot be read; what was known stays in force. Is the database reachable?")]
    private partial void LogFailed(Exception exception);
}
