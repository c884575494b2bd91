using System.Diagnostics.Metrics;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Health;

/// <summary>What is measured of probes and of what they find.</summary>
internal sealed class HealthFigures
{
    public const string Meter = "Vaka.Plugins.Health";

    // A probe has half a minute.
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };

    private readonly Histogram<double> probes;

    public HealthFigures(IMeterFactory meters)
    {
        var meter = meters.Create(Meter);
        probes = meter.CreateHistogram("vaka.probes.duration", "s", "How long probes took, by what they found.", advice: Seconds);
        meter.CreateObservableGauge(
            "vaka.integrations.failing", () => Failing.Select(found => new Measurement<int>(
                found.Count, new("provider", found.Type), new("health_status", SnakeCaseEnum.Text(found.Status)))),
            "{integration}", $"Integrations in use that are not healthy, in the whole database; {HealthCensus.Most} stands for that many and more.");
    }

    /// <summary>As it was counted last; empty: not known.</summary>
    public IReadOnlyList<FailingIntegrations> Failing { get; set; } = [];

    public void Probed(string type, HealthStatus found, TimeSpan duration) =>
        probes.Record(duration.TotalSeconds, new("provider", type), new("outcome", SnakeCaseEnum.Text(found)));
}

/// <summary>How many integrations of a type are in a state.</summary>
internal readonly record struct FailingIntegrations(string Type, HealthStatus Status, int Count);
