using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>One step of a durable execution on its way to the disk.</summary>
internal abstract record ExecutionWrite;

/// <summary>It is accepted.</summary>
internal sealed record AcceptWrite(Execution Row) : ExecutionWrite
{
    /// <summary>What is known by then.</summary>
    public static IReadOnlySet<string> Columns { get; } = new HashSet<string>
    {
        nameof(Execution.Id), nameof(Execution.TenantId), nameof(Execution.IntegrationId), nameof(Execution.IntegrationType), nameof(Execution.Action),
        nameof(Execution.State), nameof(Execution.Caller), nameof(Execution.RequestedIntegration), nameof(Execution.Payload), nameof(Execution.ErrorCode),
        nameof(Execution.ErrorMessage), nameof(Execution.CreatedAt), nameof(Execution.Lane), nameof(Execution.AvailableAt), nameof(Execution.LeasedBy),
        nameof(Execution.Fence), nameof(Execution.TraceParent),
    };
}

/// <summary>An attempt is about to call the provider: nothing is called before this is committed.</summary>
/// <param name="Item">What is begun.</param>
/// <param name="IntegrationId">Who serves.</param>
/// <param name="At">When.</param>
internal sealed record StartWrite(WorkItem Item, Guid IntegrationId, DateTimeOffset At) : ExecutionWrite;

/// <summary>An attempt is over, or could not be begun.</summary>
internal sealed record EndWrite : ExecutionWrite
{
    public required WorkItem Item { get; init; }

    public required ExecutionState State { get; init; }

    /// <summary>How long it waits now; <c>null</c>: for nothing.</summary>
    public TimeSpan? Delay { get; init; }

    public required DateTimeOffset At { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Who served; <c>null</c>: it was not called.</summary>
    public Guid? IntegrationId { get; init; }

    /// <summary>When the call began; <c>null</c>: it was not called.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public string? Output { get; init; }

    /// <summary>What the same call under its key is answered; <c>null</c>: nothing is kept for that.</summary>
    public KeptAnswer? Answer { get; init; }

    /// <summary>The attempt called the provider and failed: that is kept.</summary>
    public bool IsFailedAttempt { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public FailureKind? FailureKind { get; init; }

    /// <summary>It will not be tried again by itself.</summary>
    public bool IsOver => State is not (ExecutionState.RetryScheduled or ExecutionState.Parked);
}
