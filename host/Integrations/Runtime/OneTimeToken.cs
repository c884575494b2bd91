using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>A value that counts once. The host's own (sign-in codes) stand under the empty id.</summary>
internal sealed class OneTimeToken
{
    public required Guid IntegrationId { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }

    public required DateTimeOffset ExpiresAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<OneTimeToken>
    {
        public void Configure(EntityTypeBuilder<OneTimeToken> builder)
        {
            builder.ToTable("one_time_tokens");
            builder.HasKey(t => new { t.IntegrationId, t.Key });
            builder.Property(t => t.Key).HasMaxLength(200);
            builder.HasIndex(t => t.ExpiresAt);
        }
    }
}
