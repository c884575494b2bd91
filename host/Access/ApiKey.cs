using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Access;

/// <summary>An API key as it is stored: only a hash of its secret half.</summary>
internal sealed class ApiKey
{
    private AuthenticateResult? authenticated;

    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret half, which has 256 random bits, so that no salt or stretching is needed.</summary>
    public required byte[] Hash { get; init; }

    public required CallerRole Role { get; init; }

    /// <summary>The one tenant it acts for; <c>null</c>: platform scope.</summary>
    public Guid? TenantId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>What a request that brings it is known as, worked out once for as long as the row is remembered. Whether the key still
    /// holds is asked before.</summary>
    public AuthenticateResult ToAuthenticated() => authenticated ??= AuthenticateResult.Success(
        new AuthenticationTicket(CallerClaims.From(this, CallerClaims.Scheme, "key"), CallerClaims.Scheme));

    internal sealed class Mapping : IEntityTypeConfiguration<ApiKey>
    {
        public void Configure(EntityTypeBuilder<ApiKey> builder)
        {
            builder.ToTable("api_keys");
            builder.Property(k => k.Name).HasMaxLength(200);
            builder.HasIndex(k => new { k.TenantId, k.CreatedAt });
        }
    }
}
