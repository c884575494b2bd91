using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Client;

/// <summary>One run of an action.</summary>
public record Execution
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The tenant that it was done for; <c>null</c>: the platform itself.</summary>
    public Guid? TenantId { get; init; }

    /// <summary>The integration that served.</summary>
    public Guid? IntegrationId { get; init; }

    /// <summary>The provider.</summary>
    public required string IntegrationType { get; init; }

    /// <summary>The action.</summary>
    public required string Action { get; init; }

    /// <summary>Where it is: one of <see cref="ExecutionStates"/>, or one that a newer host knows.</summary>
    public required string State { get; init; }

    /// <summary>Who called.</summary>
    public required string Caller { get; init; }

    /// <summary>The stable name of what went wrong.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What went wrong, and what to do.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What kind of trouble the provider met.</summary>
    public string? FailureKind { get; init; }

    /// <summary>Kept until it is done; else the record of a call that was waited for.</summary>
    public bool Durable { get; init; }

    /// <summary>Name or id of the integration that the caller meant; <c>null</c>: the default one.</summary>
    public string? RequestedIntegration { get; init; }

    /// <summary>Attempts that were begun.</summary>
    public int AttemptCount { get; init; }

    /// <summary>When the next attempt is due; <c>null</c>: it waits for none.</summary>
    public DateTimeOffset? AvailableAt { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How long the last attempt took.</summary>
    public int? DurationMs { get; init; }

    /// <summary>Nothing more comes of it, unless somebody replays it.</summary>
    [JsonIgnore]
    public bool HasEnded => State is ExecutionStates.Succeeded or ExecutionStates.Dead or ExecutionStates.Unknown or ExecutionStates.Cancelled;
}

/// <summary>One run with everything that is kept of it.</summary>
public sealed record ExecutionDetail : Execution
{
    /// <summary>The input, its sensitive members masked; a string when it was too long to keep whole.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The output, its sensitive members masked; a string when it was too long to keep whole.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>The attempts that were begun, oldest first.</summary>
    public required IReadOnlyList<ExecutionAttempt> Attempts { get; init; }
}

/// <summary>One attempt.</summary>
/// <param name="Number">From 1.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended; <c>null</c>: it runs, or its host was lost.</param>
/// <param name="FailureKind">What kind of trouble the provider met; <c>null</c>: none.</param>
/// <param name="Message">What went wrong.</param>
public sealed record ExecutionAttempt(int Number, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? FailureKind, string? Message);

/// <summary>Where an execution can be.</summary>
public static class ExecutionStates
{
    /// <summary>It waits for its first attempt.</summary>
    public const string Queued = "queued";

    /// <summary>It is being done.</summary>
    public const string Running = "running";

    /// <summary>It is done.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>It failed for the moment, and waits for its next attempt.</summary>
    public const string RetryScheduled = "retry_scheduled";

    /// <summary>It failed for good.</summary>
    public const string Dead = "dead";

    /// <summary>Its integration is switched off or broken; it goes on by itself once that is mended.</summary>
    public const string Parked = "parked";

    /// <summary>Nobody knows whether it was done: somebody has to look.</summary>
    public const string Unknown = "unknown";

    /// <summary>Somebody ended it before it was done.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>It waits for somebody's approval.</summary>
    public const string AwaitingApproval = "awaiting_approval";
}
