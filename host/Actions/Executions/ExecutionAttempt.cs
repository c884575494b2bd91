using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>One try of an execution.</summary>
internal sealed class ExecutionAttempt
{
    public required Guid ExecutionId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public FailureKind? FailureKind { get; set; }

    public string? Message { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ExecutionAttempt>
    {
        public void Configure(EntityTypeBuilder<ExecutionAttempt> builder)
        {
            builder.ToTable("execution_attempts");
            builder.HasKey(a => new { a.ExecutionId, a.Number });
        }
    }
}
