using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>When an integration may be called next, on all nodes together. Only one that has a rate, or was once asked to wait, has a row.</summary>
internal sealed class IntegrationPacing
{
    public const string PausedIndex = "ix_integration_pacing_paused";

    public required Guid IntegrationId { get; init; }

    /// <summary>When its next call is due at its rate; calls that were granted have moved it ahead.</summary>
    public required DateTimeOffset NextCallAt { get; set; }

    /// <summary>The other side has asked to wait until then; <c>null</c>: it has not.</summary>
    public DateTimeOffset? PausedUntil { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<IntegrationPacing>
    {
        public void Configure(EntityTypeBuilder<IntegrationPacing> builder)
        {
            builder.ToTable("integration_pacing");
            builder.HasKey(p => p.IntegrationId);
            builder.HasOne<Integration>().WithOne().HasForeignKey<IntegrationPacing>(p => p.IntegrationId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(p => p.PausedUntil, PausedIndex).HasFilter("paused_until IS NOT NULL");
        }
    }
}
