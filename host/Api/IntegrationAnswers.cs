using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Api;

/// <summary>Rows as they are answered: secrets are taken out and only described.</summary>
internal sealed class IntegrationAnswers(IntegrationView view)
{
    public IntegrationAnswer From(Integration row)
    {
        var shown = view.Show(row);
        return new IntegrationAnswer
        {
            Id = row.Id,
            TenantId = row.TenantId,
            Name = row.Name,
            IntegrationType = row.IntegrationType,
            Status = row.Status,
            StatusReason = row.StatusReason,
            IsActive = row.IsActive,
            IsDefault = row.IsDefault,
            Fallback = row.Fallback,
            SharedActions = Parse<JsonArray>(row.SharedActions),
            Limits = row.Limits,
            HealthStatus = row.HealthStatus,
            Health = new HealthAnswer(
                row.HealthMessage, row.HealthCheckedAt, row.HealthFailingSince, Parse<JsonArray>(row.HealthExpiries) ?? []),
            Config = shown.Config,
            Secrets = shown.Secrets,
            ConfigVersion = row.ConfigVersion,
            Revision = row.Revision,
            CreatedAt = row.CreatedAt,
            CreatedBy = row.CreatedBy,
            UpdatedAt = row.UpdatedAt,
            UpdatedBy = row.UpdatedBy,
        };
    }

    public RevisionAnswer From(IntegrationRevision revision, string integrationType)
    {
        var shown = view.Show(integrationType, revision.Config);
        return new RevisionAnswer(
            revision.Revision, revision.Name, revision.IsActive, revision.IsDefault, revision.Fallback,
            Parse<JsonArray>(revision.SharedActions), revision.Limits, shown.Config, shown.Secrets, revision.ConfigVersion, revision.CreatedAt, revision.CreatedBy);
    }

    private static T? Parse<T>(string? json)
        where T : JsonNode => json is null ? null : (T?)JsonNode.Parse(json);
}

/// <summary>An integration.</summary>
internal sealed record IntegrationAnswer
{
    public required Guid Id { get; init; }

    public required Guid? TenantId { get; init; }

    public required string Name { get; init; }

    public required string IntegrationType { get; init; }

    public required IntegrationStatus Status { get; init; }

    public required string? StatusReason { get; init; }

    public required bool IsActive { get; init; }

    public required bool IsDefault { get; init; }

    public required Fallback Fallback { get; init; }

    public required JsonArray? SharedActions { get; init; }

    /// <summary>How much it may be called.</summary>
    public required IntegrationLimits Limits { get; init; }

    /// <summary>Null: never probed since the last change.</summary>
    public required HealthStatus? HealthStatus { get; init; }

    public required HealthAnswer Health { get; init; }

    /// <summary>The config without its secrets.</summary>
    public required JsonObject Config { get; init; }

    /// <summary>The secrets by path: whether they are set, a fingerprint and when they changed.</summary>
    public required IReadOnlyDictionary<string, SecretView> Secrets { get; init; }

    public required int ConfigVersion { get; init; }

    public required int Revision { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required string UpdatedBy { get; init; }
}

/// <summary>Health in short.</summary>
internal sealed record HealthAnswer(string? Message, DateTimeOffset? CheckedAt, DateTimeOffset? FailingSince, JsonArray Expiries);

/// <summary>Health with the last probe's steps.</summary>
internal sealed record HealthDetail
{
    public const int HistoryLength = 20;

    public required HealthStatus? HealthStatus { get; init; }

    public required string? Message { get; init; }

    public required DateTimeOffset? CheckedAt { get; init; }

    public required DateTimeOffset? FailingSince { get; init; }

    /// <summary>Null: as soon as possible, or not at all while it is not in use.</summary>
    public required DateTimeOffset? NextProbeAt { get; init; }

    public required JsonArray Expiries { get; init; }

    public required JsonArray Steps { get; init; }

    /// <summary>What was found last, newest first.</summary>
    public required IReadOnlyList<HealthEvent> History { get; init; }

    public static HealthDetail From(Integration row, IEnumerable<ProbeRecord> history) => new()
    {
        HealthStatus = row.HealthStatus,
        Message = row.HealthMessage,
        CheckedAt = row.HealthCheckedAt,
        FailingSince = row.HealthFailingSince,
        NextProbeAt = row is { IsActive: true, Status: IntegrationStatus.Active } && row.NextProbeAt > Integration.DueAtOnce ? row.NextProbeAt : null,
        Expiries = Parse(row.HealthExpiries),
        Steps = Parse(row.HealthSteps),
        History = [.. history.Select(record => new HealthEvent(record.HealthStatus, record.Message, record.CheckedAt, record.DurationMs))],
    };

    private static JsonArray Parse(string? json) => json is null ? [] : JsonNode.Parse(json)?.AsArray() ?? [];
}

/// <summary>What was once found; without a duration, by a call that failed.</summary>
internal sealed record HealthEvent(HealthStatus HealthStatus, string Message, DateTimeOffset CheckedAt, int? DurationMs);

/// <summary>A page of integrations.</summary>
internal sealed record IntegrationList(IReadOnlyList<IntegrationAnswer> Items, string? NextCursor);

/// <summary>A config as it once was.</summary>
internal sealed record RevisionAnswer(
    int Revision, string Name, bool IsActive, bool IsDefault, Fallback Fallback, JsonArray? SharedActions, IntegrationLimits Limits,
    JsonObject Config, IReadOnlyDictionary<string, SecretView> Secrets, int ConfigVersion, DateTimeOffset CreatedAt, string CreatedBy);

/// <summary>Revisions.</summary>
internal sealed record RevisionList(IReadOnlyList<RevisionAnswer> Items, string? NextCursor);

/// <summary>What a probe found.</summary>
internal sealed record TestAnswer
{
    public required HealthStatus HealthStatus { get; init; }

    public required string Message { get; init; }

    public required FailureKind? FailureKind { get; init; }

    public required long DurationMs { get; init; }

    public required IReadOnlyList<StepAnswer> Steps { get; init; }

    public required IReadOnlyList<Expiry> Expiries { get; init; }

    public static TestAnswer From(ProbeReport report) => new()
    {
        HealthStatus = report.Status,
        Message = report.Message,
        FailureKind = report.FailureKind,
        DurationMs = (long)report.Duration.TotalMilliseconds,
        Steps = [.. report.Steps.Select(step => new StepAnswer(step.Name, step.Ok, step.Message, (long)step.Duration.TotalMilliseconds))],
        Expiries = report.Expiries,
    };
}

/// <summary>One step of a probe.</summary>
internal sealed record StepAnswer(string Name, bool Ok, string Message, long DurationMs);
