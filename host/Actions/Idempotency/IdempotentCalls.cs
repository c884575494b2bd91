using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>Runs actions while their callers wait; one with a key is done once, and a call that is sent again is answered what came of it
/// then.</summary>
/// <remarks>The row is there before the provider is called, so that a host which dies in between leaves a trace: the key stays used, and whoever
/// asks again is told to look first.</remarks>
internal sealed class IdempotentCalls(
    ActionRunner runner, PendingApprovals approvals, KeyedInsert keys, KeyedOutcomes outcomes, AnswerSeal seal, ProviderContracts contracts, IHostNode node, TimeProvider clock)
{
    /// <summary>As <see cref="ActionRunner.RunAsync(ActionRequest, CancellationToken)"/>, once for each key.</summary>
    /// <exception cref="ProblemException">It was not done, or not certainly; <see cref="ProblemCode.IdempotencyKeyConflict"/> and
    /// <see cref="ProblemCode.ExecutionInProgress"/> tell of the key.</exception>
    public Task<ActionResult> RunAsync(ActionRequest request, CancellationToken cancellationToken) =>
        request.IdempotencyKey is null ? runner.RunAsync(request, cancellationToken) : RunOnceAsync(request, cancellationToken);

    private async Task<ActionResult> RunOnceAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        // Looked for first: what was done is told also when its provider or integration is gone.
        var claim = KeyClaim.Of(request, isDurable: false);
        if (await keys.FindAsync(claim, cancellationToken) is { } known) return await ReplayAsync(request, claim, known);
        var prepared = await runner.PrepareAsync(request, cancellationToken);
        if (prepared.Asks)
        {
            var asked = await approvals.AskAsync(ActionRunner.Waiting(prepared), claim);
            return asked is null ? prepared.ToWaiting() : await ReplayAsync(request, claim, asked);
        }

        var begun = prepared.Run.Begun(node.Id, RecordText.Masked(prepared.Run.Input, request.Input.Span));
        try
        {
            if (await keys.TryAddAsync(begun, claim, CancellationToken.None) is { } earlier) return await ReplayAsync(request, claim, earlier);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            // It may have been written all the same, and would hold the key for a call that was never made.
            outcomes.SettleLater(Failed(prepared, claim, begun, NotBegun()));
            throw;
        }

        return await CallAsync(prepared, claim, begun);
    }

    private async Task<ActionResult> CallAsync(PreparedRun prepared, KeyClaim claim, Execution begun)
    {
        ActionResult result;
        try
        {
            result = await runner.RunAsync(prepared, CancellationToken.None);
        }
        catch (ProblemException problem)
        {
            await outcomes.SettleAsync(Failed(prepared, claim, begun, problem));
            throw;
        }
        catch (Exception)
        {
            // A fault of the host's own, after which nobody knows whether the provider was called.
            await outcomes.SettleAsync(Failed(prepared, claim, begun, ActionFailures.Lost(begun.IntegrationType, begun.Action)));
            throw;
        }

        await outcomes.SettleAsync(Succeeded(prepared, claim, begun, result));
        return result;
    }

    private KeyedOutcome Succeeded(PreparedRun prepared, KeyClaim claim, Execution begun, ActionResult result)
    {
        var record = prepared.Run.Succeeded(
            result.Output, contracts.Output(prepared.Integration.Plugin, prepared.Action), clock.GetUtcNow());
        var answer = seal.Close(claim.Scope, KeptAnswer.Of(result));

        // Reading again does what reading once does, so that an answer too long to be kept needs none.
        return Outcome(claim, begun, record, answer, releases: answer is null && prepared.Action.IsReadOnly);
    }

    private KeyedOutcome Failed(PreparedRun prepared, KeyClaim claim, Execution begun, ProblemException problem)
    {
        // An idempotent action is none without the deduplication key of its execution, which another call would not have.
        var releases = problem.Effect is Effect.None || (prepared.Action.IsReadOnly && MayPass(problem.FailureKind));
        var answer = releases ? null : seal.Close(claim.Scope, KeptAnswer.Of(problem));
        return Outcome(claim, begun, prepared.Run.Failed(problem, clock.GetUtcNow()), answer, releases);
    }

    private static KeyedOutcome Outcome(KeyClaim claim, Execution begun, ExecutionRecord record, string? answer, bool releases)
    {
        var ended = record.Execution;
        ended.Output = record.Output is null ? null : RecordText.Masked(record.Output, record.OutputJson.Span);
        ended.ErrorMessage = RecordText.Storable(ended.ErrorMessage);
        return new KeyedOutcome(claim, ended, begun.LeasedBy ?? Guid.Empty, begun.Fence, answer, releases);
    }

    private async Task<ActionResult> ReplayAsync(ActionRequest request, KeyClaim claim, EarlierExecution earlier)
    {
        if (earlier.Answer is { } closed && seal.Open(claim.Scope, closed) is { } kept) return kept.Replay(earlier.Id);
        if (await approvals.FindAsync(earlier, CancellationToken.None) is { } waiting) return waiting;
        throw earlier.State switch
        {
            ExecutionState.Queued or ExecutionState.Running or ExecutionState.RetryScheduled or ExecutionState.Parked
                or ExecutionState.AwaitingApproval => InProgress(earlier.Id),
            ExecutionState.Unknown => ActionFailures.Lost(request.Type, request.Action),
            ExecutionState.Cancelled => NotDone(earlier),
            ExecutionState.Succeeded or ExecutionState.Dead => NotKept(earlier),
        };
    }

    private static bool MayPass(FailureKind? kind) => kind is FailureKind.RateLimited or FailureKind.Unavailable;

    private static ProblemException NotBegun() =>
        new(ProblemCode.DatabaseUnavailable, "The database could not note that it begins. Nothing was done.");

    private static ProblemException InProgress(Guid id) =>
        new(ProblemCode.ExecutionInProgress, $"The call that this idempotency key stands for still runs, as execution {id}. Ask again in a moment.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    private static ProblemException NotDone(EarlierExecution earlier) =>
        new(ProblemCode.NotApproved,
            $"The call that this idempotency key stands for was not done: execution {earlier.Id} was cancelled. {earlier.Why}".TrimEnd()
            + " Another key would ask for it anew.")
        {
            IsReplayed = true,
        };

    private static ProblemException NotKept(EarlierExecution earlier) =>
        new(ProblemCode.IdempotencyKeyConflict,
            $"The call that this idempotency key stands for has ended, as execution {earlier.Id} ({SnakeCaseEnum.Text(earlier.State)}), and what was "
            + $"answered is not there any more: it had more than {AnswerSeal.Longest / 1024} KiB, or cannot be decrypted. "
            + $"GET /api/v1/executions/{earlier.Id} shows what is kept of it. Another key would have it done again.");
}
