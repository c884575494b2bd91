using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Listing;

/// <summary>A row of the list. Public because a component's parameters are.</summary>
public sealed record ShownRow
{
    public required Guid Id { get; init; }

    public required Guid? TenantId { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required bool IsActive { get; init; }

    public required bool IsDefault { get; init; }

    public required string Status { get; init; }

    /// <summary>Why it cannot be used, in words.</summary>
    public required string? StatusText { get; init; }

    /// <summary><c>null</c>: not checked since the last change.</summary>
    public required HealthStatus? Health { get; init; }

    public required string? HealthMessage { get; init; }

    public required DateTimeOffset? HealthCheckedAt { get; init; }

    public required DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public required int Revision { get; init; }

    internal static ShownRow From(Integration row, DateTimeOffset? lastUsedAt) => new()
    {
        Id = row.Id,
        TenantId = row.TenantId,
        Name = row.Name,
        Type = row.IntegrationType,
        IsActive = row.IsActive,
        IsDefault = row.IsDefault,
        Status = SnakeCaseEnum.Text(row.Status),
        StatusText = row.Status is IntegrationStatus.Error ? Sentence(Unusable.Describe(row.StatusReason)) : null,
        Health = row.HealthStatus,
        HealthMessage = row.HealthMessage,
        HealthCheckedAt = row.HealthCheckedAt,
        FailingSince = row.HealthFailingSince,
        LastUsedAt = lastUsedAt,
        Revision = row.Revision,
    };

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

/// <summary>A page of them.</summary>
public sealed record ShownPage(IReadOnlyList<ShownRow> Rows, string? Next);
