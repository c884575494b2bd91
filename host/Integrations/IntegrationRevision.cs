using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>A config as it was once saved; secrets stay encrypted. Outlives its integration.</summary>
internal sealed class IntegrationRevision
{
    public required Guid IntegrationId { get; init; }

    public required int Revision { get; init; }

    public Guid? TenantId { get; init; }

    public required string Name { get; init; }

    public required string Config { get; init; }

    public required int ConfigVersion { get; init; }

    public required bool IsActive { get; init; }

    public required bool IsDefault { get; init; }

    public required Fallback Fallback { get; init; }

    public string? SharedActions { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<IntegrationRevision>
    {
        public void Configure(EntityTypeBuilder<IntegrationRevision> builder)
        {
            builder.ToTable("integration_revisions");
            builder.HasKey(r => new { r.IntegrationId, r.Revision });
            builder.Property(r => r.Config).IsJsonDocument();
            builder.Property(r => r.SharedActions).IsJsonDocument();
        }
    }
}
