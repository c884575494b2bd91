using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access;

/// <summary>Who changed what, when, and who was turned away. A change's is written in its transaction; never holds a secret or a config.</summary>
internal sealed class AuditEvent
{
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The tenant that it concerns; <c>null</c>: the platform.</summary>
    public Guid? TenantId { get; init; }

    public required string Actor { get; init; }

    /// <summary>Such as <c>integration.updated</c>, <c>api_key.revoked</c>, <c>provider.disabled</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to: an id or a provider type.</summary>
    public required string Subject { get; init; }

    public int? FromRevision { get; init; }

    public int? ToRevision { get; init; }

    /// <summary>JSON object of details: names of the changed fields, never their values.</summary>
    public string? Details { get; init; }

    /// <summary>The seal that it is in; <c>null</c>: not yet in any.</summary>
    public long? Seal { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<AuditEvent>
    {
        public void Configure(EntityTypeBuilder<AuditEvent> builder)
        {
            builder.ToTable("audit_events");
            builder.Property(e => e.Details).IsJsonDocument();
            builder.HasIndex(e => new { e.TenantId, e.Id });
            builder.HasIndex(e => new { e.Seal, e.Id });
        }
    }
}
