using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>Probes an integration as soon as it was changed and is in use, and stores what it found.</summary>
internal sealed partial class HealthMonitor(
    IntegrationChanges changes,
    ConfigReader reader,
    ProbeRunner probes,
    IDbContextFactory<HostDbContext> databases,
    TimeProvider clock,
    ILogger<HealthMonitor> log)
    : BackgroundService
{
    private const int AtOnce = 8;

    // A burst of changes may fill it; what is dropped keeps "never probed" until its next change.
    private readonly Channel<Guid> changed =
        Channel.CreateBounded<Guid>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        changes.Subscribe(change => changed.Writer.TryWrite(change.IntegrationId));
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Parallel.ForEachAsync(
                changed.Reader.ReadAllAsync(stoppingToken),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                ProbeAsync);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host goes
        }
    }

    private async ValueTask ProbeAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var row = await database.Set<Integration>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, cancellationToken);
            if (row is not { IsActive: true, Status: IntegrationStatus.Active }) return;
            if (reader.Read(row).Integration is not { } integration) return;
            var report = await probes.ProbeAsync(integration, row.TenantId, isUnsaved: false, cancellationToken);
            await SaveAsync(database, row, report, cancellationToken);
        }
        catch (Exception fault) when (fault is DbUpdateException or System.Data.Common.DbException)
        {
            LogNotSaved(fault, id);
        }
    }

    /// <summary>Stored only for the revision that was probed: a newer one is probed by itself.</summary>
    private async Task SaveAsync(HostDbContext database, Integration row, ProbeReport report, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var steps = HealthJson.Steps(report.Steps);
        var expiries = HealthJson.Expiries(report.Expiries);
        DateTimeOffset? failingSince = report.Status == HealthStatus.Error ? row.HealthFailingSince ?? now : null;
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var saved = await database.Set<Integration>().Where(i => i.Id == row.Id && i.Revision == row.Revision).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.HealthStatus, report.Status)
                .SetProperty(i => i.HealthMessage, report.Message)
                .SetProperty(i => i.HealthCheckedAt, now)
                .SetProperty(i => i.HealthFailingSince, failingSince)
                .SetProperty(i => i.HealthSteps, steps)
                .SetProperty(i => i.HealthExpiries, expiries),
            cancellationToken);
        if (saved == 0) return;
        database.Add(new ProbeRecord
        {
            Id = Guid.CreateVersion7(),
            IntegrationId = row.Id,
            HealthStatus = report.Status,
            Message = report.Message,
            FailureKind = report.FailureKind,
            Steps = steps,
            DurationMs = (int)report.Duration.TotalMilliseconds,
            CheckedAt = now,
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The health of integration {IntegrationId} could not be stored")]
    private partial void LogNotSaved(Exception fault, Guid integrationId);
}
