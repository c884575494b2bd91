using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>What one probe of a saved integration found, or one real call of it.</summary>
internal sealed class ProbeRecord
{
    public required Guid Id { get; init; }

    public required Guid IntegrationId { get; init; }

    public required HealthStatus HealthStatus { get; init; }

    public required string Message { get; init; }

    public FailureKind? FailureKind { get; init; }

    /// <summary>JSON array of <c>{name, ok, message, duration_ms}</c>.</summary>
    public required string Steps { get; init; }

    /// <summary><c>null</c>: a call failed, nothing was probed.</summary>
    public required int? DurationMs { get; init; }

    public required DateTimeOffset CheckedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<ProbeRecord>
    {
        public void Configure(EntityTypeBuilder<ProbeRecord> builder)
        {
            builder.ToTable("probe_results");
            builder.Property(p => p.Steps).IsJsonDocument();
            builder.HasIndex(p => new { p.IntegrationId, p.CheckedAt });
            builder.HasOne<Integration>().WithMany().HasForeignKey(p => p.IntegrationId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
