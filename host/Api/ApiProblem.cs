using System.Text.Json.Serialization;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Api;

/// <summary>An error as it is answered: RFC 9457 with a stable code.</summary>
internal sealed record ApiProblem
{
    /// <summary>Always <c>about:blank</c>: <see cref="Code"/> is what a program goes by.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The HTTP status in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>The stable name of the error.</summary>
    public required string Code { get; init; }

    /// <summary>With integration_unusable: why.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>What kind of trouble the provider met.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureKind? FailureKind { get; init; }

    /// <summary>How long to wait before trying again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RetryAfterSeconds { get; init; }

    /// <summary>What is wrong with which field.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ConfigError>? Errors { get; init; }

    /// <summary>The integrations that were looked at, and why none was taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TrailEntry>? Trail { get; init; }
}
