using System.Linq.Expressions;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Reads what was run. A caller sees the executions of the tenant that it acts for; without one, the platform's own. A platform
/// admin, who may act for any tenant, also sees in one list what every tenant ran through an integration.</summary>
internal sealed class ExecutionStore(IDbContextFactory<HostDbContext> databases, IPluginCatalog catalog, ProviderContracts contracts)
{
    /// <summary>How many of what an index gives are looked at for one page: a few hundredths of a second, however rare the thing is.</summary>
    private const int LookedAt = 2_000;

    /// <summary>How far the time in an id may lie from the time of its row. Times are compared to the end, ids only find the neighbourhood.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);

    /// <summary>What a list shows: inputs and outputs may be long, and are looked at one by one.</summary>
    private static readonly Expression<Func<Execution, Execution>> Listed = execution => new Execution
    {
        Id = execution.Id,
        TenantId = execution.TenantId,
        IntegrationId = execution.IntegrationId,
        IntegrationType = execution.IntegrationType,
        Action = execution.Action,
        State = execution.State,
        Caller = execution.Caller,
        RequestedIntegration = execution.RequestedIntegration,
        ErrorCode = execution.ErrorCode,
        ErrorMessage = execution.ErrorMessage,
        FailureKind = execution.FailureKind,
        CreatedAt = execution.CreatedAt,
        StartedAt = execution.StartedAt,
        FinishedAt = execution.FinishedAt,
        DurationMs = execution.DurationMs,
        Lane = execution.Lane,
        AvailableAt = execution.AvailableAt,
        Attempts = execution.Attempts,
    };

    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>: none, or another tenant's.</exception>
    public async Task<WholeExecution> GetAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var execution = await Visible(database, caller).SingleOrDefaultAsync(execution => execution.Id == id, cancellationToken) ?? throw NotFound();
        var failed = await database.Set<ExecutionAttempt>().AsNoTracking().Where(attempt => attempt.ExecutionId == id)
            .OrderBy(attempt => attempt.Number).ToListAsync(cancellationToken);
        return new WholeExecution(execution, execution.Payload is { } payload ? Mask(execution, payload) : execution.Input, failed)
        {
            Approval = await ApprovalDecisions.FindAsync(database, execution, cancellationToken),
        };
    }

    /// <summary>Says nothing about whether it exists for somebody else.</summary>
    public static ProblemException NotFound() => new(
        ProblemCode.NotFound, "There is no such execution. The record of a synchronous run appears a moment after its answer.");

    /// <summary>One page, newest first, without inputs, outputs and steps. What no index gives is looked for among so many at a time; a page
    /// may then be short, or empty, and yet have a next one.</summary>
    public async Task<ListedExecutions> ListAsync(ExecutionQuery query, Caller caller, CancellationToken cancellationToken)
    {
        if (query.AllTenants && caller is not { IsPlatform: true, Role: CallerRole.Admin })
            throw new ProblemException(ProblemCode.Forbidden, "Only a platform admin can list the executions of all tenants.");
        if (query is { AllTenants: true, IntegrationId: null })
            throw new ProblemException(ProblemCode.InvalidRequest, "The executions of all tenants are listed for one integration. Name it, or name a tenant.");
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var (indexed, isAll) = await IndexedAsync(database, query, caller, cancellationToken);
        indexed = Between(indexed, query.Since, query.Until);
        if (query.Before is { } before) indexed = indexed.Where(execution => execution.Id.CompareTo(before) < 0);
        var end = isAll ? Guid.Empty : await indexed.OrderByDescending(execution => execution.Id).Select(execution => execution.Id)
            .Skip(LookedAt - 1).FirstOrDefaultAsync(cancellationToken);

        // Said twice, a condition makes PostgreSQL expect next to nothing, and sort it.
        var rows = isAll ? indexed : Matching(indexed, query, caller);
        if (end != Guid.Empty) rows = rows.Where(execution => execution.Id.CompareTo(end) >= 0);
        var found = await rows.OrderByDescending(execution => execution.Id).Take(query.Limit + 1).Select(Listed).ToListAsync(cancellationToken);
        Guid? next = end == Guid.Empty ? null : end;
        if (found.Count > query.Limit)
        {
            found.RemoveAt(query.Limit);
            next = found[^1].Id;
        }

        // They are the caller's anyway: no reasoning about indexes shall ever show anybody another tenant's.
        if (!query.AllTenants) found.RemoveAll(execution => execution.TenantId != caller.TenantId);
        return new ListedExecutions(found, next);
    }

    private static IQueryable<Execution> Matching(IQueryable<Execution> rows, ExecutionQuery query, Caller caller)
    {
        if (!query.AllTenants) rows = rows.Where(execution => execution.TenantId == caller.TenantId);
        if (query.State is { } state) rows = rows.Where(execution => execution.State == state);
        if (query.IntegrationId is { } integration) rows = rows.Where(execution => execution.IntegrationId == integration);
        if (query.IntegrationType is { } type) rows = rows.Where(execution => execution.IntegrationType == type);
        if (query.Action is { } action) rows = rows.Where(execution => execution.Action == action);
        return rows;
    }

    /// <summary>Those that one index gives in the order of the list, of which as few as possible are none that are asked for; and whether all
    /// of them are asked for. Conditions of filtered indexes are said in so many words, or SQLite does not use them.</summary>
    private static async Task<(IQueryable<Execution> Rows, bool IsAll)> IndexedAsync(
        HostDbContext database, ExecutionQuery query, Caller caller, CancellationToken cancellationToken)
    {
        var rows = database.Set<Execution>().AsNoTracking();
        var isAll = query is { IntegrationType: null, Action: null };
        if (query.IntegrationId is { } integration
            && (query.AllTenants || await IsOwnAsync(database, integration, caller, cancellationToken)))
        {
            rows = rows.Where(execution => execution.IntegrationId == integration);
            if (query.State is not { } one) return (rows, isAll);
            if (Execution.Unfinished.Contains(one))
                return (rows.Where(execution => execution.State == one && EF.Constant(Execution.Unfinished).Contains(execution.State)), isAll);
            if (query.AllTenants || one is ExecutionState.Succeeded) return (rows, false);
        }

        rows = Visible(database, caller);
        isAll &= query.IntegrationId is null;
        return query.State switch
        {
            null => (rows, isAll),
            ExecutionState.Succeeded => (rows, false),
            { } state => (rows.Where(execution => execution.State == state && execution.State != ExecutionState.Succeeded), isAll),
        };
    }

    // Through its own integration nobody but the tenant runs anything; through a platform-wide one everybody does.
    private static Task<bool> IsOwnAsync(HostDbContext database, Guid integration, Caller caller, CancellationToken cancellationToken) =>
        database.Set<Integration>().AnyAsync(row => row.Id == integration && row.TenantId == caller.TenantId && row.TenantId != null, cancellationToken);

    /// <summary>Those made at <paramref name="since"/> or later and before <paramref name="until"/>. The ids order by time, and so every index
    /// that ends in them is entered at these times.</summary>
    public static IQueryable<Execution> Between(IQueryable<Execution> rows, DateTimeOffset? since, DateTimeOffset? until)
    {
        if (since is { } first)
        {
            var lowest = Lowest(first);
            rows = rows.Where(execution => execution.Id.CompareTo(lowest) >= 0 && execution.CreatedAt >= first);
        }

        if (until is { } end)
        {
            var highest = Highest(end);
            rows = rows.Where(execution => execution.Id.CompareTo(highest) < 0 && execution.CreatedAt < end);
        }

        return rows;
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

    /// <summary>No id of an execution of this time or later is lower.</summary>
    public static Guid Lowest(DateTimeOffset since) => ExecutionId.First(since, -Apart);

    /// <summary>Every id of an execution from before this time is lower.</summary>
    public static Guid Highest(DateTimeOffset until) => ExecutionId.First(until, Apart);

    // What nobody can tell the secrets of is not shown at all.
    private string? Mask(Execution execution, string payload)
    {
        if (catalog.Find(execution.IntegrationType)?.Plugin is not { } plugin || plugin.FindAction(execution.Action) is not { } action) return null;
        return RecordText.Masked(contracts.Input(plugin, action), Encoding.UTF8.GetBytes(payload));
    }

    private static IQueryable<Execution> Visible(HostDbContext database, Caller caller) =>
        database.Set<Execution>().AsNoTracking().Where(execution => execution.TenantId == caller.TenantId);
}

