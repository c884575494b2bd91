using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Integrations.Policies;

/// <summary>One rule of an integration: what becomes of the calls that it is about. It goes with its integration.</summary>
internal sealed class ActionPolicy
{
    /// <summary>Name of the primary key in the database.</summary>
    public const string Key = "pk_action_policies";

    public required Guid IntegrationId { get; init; }

    /// <summary>From 1, in the order in which the rules were given. It decides nothing.</summary>
    public required int Number { get; init; }

    /// <summary>Whose calls, as the audit names callers: <c>key:…</c>, <c>jwt:…</c>; <c>null</c>: anyone's.</summary>
    public string? Caller { get; init; }

    /// <summary>By which way; <c>null</c>: any.</summary>
    public CallChannel? Channel { get; init; }

    /// <summary>Of which action; <c>null</c>: of every one.</summary>
    public string? Action { get; init; }

    public required PolicyEffect Effect { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public PolicyRule Rule => new(Caller, Channel, Action, Effect);

    internal sealed class Mapping : IEntityTypeConfiguration<ActionPolicy>
    {
        public void Configure(EntityTypeBuilder<ActionPolicy> builder)
        {
            builder.ToTable("action_policies");
            builder.HasKey(p => new { p.IntegrationId, p.Number });
            builder.Property(p => p.Caller).HasMaxLength(PolicyRule.LongestCaller);
            builder.Property(p => p.Action).HasMaxLength(63);
            builder.Ignore(p => p.Rule);
        }
    }
}
