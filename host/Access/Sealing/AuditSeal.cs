using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Access.Sealing;

/// <summary>One link of the chain that shows whether the audit was tampered with: some events and the link before.</summary>
internal sealed class AuditSeal
{
    /// <summary>1, 2, 3, …</summary>
    public required long Number { get; init; }

    /// <summary>When the newest of its events happened.</summary>
    public required DateTimeOffset NewestAt { get; init; }

    public required DateTimeOffset SealedAt { get; init; }

    /// <summary>Id and hash of each event, one after the other, in the order of the ids; empty once they are pruned.</summary>
    public required byte[] Entries { get; set; }

    /// <summary>Of the link before, in hexadecimal; of the first one zeros.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>Of the link before, the number and the entries, in hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>Of all that, under a key that is not in the database.</summary>
    public required string Mac { get; init; }

    /// <summary>Shows, under the same key, that the host itself pruned the events; <c>null</c>: they are there.</summary>
    public string? Checkpoint { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AuditSeal>
    {
        public void Configure(EntityTypeBuilder<AuditSeal> builder)
        {
            builder.ToTable("audit_seals");
            builder.HasKey(seal => seal.Number);
            builder.Property(seal => seal.Number).ValueGeneratedNever();
        }
    }
}
