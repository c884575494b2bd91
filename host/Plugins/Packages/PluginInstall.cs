using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>Which package serves a type, on every host.</summary>
internal sealed class PluginInstall
{
    public required string Type { get; init; }

    public required Guid ActiveId { get; set; }

    /// <summary>The one before, kept for a rollback.</summary>
    public Guid? PreviousId { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }

    public required string ChangedBy { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<PluginInstall>
    {
        public void Configure(EntityTypeBuilder<PluginInstall> builder)
        {
            builder.ToTable("plugin_installs");
            builder.HasKey(install => install.Type);
            builder.Property(install => install.Type).HasMaxLength(63);
            builder.Property(install => install.ActiveId).IsConcurrencyToken();
        }
    }
}
