using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>32 random bytes under the key ring, made once. That they can be read at start shows that master key and key ring are the
/// right ones; and fingerprints derive from them, so that these stay the same while both keys are rotated.</summary>
internal sealed class SecretAnchor
{
    /// <summary>The number in the fingerprints that derive from it: <c>k1:…</c>.</summary>
    public required int Id { get; init; }

    public required string Ciphertext { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<SecretAnchor>
    {
        public void Configure(EntityTypeBuilder<SecretAnchor> builder)
        {
            builder.ToTable("secret_anchors");
            builder.Property(a => a.Id).ValueGeneratedNever();
        }
    }
}
