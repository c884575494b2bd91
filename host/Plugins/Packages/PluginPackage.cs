using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>One version of a plugin as it was installed. Never changed: a new version is a new row.</summary>
internal sealed class PluginPackage
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Version { get; init; }

    /// <summary>Of the configs that it writes.</summary>
    public required int ConfigVersion { get; init; }

    /// <summary>Of the whole content, in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary><see cref="PackageLock.Text"/>: every file with its SHA-256.</summary>
    public required string Lock { get; init; }

    /// <summary>The publisher's signature over the lock, if it came with one.</summary>
    public string? Signature { get; init; }

    /// <summary>The zip.</summary>
    public required byte[] Content { get; init; }

    public required DateTimeOffset AddedAt { get; init; }

    public required string AddedBy { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<PluginPackage>
    {
        public void Configure(EntityTypeBuilder<PluginPackage> builder)
        {
            builder.ToTable("plugin_packages");
            builder.Property(package => package.Type).HasMaxLength(63);
            builder.HasIndex(package => package.Type);
        }
    }
}
