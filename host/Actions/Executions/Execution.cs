using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Policies;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>One run of an action.</summary>
internal sealed class Execution
{
    public const string WaitingIndex = "ix_executions_waiting";
    public const string LeasedIndex = "ix_executions_leased";
    public const string ParkedIndex = "ix_executions_parked";
    public const string ApprovalIndex = "ix_executions_approval";

    /// <summary>Those that a node may take when they are due; a query has to say the same to be served by the index of them.</summary>
    public const string IsWaiting = "state IN ('queued', 'retry_scheduled') AND leased_by IS NULL";

    /// <summary>Those that only somebody's replay, or their integration's return, has done: what is looked for after an outage.</summary>
    public const string IsUnfinished = "state IN ('cancelled', 'dead', 'parked', 'unknown')";

    /// <summary>The same for a query.</summary>
    public static readonly ExecutionState[] Unfinished =
        [ExecutionState.Cancelled, ExecutionState.Dead, ExecutionState.Parked, ExecutionState.Unknown];

    /// <summary>Those that wait for an integration.</summary>
    public const string IsParked = "state = 'parked'";

    /// <summary>Those that wait for an admin: with any other state there is no expiry.</summary>
    public const string IsAsked = "approval_expires_at IS NOT NULL";

    public required Guid Id { get; init; }

    /// <summary>On whose behalf; <c>null</c>: the platform itself.</summary>
    public Guid? TenantId { get; init; }

    /// <summary>The integration that served; <c>null</c>: none was found.</summary>
    public Guid? IntegrationId { get; set; }

    public required string IntegrationType { get; init; }

    public required string Action { get; init; }

    public required ExecutionState State { get; set; }

    /// <summary>Who asked, as in the audit.</summary>
    public required string Caller { get; init; }

    /// <summary>Name or id of the integration that the caller meant; <c>null</c>: the default one. Of a durable execution only.</summary>
    public string? RequestedIntegration { get; init; }

    /// <summary>The input as text, secrets and <c>[Sensitive]</c> fields masked; <c>null</c> where there is a <see cref="Payload"/>.</summary>
    public string? Input { get; set; }

    /// <summary>The input of a durable execution as it was given. Nobody is shown it unmasked.</summary>
    public string? Payload { get; init; }

    /// <summary>The output as text, <c>[Sensitive]</c> fields masked.</summary>
    public string? Output { get; set; }

    /// <summary>JSON array of the checks that it reported one by one, <c>{name, ok, message, duration_ms}</c>; <c>null</c>: it reported none.</summary>
    public string? Steps { get; set; }

    /// <summary>Error code of the wire contract, when it did not succeed.</summary>
    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public FailureKind? FailureKind { get; set; }

    /// <summary>W3C <c>traceparent</c> of the request that it was accepted with, which every attempt continues; <c>null</c>: nobody traced it.</summary>
    public string? TraceParent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last attempt began.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public int? DurationMs { get; set; }

    /// <summary>What it waits behind: the integration that was found when it was accepted or tried last; else the tenant, or the empty id.
    /// <c>null</c>: it is not durable.</summary>
    public Guid? Lane { get; set; }

    /// <summary>Kept until it has succeeded or can no longer, and with its input; else the record of a synchronous run.</summary>
    public bool IsDurable => Lane is not null;

    /// <summary>Not to be begun earlier; <c>null</c>: it waits for nothing.</summary>
    public DateTimeOffset? AvailableAt { get; set; }

    /// <summary>Attempts that were begun.</summary>
    public int Attempts { get; set; }

    /// <summary>Attempts that do not count against the schedule of retries: those before it was replayed.</summary>
    public int ForgivenAttempts { get; set; }

    /// <summary>The node that has taken it; <c>null</c>: any may.</summary>
    public Guid? LeasedBy { get; set; }

    /// <summary>Raised whenever it is taken or taken away: what a node writes must carry the value under which it took it.</summary>
    public int Fence { get; set; }

    /// <summary>By which way it was called; <c>null</c>: the API.</summary>
    public CallChannel? Channel { get; init; }

    /// <summary>While it awaits approval: by then, on the database's clock.</summary>
    public DateTimeOffset? ApprovalExpiresAt { get; set; }

    /// <summary>What an admin has approved, and nothing else is run: <see cref="Approvals.ApprovalHash"/>. <c>null</c>: nobody has.</summary>
    public string? ApprovedHash { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Execution>
    {
        public void Configure(EntityTypeBuilder<Execution> builder)
        {
            builder.ToTable("executions");
            builder.Property(e => e.IntegrationType).HasMaxLength(63);
            builder.Property(e => e.Action).HasMaxLength(63);
            builder.Property(e => e.RequestedIntegration).HasMaxLength(200);
            builder.Property(e => e.ApprovedHash).HasMaxLength(64);
            builder.Property(e => e.TraceParent).HasMaxLength(55);
            builder.Property(e => e.Steps).IsJsonDocument();

            // Ids are UUIDv7, so that the id orders by time and one index serves each filter with its paging.
            builder.HasIndex(e => new { e.TenantId, e.Id });
            builder.HasIndex(e => new { e.IntegrationId, e.Id });

            // Nearly all succeed, and those are found by the index above; what did not is what is looked for by its state.
            builder.HasIndex(e => new { e.TenantId, e.State, e.Id }).HasFilter("state <> 'succeeded'");

            builder.HasIndex(e => new { e.IntegrationId, e.State, e.Id }).HasFilter(IsUnfinished);

            // Few at any time: what waits, lane by lane; what each node has taken; what waits for an integration or an admin.
            builder.HasIndex(e => new { e.Lane, e.AvailableAt, e.Id }, WaitingIndex).HasFilter(IsWaiting);
            builder.HasIndex(e => e.ApprovalExpiresAt, ApprovalIndex).HasFilter(IsAsked);
            builder.HasIndex(e => e.LeasedBy, LeasedIndex).HasFilter("leased_by IS NOT NULL");
            builder.HasIndex(e => new { e.IntegrationType, e.TenantId, e.Id }, ParkedIndex).HasFilter(IsParked);
        }
    }
}

/// <summary>Where an execution stands.</summary>
internal enum ExecutionState
{
    Queued,
    Running,
    Succeeded,
    RetryScheduled,
    Dead,
    Parked,
    Unknown,
    Cancelled,
    AwaitingApproval,
}
