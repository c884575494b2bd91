using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.SignIn.Sso.Sessions;

/// <summary>Somebody's login, as long as the identity provider may want to end it. It holds nobody's name: what is looked for is hashed, and
/// what signing out needs is encrypted.</summary>
internal sealed class SsoSession
{
    public required Guid Id { get; init; }

    public required Guid IntegrationId { get; init; }

    /// <summary>Whose login it is: the tenant that the service acts for; <c>null</c>: the platform's.</summary>
    public Guid? TenantId { get; init; }

    public required string Issuer { get; init; }

    public required string SubjectHash { get; init; }

    /// <summary>Of the session's index at the identity provider; <c>null</c>: it gave none.</summary>
    public string? IndexHash { get; init; }

    /// <summary>Ciphertext of what signing out at the identity provider needs.</summary>
    public required string LogoutState { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    public SsoSessionEnd? EndedBy { get; set; }

    public bool IsActive(DateTimeOffset now) => EndedAt is null && ExpiresAt > now;

    internal sealed class Mapping : IEntityTypeConfiguration<SsoSession>
    {
        public void Configure(EntityTypeBuilder<SsoSession> builder)
        {
            builder.ToTable("sso_sessions");
            builder.Property(s => s.Issuer).HasMaxLength(2048);
            builder.HasIndex(s => new { s.IntegrationId, s.SubjectHash });
            builder.HasIndex(s => new { s.IntegrationId, s.IndexHash });
            builder.HasOne<Integration>().WithMany().HasForeignKey(s => s.IntegrationId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>Who ended a session.</summary>
internal enum SsoSessionEnd
{
    IdentityProvider,
    Service,
    Page,
}
