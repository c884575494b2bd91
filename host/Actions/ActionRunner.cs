using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Actions;

/// <summary>Runs an action: finds who serves, binds the input, calls the provider within its time, and records what came of it.</summary>
internal sealed partial class ActionRunner(
    IPluginCatalog catalog,
    IntegrationResolver resolver,
    ProviderContracts contracts,
    ContextFactory contexts,
    IntegrationStore store,
    ExecutionRecorder recorder,
    CallSignals signals,
    CallLimits limits,
    CallFigures figures,
    PendingApprovals approvals,
    StopDeadline stop,
    Offences offences,
    TimeProvider clock,
    ILogger<ActionRunner> log)
{
    private const int LongestKept = 16 * 1024;

    /// <summary>Runs it now. The caller's leaving does not stop it once it has begun: half a mail helps nobody.</summary>
    /// <exception cref="ProblemException">It was not done, or not certainly.</exception>
    public async Task<ActionResult> RunAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(request, cancellationToken);
        var (run, action, integration) = prepared;
        try
        {
            if (prepared.Asks)
            {
                await approvals.AskAsync(Waiting(prepared), claim: null);
                return prepared.ToWaiting();
            }

            var result = await RunAsync(prepared, cancellationToken);
            await recorder.RecordAsync(
                run.Succeeded(result.Output, contracts.Output(integration.Plugin, action), clock.GetUtcNow()), cancellationToken);
            return result;
        }
        catch (ProblemException problem)
        {
            await recorder.RecordAsync(run.Failed(problem, clock.GetUtcNow()), CancellationToken.None);
            throw;
        }
    }

    /// <summary>Finds what is to be run and who serves.</summary>
    /// <exception cref="ProblemException">It cannot be run; that is recorded where it was to be.</exception>
    public async Task<PreparedRun> PrepareAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (run, action) = Begin(request);
        try
        {
            var (found, integration) = await ResolveAsync(run, action, cancellationToken);
            return new PreparedRun(run, found, integration) { Asks = PolicyCheck.Asks(request, found, integration) };
        }
        catch (ProblemException problem)
        {
            await recorder.RecordAsync(run.Failed(problem, clock.GetUtcNow()), CancellationToken.None);
            throw;
        }
    }

    /// <summary>The row of a call that an admin has to approve first.</summary>
    /// <exception cref="ProblemException">It could not be run anyway.</exception>
    public static Execution Waiting(PreparedRun prepared)
    {
        Check(prepared.Run, prepared.Action, prepared.Integration);
        return prepared.Run.Waiting(prepared.Integration);
    }

    /// <summary>Has the provider say what the action would do. It is refused what the action would be refused, nothing is recorded, and no
    /// approval is asked for.</summary>
    /// <exception cref="ProblemException">It cannot be told, or could not be done.</exception>
    public async Task<PreviewResult> PreviewAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (run, asked) = Begin(request);
        var (action, integration) = await ResolveAsync(run, asked, cancellationToken);
        var input = Check(run, action, integration);
        using var entered = await limits.EnterAsync(integration, cancellationToken);
        var preview = await InvokeAsync(run, action, integration, (context, cancelled) => action.PreviewAsync(input, integration.Config, context, cancelled))
            ?? throw new ProblemException(ProblemCode.InvalidInput,
                $"{request.Type}/{action.Name} has no preview: only a real call tells what it does. Leave dry_run out to have it done.");
        return new PreviewResult(ServingIntegration.From(integration), preview);
    }

    private (Run Run, IntegrationAction Action) Begin(ActionRequest request)
    {
        stop.RefuseNew();
        var (plugin, action) = Find(request.Type, request.Action);
        return (new Run(ExecutionId.New(), clock.GetUtcNow(), request, contracts.Input(plugin, action)) { Plugin = plugin }, action);
    }

    private async ValueTask<(IntegrationAction Action, BoundIntegration Integration)> ResolveAsync(
        Run run, IntegrationAction action, CancellationToken cancellationToken)
    {
        var request = run.Request;
        var integration = (await resolver.ResolveAsync(request.Type, request.Caller.TenantId, request.Integration, cancellationToken)).Integration;
        run.Integration = integration;
        if (ReferenceEquals(run.Plugin, integration.Plugin)) return (action, integration);

        // Replaced between the two look-ups: all of a call is of one load of the plugin.
        action = Find(integration.Plugin, request.Action);
        run.Input = contracts.Input(integration.Plugin, action);
        return (action, integration);
    }

    /// <summary>Runs what was prepared; whoever asks for that records it.</summary>
    /// <exception cref="ProblemException">It was not done, or not certainly.</exception>
    public async Task<ActionResult> RunAsync(PreparedRun prepared, CancellationToken cancellationToken)
    {
        var (run, action, integration) = prepared;
        var output = await CallLimitedAsync(run, action, integration, cancellationToken);
        return new ActionResult(run.Id, ServingIntegration.From(integration), output, run.Duration);
    }

    /// <summary>Runs an internal action for one of the host's own services. Who serves is known already, and what came of it is answered rather
    /// than thrown, together with the checks that the provider made.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.HostStopping"/>: it was not begun.</exception>
    public async Task<InternalOutcome> RunInternalAsync(InternalCall call, CancellationToken cancellationToken)
    {
        stop.RefuseNew();
        var plugin = call.Integration.Plugin;
        var action = plugin.FindAction(call.Action) is { IsInternal: true } found
            ? found
            : throw new ArgumentException($"{plugin.Type} has no internal action {call.Action}.", nameof(call));
        var request = new ActionRequest { Type = plugin.Type, Action = call.Action, Input = call.Input, Caller = call.Caller };
        var run = new Run(ExecutionId.New(), clock.GetUtcNow(), request, contracts.Input(plugin, action))
        {
            Integration = call.Integration, Steps = new StepList(), KeepsInput = call.Input.Length <= LongestKept,
        };
        try
        {
            var output = await CallAsync(run, action, call.Integration, Check(run, action, call.Integration));
            if (call.IsRecorded(null))
                await recorder.RecordAsync(run.Succeeded(output, contracts.Output(plugin, action), clock.GetUtcNow()), cancellationToken);
            return new InternalOutcome(run.Id, run.Steps.Taken, output, null);
        }
        catch (ProblemException problem)
        {
            if (call.IsRecorded(problem)) await recorder.RecordAsync(run.Failed(problem, clock.GetUtcNow()), CancellationToken.None);
            return new InternalOutcome(run.Id, run.Steps.Taken, default, problem);
        }
    }

    /// <summary>Calls the provider once for a durable execution, after whatever can be refused beforehand, and in its turn among the calls that
    /// run on this node.</summary>
    /// <returns>The output as UTF-8 JSON.</returns>
    /// <exception cref="ProblemException">It was not done, or not certainly.</exception>
    public async Task<ReadOnlyMemory<byte>> CallAsync(Run run, IntegrationAction action, BoundIntegration integration)
    {
        var input = Check(run, action, integration);
        try
        {
            using var place = await limits.PlaceAsync(integration, stop.Reached);
            return await CallAsync(run, action, integration, input);
        }
        catch (OperationCanceledException) when (stop.Reached.IsCancellationRequested)
        {
            throw ActionFailures.Stopped(integration.Plugin.Type, action.Name, isReadOnly: true); // it had not begun
        }
    }

    private async Task<ReadOnlyMemory<byte>> CallLimitedAsync(
        Run run, IntegrationAction action, BoundIntegration integration, CancellationToken cancellationToken)
    {
        var input = Check(run, action, integration);
        using var entered = await limits.EnterAsync(integration, cancellationToken);
        try
        {
            var output = await CallAsync(run, action, integration, input);
            limits.Tell(integration, null);
            return output;
        }
        catch (ProblemException problem)
        {
            limits.Tell(integration, problem);
            throw;
        }
    }

    private async Task<ReadOnlyMemory<byte>> CallAsync(Run run, IntegrationAction action, BoundIntegration integration, object input)
    {
        var start = clock.GetTimestamp();
        ProblemException? problem = null;
        using var span = CallTrace.Call(integration.Plugin.Type, action.Name, run);
        try
        {
            return await InvokeAsync(run, action, integration, async (context, cancelled) =>
                    Serialized(action, integration, await action.InvokeAsync(input, integration.Config, context, cancelled)))
                ?? throw AnsweredNothing(run, action);
        }
        catch (ProblemException caught)
        {
            problem = caught;
            CallTrace.Failed(span, problem);
            throw;
        }
        finally
        {
            run.Duration = clock.GetElapsedTime(start);
            figures.Called(integration.Plugin.Type, action.Name, problem, run.Duration);
        }
    }

    /// <summary>Asks the provider whether it was done by an attempt of which nobody knows what came.</summary>
    /// <returns>The output as UTF-8 JSON; <c>null</c>: it cannot tell.</returns>
    /// <exception cref="ProblemException">It could not be asked.</exception>
    public Task<ReadOnlyMemory<byte>?> FindExistingAsync(Run run, IntegrationAction action, BoundIntegration integration)
    {
        var input = Check(run, action, integration);
        return InvokeAsync(run, action, integration, async (context, cancelled) =>
            Serialized(action, integration, await action.FindExistingAsync(input, integration.Config, context, cancelled)));
    }

    /// <summary>Binds the input, and refuses what the integration does not lend or its policies block.</summary>
    /// <exception cref="ProblemException">Nothing was done.</exception>
    public static object Check(Run run, IntegrationAction action, BoundIntegration integration)
    {
        var input = Bind(run.Input, run.Request.Input);
        Lending.Check(integration, run.Request.Caller.TenantId, action, input);
        PolicyCheck.Asks(run.Request, action, integration);
        return input;
    }

    /// <summary>An action that callers may ask for.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public (LoadedPlugin Plugin, IntegrationAction Action) Find(string type, string name)
    {
        var entry = catalog.Find(type)
            ?? throw new ProblemException(ProblemCode.NotFound,
                $"There is no provider '{Shown(type)}'. GET /api/v1/providers lists them.");
        var plugin = entry.Plugin
            ?? throw new ProblemException(ProblemCode.IntegrationUnusable,
                $"The provider {entry.Type} is not loaded: {entry.StateReason}") { Reason = "plugin_not_loaded" };

        return (plugin, Find(plugin, name));
    }

    /// <inheritdoc cref="Find(string, string)"/>
    public static IntegrationAction Find(LoadedPlugin plugin, string name)
    {
        // An internal action is for the host's own services; to a caller it is not there.
        var action = plugin.FindAction(name);
        return action is { IsInternal: false }
            ? action
            : throw new ProblemException(ProblemCode.NotFound,
                $"{plugin.Descriptor.DisplayName} has no action '{Shown(name)}'. It has: "
                + string.Join(", ", plugin.Provider.Actions.Where(known => !known.IsInternal).Select(known => known.Name)) + ".");
    }

    /// <summary>Reads the input strictly.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidInput"/>.</exception>
    public static object Bind(JsonContract contract, ReadOnlyMemory<byte> json)
    {
        var bound = contract.Bind(json);
        return bound.Errors.Count == 0 && bound.Value is { } input
            ? input
            : throw new ProblemException(ProblemCode.InvalidInput, "The input is not what this action takes. 'errors' says where.")
            {
                Errors = [.. bound.Errors.Select(error => new ConfigError(error.Path, error.Message))],
            };
    }

    // A plain null would become an empty text: memory has a conversion from an array that is null.
    private ReadOnlyMemory<byte>? Serialized(IntegrationAction action, BoundIntegration integration, object? output) =>
        output is null ? default(ReadOnlyMemory<byte>?) : contracts.Output(integration.Plugin, action).Serialize(output);

    private async Task<T> InvokeAsync<T>(
        Run run, IntegrationAction action, BoundIntegration integration, Func<IntegrationContext, CancellationToken, Task<T>> invoke)
    {
        var limit = CallTimeout.Of(integration.Config);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop.Reached);
        timeout.CancelAfter(limit);
        var lease = contexts.Create(integration, new ContextRequest
        {
            CallerTenantId = run.Request.Caller.TenantId,
            ExecutionId = run.Id,
            Attempt = run.Attempt,
            DeduplicationKey = run.Id.ToString("N"),
            OnStep = run.Steps is { } steps ? steps.Add : null,
        });
        Task<T>? call = null;
        var hasBegun = false;
        try
        {
            // On another thread, and left behind rather than waited for: a plugin may block before its first await or not heed its token.
            call = Task.Run(
                () =>
                {
                    hasBegun = true;
                    return invoke(lease.Context, timeout.Token);
                },
                CancellationToken.None);
            return await call.WaitAsync(limit + CallTimeout.Grace, clock, stop.GivenUp);
        }
        catch (IntegrationException failure)
        {
            LogFailed(failure.InnerException, run.Id, integration.Plugin.Type, action.Name, failure.Kind);
            signals.Publish(new FailedCall(integration.Id, integration.Revision, action.Name, failure.Kind, failure.Message));
            if (failure.MakesUnusable is { } reason)
                await store.MarkUnusableAsync(integration.Id, integration.Revision, reason, CancellationToken.None);
            throw ActionFailures.ToProblem(failure);
        }
        catch (Exception fault) when (stop.Reached.IsCancellationRequested && fault is OperationCanceledException)
        {
            LogStopped(run.Id, integration.Plugin.Type, action.Name);
            throw ActionFailures.Stopped(integration.Plugin.Type, action.Name, action.IsReadOnly);
        }
        catch (Exception fault) when (fault is TimeoutException || timeout.IsCancellationRequested)
        {
            LogTimedOut(run.Id, integration.Plugin.Type, action.Name, limit);
            if (hasBegun && call is { IsCompleted: false }) offences.Note(integration.Plugin, $"the action {action.Name}");
            throw ActionFailures.TimedOut(integration.Plugin.Type, action.Name, limit, action.IsReadOnly);
        }
        catch (Exception fault)
        {
            LogFaulted(fault, run.Id, integration.Plugin.Type, action.Name);
            throw ActionFailures.Unexpected(integration.Plugin.Type, action.Name, run.Id, fault);
        }
        finally
        {
            await lease.DisposeAfterAsync(call);
        }
    }

    private ProblemException AnsweredNothing(Run run, IntegrationAction action)
    {
        var fault = new InvalidOperationException($"{run.Request.Type}/{action.Name} answered nothing.");
        LogFaulted(fault, run.Id, run.Request.Type, action.Name);
        return ActionFailures.Unexpected(run.Request.Type, action.Name, run.Id, fault);
    }

    private static string Shown(string name) => name.Length <= 63 ? name : name[..63] + "…";

    [LoggerMessage(LogLevel.Information, "Execution {ExecutionId} of {Type}/{Action} failed: {Kind}")]
    private partial void LogFailed(Exception? cause, Guid executionId, string type, string action, FailureKind kind);

    [LoggerMessage(LogLevel.Warning, "Execution {ExecutionId} of {Type}/{Action} did not end within {Limit}")]
    private partial void LogTimedOut(Guid executionId, string type, string action, TimeSpan limit);

    [LoggerMessage(LogLevel.Warning, "Execution {ExecutionId} of {Type}/{Action} was cut off: the host stops")]
    private partial void LogStopped(Guid executionId, string type, string action);

    [LoggerMessage(LogLevel.Error, "Execution {ExecutionId} of {Type}/{Action} threw what a provider should not throw")]
    private partial void LogFaulted(Exception fault, Guid executionId, string type, string action);
}
