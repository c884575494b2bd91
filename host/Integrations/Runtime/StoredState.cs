using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>One value of <see cref="IIntegrationState"/>, encrypted.</summary>
internal sealed class StoredState
{
    public required Guid IntegrationId { get; init; }

    public required string Key { get; init; }

    public required string Ciphertext { get; set; }

    /// <summary>Fingerprint of the configured secret that the value descends from; <c>null</c>: of none.</summary>
    public string? DescendsFrom { get; set; }

    /// <summary>Concurrency token.</summary>
    public int Version { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<StoredState>
    {
        public void Configure(EntityTypeBuilder<StoredState> builder)
        {
            builder.ToTable("integration_state");
            builder.HasKey(s => new { s.IntegrationId, s.Key });
            builder.Property(s => s.Key).HasMaxLength(64);
            builder.Property(s => s.Version).IsConcurrencyToken();
        }
    }
}
