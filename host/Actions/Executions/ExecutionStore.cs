using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Reads what was run. A caller sees the executions of the tenant that it acts for; without one, the platform's own. A platform
/// admin, who may act for any tenant, also sees in one list what every tenant ran through an integration.</summary>
internal sealed class ExecutionStore(IDbContextFactory<HostDbContext> databases)
{
    public async Task<Execution> GetAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await Visible(database, caller).SingleOrDefaultAsync(execution => execution.Id == id, cancellationToken)
            ?? throw new ProblemException(ProblemCode.NotFound,
                "There is no such execution. The record of a synchronous run appears a moment after its answer.");
    }

    /// <summary>One page, newest first; one more than <see cref="ExecutionQuery.Limit"/> when there is a next page.</summary>
    public async Task<IReadOnlyList<Execution>> ListAsync(ExecutionQuery query, Caller caller, CancellationToken cancellationToken)
    {
        if (query.AllTenants && caller is not { IsPlatform: true, Role: CallerRole.Admin })
            throw new ProblemException(ProblemCode.Forbidden, "Only a platform admin can list the executions of all tenants.");
        if (query is { AllTenants: true, IntegrationId: null })
            throw new ProblemException(ProblemCode.InvalidRequest, "The executions of all tenants are listed for one integration. Name it, or name a tenant.");
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = query.AllTenants ? database.Set<Execution>().AsNoTracking() : Visible(database, caller);
        if (query.State is { } state) rows = rows.Where(execution => execution.State == state);

        // Said in so many words, since SQLite uses the index of the states only for a query that repeats its condition.
        if (query.State is not (null or ExecutionState.Succeeded)) rows = rows.Where(execution => execution.State != ExecutionState.Succeeded);
        if (query.IntegrationId is { } integration) rows = rows.Where(execution => execution.IntegrationId == integration);
        if (query.IntegrationType is { } type) rows = rows.Where(execution => execution.IntegrationType == type);
        if (query.Action is { } action) rows = rows.Where(execution => execution.Action == action);
        if (query.Since is { } since) rows = rows.Where(execution => execution.CreatedAt >= since);
        if (query.Until is { } until) rows = rows.Where(execution => execution.CreatedAt < until);
        if (query.Before is { } before) rows = rows.Where(execution => execution.Id.CompareTo(before) < 0);
        return await rows.OrderByDescending(execution => execution.Id).Take(query.Limit + 1).ToListAsync(cancellationToken);
    }

    /// <summary>When each of these integrations served last; one that never did is left out. Whoever asks has been shown the rows.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> ReadLastUsesAsync(
        IReadOnlyList<Guid> integrationIds, CancellationToken cancellationToken)
    {
        // One step into the index for each row: the newest has the highest id.
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var uses = await database.Set<Integration>().AsNoTracking().Where(row => integrationIds.Contains(row.Id))
            .Select(row => new
            {
                row.Id,
                At = database.Set<Execution>().Where(execution => execution.IntegrationId == row.Id)
                    .OrderByDescending(execution => execution.Id).Select(execution => (DateTimeOffset?)execution.CreatedAt).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return uses.Where(use => use.At is not null).ToDictionary(use => use.Id, use => use.At.GetValueOrDefault());
    }

    private static IQueryable<Execution> Visible(HostDbContext database, Caller caller) =>
        database.Set<Execution>().AsNoTracking().Where(execution => execution.TenantId == caller.TenantId);
}

/// <summary>Which executions.</summary>
internal sealed record ExecutionQuery
{
    public ExecutionState? State { get; init; }

    public Guid? IntegrationId { get; init; }

    public string? IntegrationType { get; init; }

    public string? Action { get; init; }

    /// <summary>Inclusive.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Every tenant's and the platform's own; only together with <see cref="IntegrationId"/>.</summary>
    public bool AllTenants { get; init; }

    /// <summary>The last id of the page before.</summary>
    public Guid? Before { get; init; }

    public int Limit { get; init; } = 50;
}
