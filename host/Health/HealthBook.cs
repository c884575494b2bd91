using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>What is known of the health of each integration, and what was known before. Nothing of it is kept in memory.</summary>
internal sealed class HealthBook(
    IDbContextFactory<HostDbContext> databases, ProbeQueue queue, ProbeSchedule schedule, TimeProvider clock)
{
    /// <summary>Records kept of each integration.</summary>
    public const int Kept = 100;

    /// <summary>Records removed at a time.</summary>
    private const int RemovedAtOnce = 50;

    /// <summary>Writes down what a probe found, and when the next is due. Only for the revision that was probed: a newer one is probed by
    /// itself.</summary>
    /// <returns>Whether it was still of that revision.</returns>
    public async Task<bool> WriteAsync(Integration row, ProbeReport report, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var steps = StepsJson.Write(report.Steps);
        var expiries = HealthJson.Expiries(report.Expiries);
        var failures = report.Status is HealthStatus.Error ? row.HealthFailures + 1 : 0;
        DateTimeOffset? failingSince = failures > 0 ? row.HealthFailingSince ?? now : null;
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var next = await queue.NowAsync(database, cancellationToken) + schedule.Next(failures);
        var written = await database.Set<Integration>().Where(i => i.Id == row.Id && i.Revision == row.Revision).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.HealthStatus, report.Status)
                .SetProperty(i => i.HealthMessage, report.Message)
                .SetProperty(i => i.HealthCheckedAt, now)
                .SetProperty(i => i.HealthFailingSince, failingSince)
                .SetProperty(i => i.HealthFailures, failures)
                .SetProperty(i => i.NextProbeAt, next)
                .SetProperty(i => i.HealthSteps, steps)
                .SetProperty(i => i.HealthExpiries, expiries),
            cancellationToken);
        if (written == 0) return false;
        database.Add(new ProbeRecord
        {
            Id = Guid.CreateVersion7(now),
            IntegrationId = row.Id,
            HealthStatus = report.Status,
            Message = report.Message,
            FailureKind = report.FailureKind,
            Steps = steps,
            DurationMs = (int)report.Duration.TotalMilliseconds,
            CheckedAt = now,
        });
        await database.SaveChangesAsync(cancellationToken);
        await ForgetOldAsync(database, row.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Writes down that a real call failed, and has it probed soon. Health that is bad already stays as it is: its own probes go on,
    /// and the many calls that fail with it change nothing.</summary>
    /// <returns>Whether the health has turned bad by this.</returns>
    public async Task<bool> WriteAsync(FailedCall call, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = database.Set<Integration>().Where(i => i.Id == call.IntegrationId && i.Revision == call.Revision
            && i.Status == IntegrationStatus.Active && (i.HealthStatus == null || i.HealthStatus != HealthStatus.Error));
        if (!await rows.AnyAsync(cancellationToken)) return false;

        var now = clock.GetUtcNow();
        var message = $"A call of {call.Action} failed: {call.Message}";
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var next = await queue.NowAsync(database, cancellationToken) + schedule.Next(failures: 1);
        var written = await rows.ExecuteUpdateAsync(
            set => set.SetProperty(i => i.HealthStatus, HealthStatus.Error)
                .SetProperty(i => i.HealthMessage, message)
                .SetProperty(i => i.HealthCheckedAt, now)
                .SetProperty(i => i.HealthFailingSince, now)
                .SetProperty(i => i.HealthFailures, 1)
                .SetProperty(i => i.NextProbeAt, next),
            cancellationToken);
        if (written == 0) return false;
        database.Add(new ProbeRecord
        {
            Id = Guid.CreateVersion7(now),
            IntegrationId = call.IntegrationId,
            HealthStatus = HealthStatus.Error,
            Message = message,
            FailureKind = call.Kind,
            Steps = "[]",
            DurationMs = null,
            CheckedAt = now,
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>What was found of an integration, newest first.</summary>
    public async Task<IReadOnlyList<ProbeRecord>> ReadLastAsync(Guid integrationId, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await NewestFirst(database, integrationId).AsNoTracking().Take(limit).ToListAsync(cancellationToken);
    }

    private static Task ForgetOldAsync(HostDbContext database, Guid integrationId, CancellationToken cancellationToken) =>
        NewestFirst(database, integrationId).Skip(Kept).Take(RemovedAtOnce).ExecuteDeleteAsync(cancellationToken);

    private static IQueryable<ProbeRecord> NewestFirst(HostDbContext database, Guid integrationId) => database.Set<ProbeRecord>()
        .Where(record => record.IntegrationId == integrationId)
        .OrderByDescending(record => record.CheckedAt).ThenByDescending(record => record.Id);
}
