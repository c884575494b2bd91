using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.SignIn.Sso.Domains;

/// <summary>An e-mail domain that a tenant has shown to be its own. It counts while the integration that it was shown for still lists it.</summary>
internal sealed class SsoDomain
{
    /// <summary>In lower case, as DNS has it. Whoever shows it first has it.</summary>
    public required string Domain { get; init; }

    public required Guid IntegrationId { get; init; }

    public required Guid TenantId { get; init; }

    public required DateTimeOffset VerifiedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<SsoDomain>
    {
        public void Configure(EntityTypeBuilder<SsoDomain> builder)
        {
            builder.ToTable("sso_domains");
            builder.HasKey(d => d.Domain);
            builder.Property(d => d.Domain).HasMaxLength(253);
            builder.HasOne<Integration>().WithMany().HasForeignKey(d => d.IntegrationId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
