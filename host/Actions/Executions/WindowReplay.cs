using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Has everything done again that went wrong through an integration within a time, oldest first: after an outage, say. In small
/// transactions with pauses, each with its audit event, so that whoever works meanwhile hardly waits; what is done is done when the caller
/// goes away in the midst of it. Through a platform-wide integration these are every tenant's.</summary>
internal sealed class WindowReplay(
    IDbContextFactory<HostDbContext> databases, IntegrationStore integrations, IWaitingLanes lanes, TimeProvider clock)
{
    private const int Batch = 1_000;

    /// <summary>After how many a call leaves the rest to the next one.</summary>
    public int Most { get; init; } = 100_000;

    /// <returns>How many wait again, and whether there are more.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>: there is no such integration for this caller.</exception>
    public async Task<WindowReplayed> RunAsync(ReplayWindow window, Caller caller, CancellationToken cancellationToken)
    {
        var integration = await integrations.GetAsync(window.IntegrationId, caller, cancellationToken);
        var (replayed, last) = (0, Guid.Empty);
        while (true)
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var ids = await FindAsync(database, window, last, cancellationToken);
            if (ids.Count == 0) return new WindowReplayed(replayed, null);
            var found = database.Set<Execution>().AsNoTracking().Where(e => ids.Contains(e.Id));
            if (replayed >= Most)
            {
                var first = await found.OrderBy(e => e.Id).Select(e => e.CreatedAt).FirstOrDefaultAsync(cancellationToken);
                return new WindowReplayed(replayed, first > window.Since ? first : window.Since);
            }

            var start = clock.GetTimestamp();
            var waiting = await found.Where(e => e.Lane != null).Select(e => e.Lane).Distinct().ToListAsync(cancellationToken);
            replayed += await WriteAsync(database, integration, window, ids, caller, cancellationToken);
            foreach (var lane in waiting.OfType<Guid>()) lanes.Look(lane);
            last = ids[^1];
            await Task.Delay(clock.GetElapsedTime(start), clock, cancellationToken);
        }
    }

    /// <summary>How many there are, counted no further than <paramref name="most"/>.</summary>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public async Task<int> CountAsync(ReplayWindow window, int most, Caller caller, CancellationToken cancellationToken)
    {
        await integrations.GetAsync(window.IntegrationId, caller, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var count = 0;
        foreach (var state in window.States.Distinct())
            count += await Rows(database, window, state).OrderBy(e => e.Id).Take(most - count).CountAsync(cancellationToken);
        return count;
    }

    // State by state, each of which the index gives in order of time, and by nothing but the index: whatever else is asked of them is asked
    // when they are written, or PostgreSQL would rather sort all that there are for each batch.
    private static async Task<List<Guid>> FindAsync(HostDbContext database, ReplayWindow window, Guid last, CancellationToken cancellationToken)
    {
        var lowest = ExecutionStore.Lowest(window.Since);
        if (last.CompareTo(lowest) < 0) last = lowest;
        var highest = window.Until is { } until ? ExecutionStore.Highest(until) : Guid.AllBitsSet;
        var found = new List<Guid>();
        foreach (var state in window.States.Distinct().Select(Stored))
        {
            found.AddRange(await database.Set<Execution>()
                .Where(e => e.IntegrationId == window.IntegrationId && e.State == state && EF.Constant(Execution.Unfinished).Contains(e.State)
                    && e.Id.CompareTo(last) > 0 && e.Id.CompareTo(highest) < 0)
                .OrderBy(e => e.Id).Select(e => e.Id).Take(Batch).ToListAsync(cancellationToken));
        }

        return [.. found.Order().Take(Batch)];
    }

    private static IQueryable<Execution> Rows(HostDbContext database, ReplayWindow window, ReplayableState state)
    {
        var stored = Stored(state);
        return ExecutionStore.Between(
            database.Set<Execution>().AsNoTracking().Where(e => e.IntegrationId == window.IntegrationId && e.State == stored && e.Payload != null
                && EF.Constant(Execution.Unfinished).Contains(e.State)),
            window.Since, window.Until);
    }

    private async Task<int> WriteAsync(
        HostDbContext database, Integration integration, ReplayWindow window, IReadOnlyList<Guid> ids, Caller caller, CancellationToken cancellationToken)
    {
        var now = await database.NowAsync(clock, cancellationToken);
        var states = window.States.Select(Stored).ToList();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var count = await Requeue.WriteAsync(
            ExecutionStore.Between(
                database.Set<Execution>().Where(e => ids.Contains(e.Id) && states.Contains(e.State) && e.Payload != null), window.Since, window.Until),
            now, cancellationToken);
        if (count == 0) return 0; // synchronous ones, or somebody else was faster
        database.Add(new AuditEvent
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            TenantId = integration.TenantId,
            Actor = caller.Name,
            Action = "executions.replayed",
            Subject = integration.Id.ToString("D"),
            Details = JsonSerializer.Serialize(new
            {
                name = integration.Name,
                integration_type = integration.IntegrationType,
                count,
                states = window.States.Distinct().Select(SnakeCaseEnum.Text),
                since = window.Since,
                until = window.Until,
            }),
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return count;
    }

    private static ExecutionState Stored(ReplayableState state) => state switch
    {
        ReplayableState.Dead => ExecutionState.Dead,
        ReplayableState.Parked => ExecutionState.Parked,
        ReplayableState.Unknown => ExecutionState.Unknown,
        ReplayableState.Cancelled => ExecutionState.Cancelled,
    };
}

/// <summary>What is replayed.</summary>
/// <param name="IntegrationId">Through which they were tried last.</param>
/// <param name="States">In which they are.</param>
/// <param name="Since">Accepted then or later.</param>
/// <param name="Until">Accepted before; <c>null</c>: whenever.</param>
internal sealed record ReplayWindow(Guid IntegrationId, IReadOnlyList<ReplayableState> States, DateTimeOffset Since, DateTimeOffset? Until);

/// <summary>What came of it.</summary>
/// <param name="Count">How many wait again.</param>
/// <param name="NextSince">When the first of the rest was accepted; <c>null</c>: there are no more.</param>
internal sealed record WindowReplayed(int Count, DateTimeOffset? NextSince);

/// <summary>The states in which executions are replayed many at a time. One that succeeded is replayed by itself only.</summary>
internal enum ReplayableState
{
    Dead,
    Parked,
    Unknown,
    Cancelled,
}
