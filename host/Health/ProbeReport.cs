namespace Vaka.Plugins.Host.Health;

/// <summary>What a probe found, with the steps that it took.</summary>
internal sealed record ProbeReport
{
    public required HealthStatus Status { get; init; }

    public required string Message { get; init; }

    public FailureKind? FailureKind { get; init; }

    public required TimeSpan Duration { get; init; }

    public required IReadOnlyList<ProbeStep> Steps { get; init; }

    public IReadOnlyList<Expiry> Expiries { get; init; } = [];
}
