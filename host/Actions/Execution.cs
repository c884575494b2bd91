using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions;

/// <summary>One run of an action.</summary>
internal sealed class Execution
{
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

    /// <summary>The input as text, secrets and <c>[Sensitive]</c> fields masked.</summary>
    public string? Input { get; set; }

    /// <summary>The output as text, <c>[Sensitive]</c> fields masked.</summary>
    public string? Output { get; set; }

    /// <summary>JSON array of the checks that it reported one by one, <c>{name, ok, message, duration_ms}</c>; <c>null</c>: it reported none.</summary>
    public string? Steps { get; set; }

    /// <summary>Error code of the wire contract, when it did not succeed.</summary>
    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public FailureKind? FailureKind { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public int? DurationMs { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Execution>
    {
        public void Configure(EntityTypeBuilder<Execution> builder)
        {
            builder.ToTable("executions");
            builder.Property(e => e.IntegrationType).HasMaxLength(63);
            builder.Property(e => e.Action).HasMaxLength(63);
            builder.Property(e => e.Steps).IsJsonDocument();

            // Ids are UUIDv7, so that the id orders by time and one index serves each filter with its paging.
            builder.HasIndex(e => new { e.TenantId, e.Id });
            builder.HasIndex(e => new { e.IntegrationId, e.Id });

            // Nearly all succeed, and those are found by the index above; what did not is what is looked for by its state.
            builder.HasIndex(e => new { e.TenantId, e.State, e.Id }).HasFilter("state <> 'succeeded'");
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
