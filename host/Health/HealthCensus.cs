using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Health;

/// <summary>Counts from time to time what is not healthy. An index gives it type by type, and what is healthy, nearly all, is not read.</summary>
internal sealed partial class HealthCensus(
    IDbContextFactory<HostDbContext> databases, IPluginCatalog catalog, HealthFigures figures, TimeProvider clock, ILogger<HealthCensus> log)
    : BackgroundService
{
    /// <summary>No more of a kind are counted: whoever has so many needs no exact figure.</summary>
    public const int Most = 10_000;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private static readonly HealthStatus[] NotHealthy = [HealthStatus.Warning, HealthStatus.Error];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                figures.Failing = await CountAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                figures.Failing = [];
                LogNotCounted(fault);
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task<IReadOnlyList<FailingIntegrations>> CountAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var found = new List<FailingIntegrations>();
        foreach (var type in catalog.Entries.Select(entry => entry.Type))
        {
            foreach (var status in NotHealthy)
            {
                var count = await database.Set<Integration>()
                    .Where(row => row.IntegrationType == type && row.HealthStatus == status && row.Status == IntegrationStatus.Active)
                    .OrderBy(row => row.Id).Take(Most).CountAsync(cancellationToken); // as the index has them
                found.Add(new FailingIntegrations(type, status, count));
            }
        }

        return found;
    }

    [LoggerMessage(LogLevel.Debug, "The database cannot say which integrations are not healthy; it is asked again in a moment")]
    private partial void LogNotCounted(Exception fault);
}
