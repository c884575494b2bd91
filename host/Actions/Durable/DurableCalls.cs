using System.Text;
using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Accepts what is to be done later or without anybody waiting. What is accepted is on the disk, and is done or its failure is there
/// to be seen, whatever happens to the hosts.</summary>
internal sealed class DurableCalls(
    ActionRunner runner, IntegrationResolver resolver, ProviderContracts contracts, ExecutionWrites writes, Dispatcher dispatcher, IExecutionQueue queue,
    KeyedInsert keys, PendingApprovals approvals, NodeLease node, StopDeadline stop, TimeProvider clock)
{
    /// <summary>The furthest that a start may be put off.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(366);

    /// <summary>Accepts a call. What can be known to be wrong is refused now: the input, and that nobody has ever configured an integration
    /// for it. One that is there and cannot be used at the moment is waited for.</summary>
    /// <param name="request">What is to be done.</param>
    /// <param name="notBefore">Not earlier than this; <c>null</c>: at once.</param>
    /// <param name="cancellationToken">Gives up before it is accepted.</param>
    /// <exception cref="ProblemException">It is not accepted, and nothing will be done.</exception>
    public async Task<Acceptance> AcceptAsync(ActionRequest request, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        stop.RefuseNew();

        // Looked for first: what was accepted is told of also when its integration is gone.
        var claim = request.IdempotencyKey is null ? null : KeyClaim.Of(request, isDurable: true, notBefore);
        if (claim is not null && await keys.FindAsync(claim, cancellationToken) is { } known) return Acceptance.Of(known);
        var (action, integration, asks, problem) = await CheckAsync(request, notBefore, cancellationToken);
        var lane = integration?.Id ?? request.Caller.TenantId ?? Guid.Empty;
        var id = ExecutionId.New();
        var isKept = problem is null && !asks && notBefore is null && dispatcher.TryReserve(id, lane, queue.IsUp);
        var row = new Execution
        {
            Id = id,
            TenantId = request.Caller.TenantId,
            IntegrationId = integration?.Id,
            IntegrationType = request.Type,
            Action = action.Name,
            State = problem is null ? ExecutionState.Queued : ExecutionState.Parked,
            Caller = request.Caller.Name,
            Channel = asks ? request.Channel : null,
            RequestedIntegration = request.Integration,
            Payload = Encoding.UTF8.GetString(request.Input.Span),
            ErrorCode = problem is null ? null : SnakeCaseEnum.Text(problem.Code),
            ErrorMessage = problem?.Message,
            CreatedAt = clock.GetUtcNow(),
            TraceParent = CallTrace.Current,
            Lane = lane,
            AvailableAt = problem is null && !asks ? notBefore ?? node.DatabaseTime : notBefore,
            LeasedBy = isKept ? node.Id : null,
            Fence = isKept ? 1 : 0,
        };
        EarlierExecution? earlier = null;
        try
        {
            if (asks) earlier = await approvals.AskAsync(row, claim);
            else if (claim is null) await writes.WriteAsync(new AcceptWrite(row));
            else earlier = await keys.TryAddAsync(row, claim, CancellationToken.None);
        }
        catch
        {
            if (isKept) dispatcher.GiveUp(id, lane);
            throw;
        }

        if (earlier is not null)
        {
            if (isKept) dispatcher.GiveUp(id, lane);
            return Acceptance.Of(earlier);
        }

        if (isKept) dispatcher.Run(new WorkItem(row));
        else if (row.State is ExecutionState.Queued && notBefore is null) Tell(new WaitingExecution(row.Id, lane, row.TraceParent));
        return new Acceptance(row.Id, row.State);
    }

    private void Tell(WaitingExecution execution)
    {
        if (queue.IsUp) queue.Announce(execution);
        else dispatcher.Look(execution.Lane);
    }

    private async Task<(IntegrationAction Action, BoundIntegration? Integration, bool Asks, ProblemException? Problem)> CheckAsync(
        ActionRequest request, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        if (notBefore > clock.GetUtcNow() + LongestDelay)
            throw new ProblemException(ProblemCode.InvalidRequest, $"not_before lies more than {LongestDelay.Days} days ahead.");
        var (plugin, action) = runner.Find(request.Type, request.Action);
        var input = ActionRunner.Bind(contracts.Input(plugin, action), request.Input);
        try
        {
            var integration = (await resolver.ResolveAsync(request.Type, request.Caller.TenantId, request.Integration, cancellationToken)).Integration;
            if (!ReferenceEquals(plugin, integration.Plugin))
            {
                // Replaced between the two look-ups.
                action = ActionRunner.Find(integration.Plugin, request.Action);
                input = ActionRunner.Bind(contracts.Input(integration.Plugin, action), request.Input);
            }

            Lending.Check(integration, request.Caller.TenantId, action, input);
            return (action, integration, PolicyCheck.Asks(request, action, integration), null);
        }
        catch (ProblemException problem) when (IsWaitedFor(problem))
        {
            return (action, null, false, problem);
        }
    }

    private static bool IsWaitedFor(ProblemException problem) => problem.Code is ProblemCode.IntegrationUnusable
        || (problem.Code is ProblemCode.IntegrationNotConfigured && problem.Trail.Count > 0);
}

/// <summary>What was accepted.</summary>
/// <param name="ExecutionId">Under which it is found.</param>
/// <param name="State">Where it stands.</param>
/// <param name="IsReplayed">It was accepted before, under the same key.</param>
internal sealed record Acceptance(Guid ExecutionId, ExecutionState State, bool IsReplayed = false)
{
    public static Acceptance Of(EarlierExecution earlier) => new(earlier.Id, earlier.State, IsReplayed: true);
}
