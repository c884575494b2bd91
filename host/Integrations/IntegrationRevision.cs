using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>A config as it was once saved; secrets stay encrypted. Outlives its integration.</summary>
internal sealed class IntegrationRevision
{
    /// <summary>Name of the primary key in the database.</summary>
    public const string Key = "pk_integration_revisions";

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

    public int? MaxConcurrentCalls { get; init; }

    public int? MaxCallsPerMinute { get; init; }

    public IntegrationLimits Limits => new() { MaxConcurrentCalls = MaxConcurrentCalls, MaxCallsPerMinute = MaxCallsPerMinute };

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>The row as it stands.</summary>
    public static IntegrationRevision Of(Integration row) => new()
    {
        IntegrationId = row.Id,
        Revision = row.Revision,
        TenantId = row.TenantId,
        Name = row.Name,
        Config = row.Config,
        ConfigVersion = row.ConfigVersion,
        IsActive = row.IsActive,
        IsDefault = row.IsDefault,
        Fallback = row.Fallback,
        SharedActions = row.SharedActions,
        MaxConcurrentCalls = row.MaxConcurrentCalls,
        MaxCallsPerMinute = row.MaxCallsPerMinute,
        CreatedAt = row.UpdatedAt,
        CreatedBy = row.UpdatedBy,
    };

    internal sealed class Mapping : IEntityTypeConfiguration<IntegrationRevision>
    {
        public void Configure(EntityTypeBuilder<IntegrationRevision> builder)
        {
            builder.ToTable("integration_revisions");
            builder.HasKey(r => new { r.IntegrationId, r.Revision });
            builder.Property(r => r.Config).IsJsonDocument();
            builder.Property(r => r.SharedActions).IsJsonDocument();
            builder.Ignore(r => r.Limits);
        }
    }
}
