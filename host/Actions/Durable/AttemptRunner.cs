using System.Diagnostics;
using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Makes one attempt of a durable execution: finds who serves now, commits that it begins, calls, and commits what came of it.</summary>
internal sealed partial class AttemptRunner(
    ActionRunner runner, IntegrationResolver resolver, ProviderContracts contracts, CallLimits limits, ExecutionWrites writes, RetrySchedule retries,
    PendingApprovals approvals, ApprovedAnswers answers, NodeLease node, CallFigures figures, StopDeadline stop, TimeProvider clock, ILogger<AttemptRunner> log)
{
    private static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(1);

    /// <summary>Until a call that may be repeated is told of as running.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    /// <summary>Attempts it.</summary>
    /// <param name="item">What this node has taken.</param>
    /// <param name="called">Called when the provider has answered: what came of it is still to be written, and its place in the lane is free.</param>
    /// <returns>What its lane has to know.</returns>
    public async Task<AttemptEnd> RunAsync(WorkItem item, Action<int> called)
    {
        using var span = CallTrace.Attempt(item);
        var end = await AttemptAsync(item, called, span);
        if (end.Kind is not AttemptEndKind.Done) CallTrace.Forget(span);
        return end;
    }

    private async Task<AttemptEnd> AttemptAsync(WorkItem item, Action<int> called, Activity? span)
    {
        (LoadedPlugin Plugin, IntegrationAction Action) found;
        BoundIntegration integration;
        StartWrite start;
        try
        {
            found = Find(item, null);
            integration = (await resolver.ResolveAsync(item.Type, item.TenantId, item.RequestedIntegration, CancellationToken.None)).Integration;

            // Replaced between the two look-ups: all of a call is of one load of the plugin.
            if (!ReferenceEquals(found.Plugin, integration.Plugin)) found = Find(item, integration.Plugin);
            if (integration.Id != item.Lane) return AttemptEnd.Elsewhere(integration.Id);
            if (PendingApprovals.WhyHeld(item, found.Action, integration) is { } reason)
                return await approvals.HoldAsync(item, integration, node.Id, reason) ? AttemptEnd.Done : AttemptEnd.Blocked(Moment);
            if (limits.BlockedFor(integration) is { } blocked) return AttemptEnd.Blocked(blocked);
            if (await limits.TakeAsync(integration, CancellationToken.None) is { } wait) return AttemptEnd.Blocked(wait);
            start = new StartWrite(item, integration.Id, clock.GetUtcNow());

            // What cannot be repeated is begun only once everybody can read that it is.
            if (!RetrySchedule.IsRepeatable(found.Action) && !await writes.WriteAsync(start)) return AttemptEnd.Done;
        }
        catch (ProblemException problem)
        {
            var verdict = problem.Code is not ProblemCode.Forbidden ? Verdict.Parked : item.IsUncertain ? Verdict.Unknown : Verdict.Dead;
            await EndAsync(item, Ended(item, problem, verdict, isAttempt: false), span);
            return AttemptEnd.Done;
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotBegun(fault, item.Id);
            return AttemptEnd.Blocked(DatabasePause);
        }

        figures.Begun(item.Type, node.DatabaseTime - item.DueAt);
        var call = CallAsync(item, found.Plugin, found.Action, integration);
        if (RetrySchedule.IsRepeatable(found.Action)) await TellIfLongAsync(call, start);
        var end = await call with { IntegrationId = integration.Id, StartedAt = start.At };
        called(CallLimits.AtOnce(integration));
        await EndAsync(item, end, span);
        return AttemptEnd.Done;
    }

    private async Task TellIfLongAsync(Task call, StartWrite start)
    {
        if (!call.IsCompleted) await call.WaitAsync(Moment, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (call.IsCompleted) return;
        try
        {
            await writes.WriteAsync(start);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotBegun(fault, start.Item.Id); // it is told of when it has ended
        }
    }

    // Another version of the host may have accepted it: what is not known here is kept and not refused.
    private (LoadedPlugin Plugin, IntegrationAction Action) Find(WorkItem item, LoadedPlugin? serving)
    {
        try
        {
            return serving is null ? runner.Find(item.Type, item.Action) : (serving, ActionRunner.Find(serving, item.Action));
        }
        catch (ProblemException problem) when (problem.Code is ProblemCode.NotFound)
        {
            throw new ProblemException(ProblemCode.IntegrationUnusable, problem.Message) { Reason = Unusable.PluginNotLoaded };
        }
    }

    private async Task<EndWrite> CallAsync(WorkItem item, LoadedPlugin plugin, IntegrationAction action, BoundIntegration integration)
    {
        var run = new Run(item.Id, item.CreatedAt, item.Request, contracts.Input(plugin, action)) { Integration = integration, Attempt = item.Attempt };
        var isLook = item.IsUncertain && !RetrySchedule.IsRepeatable(action);
        try
        {
            var output = isLook ? await runner.FindExistingAsync(run, action, integration) : await runner.CallAsync(run, action, integration);
            limits.Tell(integration, null);
            if (output is not { } known) return Ended(item, NotFound(action), Verdict.Unknown, isAttempt: true) with { Duration = run.Duration };
            return new EndWrite
            {
                Item = item, State = ExecutionState.Succeeded, At = clock.GetUtcNow(), Duration = run.Duration,
                Output = RecordText.Masked(contracts.Output(plugin, action), known.Span),
                Answer = item.ApprovedHash is null ? null : KeptAnswer.Of(
                    new ActionResult(item.Id, ServingIntegration.From(integration), known, run.Duration)),
            };
        }
        catch (ProblemException problem)
        {
            limits.Tell(integration, problem);
            var verdict = retries.Decide(problem, action, item.CountedAttempts);
            if (isLook && verdict.State is ExecutionState.Dead) verdict = Verdict.Unknown; // that it cannot be looked up does not make it undone
            return Ended(item, problem, verdict, isAttempt: true) with { Duration = run.Duration };
        }
    }

    private static ProblemException NotFound(IntegrationAction action) => new(
        ProblemCode.ProviderFailed, $"Nobody can tell whether {action.Name} was done by the attempt before: look before trying again.")
    {
        FailureKind = FailureKind.OutcomeUnknown,
        Effect = Effect.Possible,
    };

    private EndWrite Ended(WorkItem item, ProblemException problem, Verdict verdict, bool isAttempt) => new()
    {
        Item = item,
        State = verdict.State,
        Delay = verdict.Delay,
        Answer = item.ApprovedHash is not null && verdict.State is ExecutionState.Dead ? KeptAnswer.Of(problem) : null,
        At = clock.GetUtcNow(),
        Duration = TimeSpan.Zero,
        IsFailedAttempt = isAttempt,
        ErrorCode = SnakeCaseEnum.Text(problem.Code),
        ErrorMessage = RecordText.Storable(problem.Message),

        // While it waits, this says that the next attempt has to look first.
        FailureKind = verdict.IsLook || (item.IsUncertain && verdict.State is (ExecutionState.Parked or ExecutionState.RetryScheduled))
            ? FailureKind.OutcomeUnknown
            : problem.FailureKind,
    };

    // What was done must not be done again because the database was away for a while: it is tried until it is written, or the host goes.
    private async Task EndAsync(WorkItem item, EndWrite end, Activity? span)
    {
        CallTrace.Ended(span, end);
        while (true)
        {
            try
            {
                if (end.Answer is { } answer) await answers.KeepAsync(item.Id, answer);
                if (await writes.WriteAsync(end)) figures.Ended(item.Type, item.Action, end.State);
                else LogOvertaken(item.Id, item.Attempt);
                return;
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotEnded(fault, item.Id);
                if (stop.GivenUp.IsCancellationRequested) return;
            }

            await Task.Delay(DatabasePause, clock, stop.GivenUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Execution {ExecutionId} could not be begun: the database did not answer; it is tried again")]
    private partial void LogNotBegun(Exception fault, Guid executionId);

    [LoggerMessage(LogLevel.Warning, "What came of execution {ExecutionId} could not be written; trying again")]
    private partial void LogNotEnded(Exception fault, Guid executionId);

    [LoggerMessage(LogLevel.Information, "Attempt {Attempt} of execution {ExecutionId} ended after somebody else had taken it over, cancelled or replayed it")]
    private partial void LogOvertaken(Guid executionId, int attempt);
}

/// <summary>What an attempt tells its lane.</summary>
/// <param name="Kind">What is to be done with the execution.</param>
/// <param name="Wait">With <see cref="AttemptEndKind.Blocked"/>: how long nothing of the lane is begun.</param>
/// <param name="Lane">With <see cref="AttemptEndKind.Elsewhere"/>: where it belongs now.</param>
internal readonly record struct AttemptEnd(AttemptEndKind Kind, TimeSpan Wait = default, Guid Lane = default)
{
    public static AttemptEnd Done { get; } = new(AttemptEndKind.Done);

    public static AttemptEnd Blocked(TimeSpan wait) => new(AttemptEndKind.Blocked, wait);

    public static AttemptEnd Elsewhere(Guid lane) => new(AttemptEndKind.Elsewhere, Lane: lane);
}

/// <summary>What is to be done with an execution after an attempt.</summary>
internal enum AttemptEndKind
{
    /// <summary>Nothing: what came of it is written, or it belongs to somebody else.</summary>
    Done,

    /// <summary>It could not be begun yet.</summary>
    Blocked,

    /// <summary>Another integration serves it now.</summary>
    Elsewhere,
}
