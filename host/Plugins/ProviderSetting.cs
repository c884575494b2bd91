using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>What an admin decided about a provider, and what of it passed its checks. No row: enabled.</summary>
internal sealed class ProviderSetting
{
    public required string Type { get; init; }

    public bool IsDisabled { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public required string UpdatedBy { get; set; }

    /// <summary>What passed the checks of a host last, no admin's decision; <c>null</c>: nothing yet, or a package.</summary>
    public string? CheckedBuild { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ProviderSetting>
    {
        public void Configure(EntityTypeBuilder<ProviderSetting> builder)
        {
            builder.ToTable("provider_settings");
            builder.HasKey(s => s.Type);
            builder.Property(s => s.Type).HasMaxLength(63);
            builder.Property(s => s.CheckedBuild).HasMaxLength(64);
        }
    }
}
