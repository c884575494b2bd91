using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Approvals;

/// <summary>What an admin decides of a call that waits. Once: the state is changed only while the execution stands as it was judged.</summary>
internal sealed class ApprovalDecisions(IDbContextFactory<HostDbContext> databases, IWaitingLanes lanes, TimeProvider clock)
{
    private const int LongestReason = 500;

    /// <summary>What is there to be approved; <c>null</c>: it does not wait, or its integration is gone.</summary>
    public static async Task<ApprovalRequest?> FindAsync(HostDbContext database, Execution row, CancellationToken cancellationToken)
    {
        if (row is not { State: ExecutionState.AwaitingApproval, IntegrationId: { } id, ApprovalExpiresAt: { } expiry }) return null;
        var integration = await database.Set<Integration>().Where(one => one.Id == id).Select(one => new { one.TenantId, one.Revision })
            .SingleOrDefaultAsync(cancellationToken);
        return integration is null ? null : new ApprovalRequest(
            ApprovalHash.Of(row.IntegrationType, row.Action, id, integration.Revision, row.Payload), integration.Revision, expiry)
        {
            IsPlatforms = integration.TenantId is null,
        };
    }

    /// <summary>Has it done as it was looked at.</summary>
    /// <param name="id">The execution.</param>
    /// <param name="hash">What was looked at: <see cref="ApprovalHash"/>.</param>
    /// <param name="caller">Who approves.</param>
    /// <param name="cancellationToken">Gives up before it is decided.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>; <see cref="ProblemCode.Forbidden"/>: it is the caller's own call, or
    /// for the platform to approve; <see cref="ProblemCode.NotApproved"/>: it does not wait, or is not what was looked at.</exception>
    public async Task ApproveAsync(Guid id, string hash, Caller caller, CancellationToken cancellationToken)
    {
        Guid? lane;
        bool isDone;
        do
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var row = await ReadAsync(database, id, caller, cancellationToken);
            var now = await database.NowAsync(clock, cancellationToken);
            if (row.State is not ExecutionState.AwaitingApproval) throw NotWaiting(row.State);
            var request = await FindAsync(database, row, cancellationToken)
                ?? throw new ProblemException(ProblemCode.NotApproved, "Its integration is not there any more. Deny it.");
            Check(row, request, hash, now, caller);
            lane = row.IntegrationId;
            isDone = await ExecutionStand.Of(row).WriteAsync(
                database, "execution.approved", caller, now,
                rows => rows.ExecuteUpdateAsync(
                    set => set.SetProperty(e => e.State, ExecutionState.Queued)
                        .SetProperty(e => e.ApprovedHash, hash)
                        .SetProperty(e => e.ApprovalExpiresAt, (DateTimeOffset?)null)
                        .SetProperty(e => e.AvailableAt, e => e.AvailableAt == null || e.AvailableAt < now ? now : e.AvailableAt)
                        .SetProperty(e => e.Lane, lane)
                        .SetProperty(e => e.ErrorCode, (string?)null)
                        .SetProperty(e => e.ErrorMessage, (string?)null)
                        .SetProperty(e => e.Fence, e => e.Fence + 1),
                    cancellationToken),
                cancellationToken, new { input_sha256 = hash, integration_revision = request.IntegrationRevision });
        }
        while (!isDone);
        if (lane is { } one) lanes.Look(one);
    }

    /// <summary>Has it never done.</summary>
    /// <param name="id">The execution.</param>
    /// <param name="reason">Told to whoever asks what came of it; <c>null</c>: none.</param>
    /// <param name="caller">Who denies it.</param>
    /// <param name="cancellationToken">Gives up before it is decided.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>; <see cref="ProblemCode.NotApproved"/>: it does not wait;
    /// <see cref="ProblemCode.InvalidRequest"/>: the reason is too long.</exception>
    public async Task DenyAsync(Guid id, string? reason, Caller caller, CancellationToken cancellationToken)
    {
        if (reason?.Length > LongestReason)
            throw new ProblemException(ProblemCode.InvalidRequest, $"A reason has at most {LongestReason} characters.");
        var text = string.IsNullOrWhiteSpace(reason) ? "An admin has denied it." : $"An admin has denied it: {RecordText.Storable(reason.Trim())}";
        bool isDone;
        do
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var row = await ReadAsync(database, id, caller, cancellationToken);
            var now = await database.NowAsync(clock, cancellationToken);
            if (row.State is not ExecutionState.AwaitingApproval) throw NotWaiting(row.State);
            isDone = await EndAsync(database, ExecutionStand.Of(row), "execution.denied", text, caller, now, cancellationToken);
        }
        while (!isDone);
    }

    /// <summary>Ends one that nobody will approve.</summary>
    /// <returns>Whether it still stood so.</returns>
    public static Task<bool> EndAsync(
        HostDbContext database, ExecutionStand stand, string action, string why, Caller caller, DateTimeOffset now, CancellationToken cancellationToken) =>
        stand.WriteAsync(
            database, action, caller, now,
            rows => rows.ExecuteUpdateAsync(
                set => set.SetProperty(e => e.State, ExecutionState.Cancelled)
                    .SetProperty(e => e.ErrorCode, SnakeCaseEnum.Text(ProblemCode.NotApproved))
                    .SetProperty(e => e.ErrorMessage, why)
                    .SetProperty(e => e.ApprovalExpiresAt, (DateTimeOffset?)null)
                    .SetProperty(e => e.AvailableAt, (DateTimeOffset?)null)
                    .SetProperty(e => e.FinishedAt, now)
                    .SetProperty(e => e.Fence, e => e.Fence + 1),
                cancellationToken),
            cancellationToken);

    /// <summary>Whether somebody would approve a call of their own: with the same key, on the page too, or as the same subject.</summary>
    public static bool IsOwn(string asked, Caller caller) => Credential(asked) == Credential(caller.Name);

    /// <summary>The caller's execution.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>.</exception>
    public static async Task<Execution> ReadAsync(HostDbContext database, Guid id, Caller caller, CancellationToken cancellationToken) =>
        await database.Set<Execution>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.TenantId == caller.TenantId, cancellationToken)
            ?? throw ExecutionStore.NotFound();

    private static void Check(Execution row, ApprovalRequest request, string hash, DateTimeOffset now, Caller caller)
    {
        if (request.ExpiresAt <= now)
            throw new ProblemException(ProblemCode.NotApproved, "It has waited too long and will not be done. Whoever wants it done has to ask anew.");
        if (IsOwn(row.Caller, caller))
            throw new ProblemException(ProblemCode.Forbidden, "You asked for this call yourself. Another admin has to approve it.");
        if (request.IsPlatforms && !caller.IsPlatform)
            throw new ProblemException(ProblemCode.Forbidden, "It would be done with the platform's credentials: an admin of the platform has to approve it.");
        if (request.InputSha256 == hash) return;
        throw new ProblemException(
            ProblemCode.NotApproved,
            row.IntegrationId is { } id && ApprovalHash.FindEarlierRevision(
                hash, row.IntegrationType, row.Action, id, request.IntegrationRevision, row.Payload) is { } earlier
                ? $"The integration was changed since you looked: from revision {earlier} to {request.IntegrationRevision}. "
                    + "GET the execution again, look at its integration, and approve the hash that it has now."
                : "The hash is not that of this execution. GET the execution, look at what it would do, and approve the hash that it has now.");
    }

    /// <summary>There is nothing to decide.</summary>
    public static ProblemException NotWaiting(ExecutionState state) => new(
        ProblemCode.NotApproved, $"It waits for no approval: it is {SnakeCaseEnum.Text(state)}.");

    // What stands behind the way of signing in: key:1 on the page is session:1, and jwt:anna is sso:anna where both are of one issuer.
    private static string Credential(string name) => name.Split(':', 2) switch
    {
        ["session", var key] => $"key:{key}",
        ["sso", var subject] => $"jwt:{subject}",
        _ => name,
    };
}

/// <summary>What is there to be approved.</summary>
/// <param name="InputSha256"><see cref="ApprovalHash"/>: of the input, of what it is for, and of the integration's revision.</param>
/// <param name="IntegrationRevision">The revision of the integration now.</param>
/// <param name="ExpiresAt">By then; later it is cancelled.</param>
internal sealed record ApprovalRequest(string InputSha256, int IntegrationRevision, DateTimeOffset ExpiresAt)
{
    /// <summary>The integration is the platform's: a tenant's admin does not approve for it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsPlatforms { get; init; }
}
