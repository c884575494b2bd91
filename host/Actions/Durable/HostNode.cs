using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>A running host. What it has taken is its own for as long as its lease holds, so that one write renews them all.</summary>
internal sealed class HostNode
{
    /// <summary>Made anew at every start.</summary>
    public required Guid Id { get; init; }

    /// <summary>The machine, for people.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset LeaseUntil { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<HostNode>
    {
        public void Configure(EntityTypeBuilder<HostNode> builder)
        {
            builder.ToTable("host_nodes");
            builder.Property(n => n.Name).HasMaxLength(200);
        }
    }
}
