using System.Text;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Actions;

/// <summary>One synchronous run on its way to its record.</summary>
internal sealed class Run(Guid id, DateTimeOffset createdAt, ActionRequest request, JsonContract input)
{
    public Guid Id { get; } = id;

    public ActionRequest Request { get; } = request;

    /// <summary>Of the action as the load of the plugin that serves has it.</summary>
    public JsonContract Input { get; set; } = input;

    public BoundIntegration? Integration { get; set; }

    /// <summary>The load of the plugin that it was begun with, where that can be another than the integration's.</summary>
    public LoadedPlugin? Plugin { get; init; }

    /// <summary>From 1.</summary>
    public int Attempt { get; init; } = 1;

    public TimeSpan Duration { get; set; }

    /// <summary>Takes the checks that the action reports one by one; <c>null</c>: nobody asks for them.</summary>
    public StepList? Steps { get; init; }

    /// <summary>What a stranger sent is masked anyway, and may be too large to wait for that in memory.</summary>
    public bool KeepsInput { get; init; } = true;

    /// <summary>The row of one that is written before it runs: its node has taken it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="input">Masked.</param>
    public Execution Begun(Guid node, string? input)
    {
        var execution = Execution(ExecutionState.Running, null);
        execution.Input = input;
        execution.StartedAt = createdAt;
        execution.DurationMs = null;
        execution.Attempts = Attempt;
        execution.LeasedBy = node;
        execution.Fence = 1;
        return execution;
    }

    /// <summary>The row of one that an admin has to approve first. From then on it is a durable one.</summary>
    public Execution Waiting(BoundIntegration integration) => new()
    {
        Id = Id,
        TenantId = Request.Caller.TenantId,
        IntegrationId = integration.Id,
        IntegrationType = Request.Type,
        Action = Request.Action,
        State = ExecutionState.AwaitingApproval,
        Caller = Request.Caller.Name,
        Channel = Request.Channel,
        RequestedIntegration = Request.Integration,
        Payload = Encoding.UTF8.GetString(Request.Input.Span),
        CreatedAt = createdAt,
        TraceParent = CallTrace.Current,
        Lane = integration.Id,
    };

    public ExecutionRecord Succeeded(ReadOnlyMemory<byte> output, JsonContract contract, DateTimeOffset now) =>
        new(Execution(ExecutionState.Succeeded, now), Input, KeptInput, contract, output);

    public ExecutionRecord Failed(ProblemException problem, DateTimeOffset now)
    {
        var execution = Execution(ActionFailures.FinalState(problem), now);
        execution.ErrorCode = SnakeCaseEnum.Text(problem.Code);
        execution.ErrorMessage = problem.Message;
        execution.FailureKind = problem.FailureKind;
        return new ExecutionRecord(execution, Input, KeptInput, null, default);
    }

    private ReadOnlyMemory<byte> KeptInput => KeepsInput ? Request.Input : default;

    private Execution Execution(ExecutionState state, DateTimeOffset? finishedAt) => new()
    {
        Id = Id,
        TenantId = Request.Caller.TenantId,
        IntegrationId = Integration?.Id,
        IntegrationType = Request.Type,
        Action = Request.Action,
        State = state,
        Caller = Request.Caller.Name,
        CreatedAt = createdAt,
        FinishedAt = finishedAt,
        DurationMs = (int)Duration.TotalMilliseconds,
        Steps = Steps?.Taken is { Count: > 0 } steps ? StepsJson.Write(steps) : null,
    };
}

/// <summary>A run as it waits to be written: input and output are masked when the batch is written, off the caller's path.</summary>
internal sealed record ExecutionRecord(
    Execution Execution, JsonContract Input, ReadOnlyMemory<byte> InputJson, JsonContract? Output, ReadOnlyMemory<byte> OutputJson);

/// <summary>A run that may begin.</summary>
internal readonly record struct PreparedRun(Run Run, IntegrationAction Action, BoundIntegration Integration)
{
    /// <summary>An admin has to approve it first.</summary>
    public bool Asks { get; init; }

    /// <summary>What its caller is answered then.</summary>
    public ActionResult ToWaiting() => new(Run.Id, ServingIntegration.From(Integration), default, TimeSpan.Zero) { AwaitsApproval = true };
}