/// <summary>An execution with all that may be shown of it.</summary>
/// <param name="Execution">The row. Its payload is for nobody's eyes.</param>
/// <param name="Input">The input, masked; <c>null</c>: it was not kept, or the provider that knows its secrets is not loaded.</param>
/// <param name="Failed">The attempts that failed, oldest first.</param>
internal sealed record WholeExecution(Execution Execution, string? Input, IReadOnlyList<ExecutionAttempt> Failed)
{
    /// <summary>What is there to be approved; <c>null</c>: nothing.</summary>
    public ApprovalRequest? Approval { get; init; }

    /// <summary>Every attempt, oldest first, with the one that runs or went well. A synchronous run has one.</summary>
    public IReadOnlyList<ExecutionAttempt> Attempts => Execution switch
    {
        { IsDurable: false } => [Last(1, Execution.CreatedAt, Execution.FailureKind, Execution.ErrorMessage)],
        { State: ExecutionState.Running or ExecutionState.Succeeded } =>
            [.. Failed, Last(Execution.Attempts, Execution.StartedAt ?? Execution.CreatedAt, null, null)],
        _ => Failed,
    };

    private ExecutionAttempt Last(int number, DateTimeOffset startedAt, FailureKind? failureKind, string? message) => new()
    {
        ExecutionId = Execution.Id,
        Number = number,
        StartedAt = startedAt,
        FinishedAt = Execution.FinishedAt,
        FailureKind = failureKind,
        Message = message,
    };
}

/// <summary>A page of them.</summary>
/// <param name="Rows">Newest first.</param>
/// <param name="Next">From where on there may be more; <c>null</c>: there are no more.</param>
internal sealed record ListedExecutions(IReadOnlyList<Execution> Rows, Guid? Next);

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

    /// <summary>Where the page before ended.</summary>
    public Guid? Before { get; init; }

    public int Limit { get; init; } = 50;
}
