using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Admin.Executions;

/// <summary>A run as the list shows it. Public because a component's parameters are.</summary>
public sealed record ShownExecution
{
    public required Guid Id { get; init; }

    /// <summary>For whom; <c>null</c>: the platform itself.</summary>
    public required Guid? TenantId { get; init; }

    public required string Type { get; init; }

    public required string Action { get; init; }

    /// <summary>As on the wire: <c>succeeded</c>, <c>dead</c> …</summary>
    public required string State { get; init; }

    public required string? Error { get; init; }

    /// <summary>What served it; <c>null</c>: nothing did, or it is not the caller's to see.</summary>
    public required ShownIntegration? Integration { get; init; }

    /// <summary>Whether any integration served it.</summary>
    public required bool IsServed { get; init; }

    /// <summary>Who asked, in words.</summary>
    public required string Actor { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the next attempt is due; <c>null</c>: it waits for none.</summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Attempts that were begun.</summary>
    public required int Attempts { get; init; }

    /// <summary>How long it took, in words; <c>null</c>: it is not finished.</summary>
    public required string? Duration { get; init; }

    internal static ShownExecution From(Execution execution, ShownIntegration? integration, string actor) => new()
    {
        Id = execution.Id,
        TenantId = execution.TenantId,
        Type = execution.IntegrationType,
        Action = execution.Action,
        State = SnakeCaseEnum.Text(execution.State),
        Error = execution.ErrorMessage,
        Integration = integration,
        IsServed = execution.IntegrationId is not null,
        Actor = actor,
        CreatedAt = execution.CreatedAt,
        NextAttemptAt = execution.State is ExecutionState.Queued or ExecutionState.RetryScheduled ? execution.AvailableAt : null,
        Attempts = execution.IsDurable ? execution.Attempts : 1,
        Duration = execution.DurationMs switch
        {
            null => null,
            0 => "under 1 ms",
            var time => $"{time} ms",
        },
    };
}

/// <summary>An integration that can be gone to.</summary>
public sealed record ShownIntegration(Guid Id, Guid? TenantId, string Name)
{
    /// <summary>Where it is edited, as the tenant that it belongs to.</summary>
    public string Address => TenantId is { } tenant ? $"/integrations/{Id}?tenant={tenant}" : $"/integrations/{Id}";
}

/// <summary>A page of them.</summary>
public sealed record ShownExecutions(IReadOnlyList<ShownExecution> Rows, string? Next);
