using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>Somebody who is signed in to the page. The browser's cookie only names it: without this row the cookie is worth nothing.</summary>
internal sealed class PageSession
{
    public required Guid Id { get; init; }

    /// <summary>The API key that it was opened with; <c>null</c>: by single sign-on.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>The login that it was opened with; <c>null</c>: by an API key.</summary>
    public Guid? SsoSessionId { get; init; }

    public Guid? TenantId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends unless it is used.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<PageSession>
    {
        public void Configure(EntityTypeBuilder<PageSession> builder)
        {
            builder.ToTable("page_sessions");
            builder.HasIndex(s => s.ExpiresAt);
        }
    }
}
