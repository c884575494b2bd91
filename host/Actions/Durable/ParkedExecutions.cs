using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Lets go on what waits for an integration once one can be used: at once when an admin has changed something, and from time to time
/// for what changes without being told of, such as a plugin that is loaded again.</summary>
internal sealed partial class ParkedExecutions(
    IDbContextFactory<HostDbContext> databases, IntegrationChanges changes, IntegrationResolver resolver, Dispatcher dispatcher, RetrySchedule retries,
    TimeProvider clock, ILogger<ParkedExecutions> log) : BackgroundService
{
    private const int Batch = 500;

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    // Whatever is lost here is found by the next round.
    private readonly Channel<(string Type, Guid? TenantId)> changed = Channel.CreateBounded<(string Type, Guid? TenantId)>(
        new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        changes.Subscribe(change => changed.Writer.TryWrite((change.IntegrationType, change.TenantId)));
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RecallAsync(stoppingToken);
                await ReleaseAsync(null, null, stoppingToken);
                using var round = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                using var timer = clock.CreateTimer(_ => round.Cancel(), null, Round, Timeout.InfiniteTimeSpan);
                try
                {
                    await foreach (var (type, tenant) in changed.Reader.ReadAllAsync(round.Token)) await ReleaseAsync(type, tenant, stoppingToken);
                }
                catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
                {
                    // time for another round
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotReleased(fault);
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Lets go on what can.</summary>
    /// <param name="type">Of this provider only; <c>null</c>: of all.</param>
    /// <param name="tenantId">With a type: of this tenant only; <c>null</c>: of all, since a platform-wide integration may serve any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many go on.</returns>
    public async Task<int> ReleaseAsync(string? type, Guid? tenantId, CancellationToken cancellationToken)
    {
        var count = 0;
        var last = Guid.Empty;
        var answers = new Dictionary<(string, Guid?, string?), Guid?>();
        while (true)
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var parked = database.Set<Execution>().AsNoTracking().Where(row => row.State == ExecutionState.Parked && row.Id.CompareTo(last) > 0);
            if (type is not null) parked = parked.Where(row => row.IntegrationType == type);
            if (tenantId is not null) parked = parked.Where(row => row.TenantId == tenantId);
            var batch = await parked.OrderBy(row => row.Id).Take(Batch)
                .Select(row => new { row.Id, row.IntegrationType, row.TenantId, row.RequestedIntegration }).ToListAsync(cancellationToken);
            var serving = new Dictionary<Guid, List<Guid>>();
            foreach (var row in batch)
            {
                var question = (row.IntegrationType, row.TenantId, row.RequestedIntegration);
                if (!answers.TryGetValue(question, out var integration))
                    answers[question] = integration = await FindAsync(row.IntegrationType, row.TenantId, row.RequestedIntegration, cancellationToken);
                if (integration is { } id) (serving.TryGetValue(id, out var ids) ? ids : serving[id] = []).Add(row.Id);
            }

            foreach (var (integration, ids) in serving) count += await ReleaseAsync(database, integration, ids, cancellationToken);
            if (batch.Count < Batch) return count;
            last = batch[^1].Id;
        }
    }

    private async Task<int> ReleaseAsync(HostDbContext database, Guid integration, List<Guid> ids, CancellationToken cancellationToken)
    {
        var now = await database.NowAsync(clock, cancellationToken);
        var released = await database.Set<Execution>().Where(row => ids.Contains(row.Id) && row.State == ExecutionState.Parked)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, ExecutionState.Queued)
                    .SetProperty(row => row.Lane, integration)
                    .SetProperty(row => row.AvailableAt, row => row.AvailableAt ?? now)
                    .SetProperty(row => row.ErrorCode, (string?)null)
                    .SetProperty(row => row.ErrorMessage, (string?)null),
                cancellationToken);
        dispatcher.Look(integration);
        return released;
    }

    private async Task<Guid?> FindAsync(string type, Guid? tenantId, string? requested, CancellationToken cancellationToken)
    {
        try
        {
            return (await resolver.ResolveAsync(type, tenantId, requested, cancellationToken)).Integration.Id;
        }
        catch (ProblemException)
        {
            return null; // as before
        }
    }

    // What would begin later than anything can: the clock was ahead when that was written, and would otherwise have to get there first.
    private async Task RecallAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var now = await database.NowAsync(clock, cancellationToken);
        var furthest = now + retries.Longest;
        await database.Set<Execution>()
            .Where(row => row.LeasedBy == null && ((row.State == ExecutionState.RetryScheduled && row.AvailableAt > furthest)
                || (row.State == ExecutionState.Queued && row.AvailableAt > now && row.AvailableAt <= row.CreatedAt)))
            .OrderBy(row => row.Id).Take(Batch)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.AvailableAt, now), cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The database could not be asked for executions that wait for an integration; it is asked again")]
    private partial void LogNotReleased(Exception fault);
}
