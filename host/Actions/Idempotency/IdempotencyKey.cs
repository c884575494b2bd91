using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>A key under which a caller wants something done once.</summary>
internal sealed class IdempotencyKey
{
    /// <summary>SHA-256, in hex, of tenant, caller, provider, action and the key itself.</summary>
    public required string Scope { get; init; }

    /// <summary>What is done, or was done, under it.</summary>
    public required Guid ExecutionId { get; init; }

    /// <summary>SHA-256, in hex, of what was asked: another question under the same key is a mistake of the caller's.</summary>
    public required string RequestHash { get; init; }

    /// <summary>What came of a synchronous call, encrypted; <c>null</c>: it still runs, or it is durable.</summary>
    public string? Answer { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<IdempotencyKey>
    {
        public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
        {
            builder.ToTable("idempotency_keys");
            builder.HasKey(k => k.Scope);
            builder.Property(k => k.Scope).HasMaxLength(64);
            builder.Property(k => k.RequestHash).HasMaxLength(64);
            builder.HasIndex(k => k.CreatedAt);
            builder.HasIndex(k => k.ExecutionId);
        }
    }
}
