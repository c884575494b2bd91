using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Approvals;

/// <summary>Has calls wait for an admin: those that are made while a policy asks, and those that were accepted before and come to be run.</summary>
internal sealed class PendingApprovals(
    IDbContextFactory<HostDbContext> databases, KeyedInsert keys, ApprovalOptions options, TimeProvider clock)
{
    /// <summary>Keeps a call until an admin has decided. Once this has returned it is on the disk.</summary>
    /// <param name="row">The call, with its input.</param>
    /// <param name="claim">Its key; <c>null</c>: it has none.</param>
    /// <returns>What is done or was done under the key already; <c>null</c>: the row was written.</returns>
    public async Task<EarlierExecution?> AskAsync(Execution row, KeyClaim? claim)
    {
        await using var database = await databases.CreateDbContextAsync();
        row.State = ExecutionState.AwaitingApproval;
        row.ApprovalExpiresAt = await database.NowAsync(clock, CancellationToken.None) + options.Lifetime;
        if (claim is not null) return await keys.TryAddAsync(row, claim, CancellationToken.None);
        database.Add(row);
        await database.SaveChangesAsync();
        return null;
    }

    /// <summary>What the caller of a call that was made before is answered while it waits; <c>null</c>: it does not.</summary>
    public async Task<ActionResult?> FindAsync(EarlierExecution earlier, CancellationToken cancellationToken)
    {
        if (earlier.State is not ExecutionState.AwaitingApproval) return null;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var found = await database.Set<Integration>().AsNoTracking()
            .Where(row => database.Set<Execution>().Any(execution => execution.Id == earlier.Id && execution.IntegrationId == row.Id))
            .Select(row => new { row.Id, row.Name, row.TenantId }).SingleOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        var integration = new ServingIntegration(found.Id, found.Name, found.TenantId is null ? ConfigScope.Platform : ConfigScope.Tenant);
        return new ActionResult(earlier.Id, integration, default, TimeSpan.Zero, IsReplayed: true) { AwaitsApproval = true };
    }

    /// <summary>Why an execution that a node has taken is not to be run; <c>null</c>: it may be. What was approved is held against what would be
    /// done now, whatever the policies say by now.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.Forbidden"/>: a policy blocks it.</exception>
    public static string? WhyHeld(WorkItem item, IntegrationAction action, BoundIntegration integration)
    {
        var asks = PolicyCheck.Asks(item.Request, action, integration);
        if (item.ApprovedHash is not { } approved) return asks ? "A policy asks for an admin's approval before it is done." : null;
        return approved == ApprovalHash.Of(item.Type, item.Action, integration.Id, integration.Revision, item.Request.Input.Span)
            ? null
            : "What would be done now is not what was approved: the input, the integration or its configuration has changed since. Look at it, and approve it anew.";
    }

    /// <summary>Takes an execution back from the node that has taken it, until an admin has decided.</summary>
    /// <returns><c>false</c>: what was approved is what would be done, and this node has only not heard of the integration's last change.</returns>
    public async Task<bool> HoldAsync(WorkItem item, BoundIntegration integration, Guid node, string reason)
    {
        await using var database = await databases.CreateDbContextAsync();
        if (item.ApprovedHash is { } approved)
        {
            var revision = await database.Set<Integration>().Where(row => row.Id == integration.Id).Select(row => row.Revision).SingleOrDefaultAsync();
            if (approved == ApprovalHash.Of(item.Type, item.Action, integration.Id, revision, item.Request.Input.Span)) return false;
        }

        var expiry = await database.NowAsync(clock, CancellationToken.None) + options.Lifetime;

        // Its failure kind stays: it may say that the next attempt has to look first.
        await database.Set<Execution>().Where(row => row.Id == item.Id && row.Fence == item.Fence && row.LeasedBy == node)
            .ExecuteUpdateAsync(set => set
                .SetProperty(row => row.State, ExecutionState.AwaitingApproval)
                .SetProperty(row => row.ApprovalExpiresAt, expiry)
                .SetProperty(row => row.ApprovedHash, (string?)null)
                .SetProperty(row => row.IntegrationId, integration.Id)
                .SetProperty(row => row.Lane, integration.Id)
                .SetProperty(row => row.ErrorCode, SnakeCaseEnum.Text(ProblemCode.NotApproved))
                .SetProperty(row => row.ErrorMessage, reason)
                .SetProperty(row => row.Fence, row => row.Fence + 1)
                .SetProperty(row => row.LeasedBy, (Guid?)null));
        return true;
    }

    /// <summary>What a caller who reads words is told.</summary>
    public static string InWords(Guid executionId, string? idempotencyKey) =>
        $"It has not been done: an admin has to approve it first, in /integrations page or with POST /api/v1/executions/{executionId}/approve. "
        + (idempotencyKey is null
            ? $"Do not call again, which would ask for another one: what comes of it is told by execution {executionId}."
            : "The same call with the same idempotency key, made later, is answered what came of it.");
}
