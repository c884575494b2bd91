using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Policies;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>One provider, configured for one tenant or for the whole platform. The only source of integration configuration.</summary>
internal sealed class Integration
{
    public const string TenantNameIndex = "ux_integrations_tenant_name";
    public const string PlatformNameIndex = "ux_integrations_platform_name";
    public const string TenantDefaultIndex = "ux_integrations_tenant_default";
    public const string PlatformDefaultIndex = "ux_integrations_platform_default";

    public const string TenantPageIndex = "ix_integrations_tenant_page";
    public const string StatusPageIndex = "ix_integrations_status_page";
    public const string TypePageIndex = "ix_integrations_type_page";
    public const string HealthPageIndex = "ix_integrations_health_page";
    public const string NextProbeIndex = "ix_integrations_next_probe";
    public const string TypeHealthPageIndex = "ix_integrations_type_health_page";

    /// <summary>Those that are to be probed; a query has to say the same to be served by the index of them.</summary>
    public const string IsProbed = "is_active AND status = 'active'";

    /// <summary>A time to probe that comes before all that are merely overdue, on every clock.</summary>
    public static readonly DateTimeOffset DueAtOnce = DateTimeOffset.UnixEpoch;

    public required Guid Id { get; init; }

    /// <summary>Whose it is; <c>null</c>: platform-wide.</summary>
    public Guid? TenantId { get; init; }

    /// <summary>Unique within the tenant, 1 to 200 characters.</summary>
    public required string Name { get; set; }

    /// <summary>The provider's type; never changes.</summary>
    public required string IntegrationType { get; init; }

    public IntegrationStatus Status { get; set; }

    /// <summary>Why <see cref="Status"/> is <c>error</c>: a stable word of the wire contract.</summary>
    public string? StatusReason { get; set; }

    /// <summary>The config as a JSON object, each secret as <c>{"$secret": "…", "fingerprint": "…", "updated_at": "…"}</c>.</summary>
    public required string Config { get; set; }

    public int ConfigVersion { get; set; } = 1;

    /// <summary>As <see cref="Listing.IntegrationStatuses.Of"/> says of the status.</summary>
    public bool IsActive { get; set; }

    /// <summary>At most one per tenant and type.</summary>
    public bool IsDefault { get; set; }

    /// <summary>When the platform-wide row may serve instead.</summary>
    public Fallback Fallback { get; set; }

    /// <summary>On a platform-wide row: the actions lent to tenants, as a JSON array; <c>null</c>: the tenant-safe ones.</summary>
    public string? SharedActions { get; set; }

    /// <summary>Most calls that run at the same time on each node; <c>null</c>: what the host does by itself.</summary>
    public int? MaxConcurrentCalls { get; set; }

    /// <summary>Most calls a minute on all nodes together; <c>null</c>: as many as come.</summary>
    public int? MaxCallsPerMinute { get; set; }

    /// <summary>Both as one.</summary>
    public IntegrationLimits Limits => new() { MaxConcurrentCalls = MaxConcurrentCalls, MaxCallsPerMinute = MaxCallsPerMinute };

    /// <summary>Its rules, as <see cref="PolicyRules.Sql"/> reads them; the resolver's reading alone brings them along.</summary>
    public string? Policies { get; init; }

    /// <summary>Bumped by every change that an admin makes; the optimistic concurrency token and the ETag.</summary>
    public int Revision { get; set; } = 1;

    /// <summary><c>null</c>: never probed since the last change.</summary>
    public HealthStatus? HealthStatus { get; set; }

    public string? HealthMessage { get; set; }

    public DateTimeOffset? HealthCheckedAt { get; set; }

    public DateTimeOffset? HealthFailingSince { get; set; }

    /// <summary>Probes in a row that found it not working; 0: the last one found it working.</summary>
    public int HealthFailures { get; set; }

    /// <summary>When it is probed next while it is in use; a node that takes it up moves this ahead.</summary>
    public DateTimeOffset NextProbeAt { get; set; } = DueAtOnce;

    /// <summary>JSON array of <c>{what, at}</c>.</summary>
    public string? HealthExpiries { get; set; }

    /// <summary>JSON array of the last probe's <c>{name, ok, message, duration_ms}</c>.</summary>
    public string? HealthSteps { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public required string UpdatedBy { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Integration>
    {
        public void Configure(EntityTypeBuilder<Integration> builder)
        {
            builder.ToTable("integrations");
            builder.Property(i => i.Name).HasMaxLength(200);
            builder.Property(i => i.IntegrationType).HasMaxLength(63);
            builder.Property(i => i.Config).IsJsonDocument();
            builder.Property(i => i.SharedActions).IsJsonDocument();
            builder.Ignore(i => i.Limits);
            builder.Ignore(i => i.Policies);
            builder.Property(i => i.HealthExpiries).IsJsonDocument();
            builder.Property(i => i.HealthSteps).IsJsonDocument();
            builder.Property(i => i.Revision).IsConcurrencyToken();

            // Names and defaults are unique within a tenant, and within the platform, whose tenant_id is NULL and so never equal to itself.
            builder.HasIndex(i => new { i.TenantId, i.Name }, TenantNameIndex).IsUnique().HasFilter("tenant_id IS NOT NULL");
            builder.HasIndex(i => i.Name, PlatformNameIndex).IsUnique().HasFilter("tenant_id IS NULL");
            builder.HasIndex(i => new { i.TenantId, i.IntegrationType }, TenantDefaultIndex).IsUnique()
                .HasFilter("tenant_id IS NOT NULL AND is_default");
            builder.HasIndex(i => i.IntegrationType, PlatformDefaultIndex).IsUnique()
                .HasFilter("tenant_id IS NULL AND is_default");
            builder.HasIndex(i => new { i.TenantId, i.IntegrationType, i.CreatedAt }, "ix_integrations_resolution");

            // Pages are in the order of the ids, which is that of creation: for one tenant, and for all of them by every set of filters. One
            // that leaves the status open is read from as many places as there are statuses. One tenant's rows are filtered in its index.
            builder.HasIndex(i => new { i.TenantId, i.Id, i.Status, i.HealthStatus, i.IntegrationType, i.Name }, TenantPageIndex);
            builder.HasIndex(i => new { i.Status, i.Id }, StatusPageIndex);
            builder.HasIndex(i => new { i.IntegrationType, i.Status, i.Id }, TypePageIndex);
            builder.HasIndex(i => new { i.HealthStatus, i.Status, i.Id }, HealthPageIndex);
            builder.HasIndex(i => new { i.IntegrationType, i.HealthStatus, i.Status, i.Id }, TypeHealthPageIndex);
            builder.HasIndex(i => i.NextProbeAt, NextProbeIndex).HasFilter(IsProbed);
        }
    }
}

/// <summary>What can be done with an integration.</summary>
internal enum IntegrationStatus
{
    /// <summary>A draft: incomplete, or never activated.</summary>
    Configuring,

    /// <summary>In use.</summary>
    Active,

    /// <summary>Switched off.</summary>
    Inactive,

    /// <summary>Cannot be used; the reason says why.</summary>
    Error,
}

/// <summary>When the platform-wide row may serve instead of a tenant's own.</summary>
internal enum Fallback
{
    /// <summary>While the tenant has no row that is switched on.</summary>
    WhenInactive,

    /// <summary>Also while the tenant's row is switched on but cannot be used.</summary>
    WhenUnusable,

    /// <summary>Never.</summary>
    Never,
}
