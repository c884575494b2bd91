using System.Diagnostics.Metrics;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions;

/// <summary>What is measured of calls and durable executions. Tags are of the provider and never of a tenant: their number is bounded, and who
/// reads figures learns nothing of anybody's data.</summary>
internal sealed class CallFigures
{
    /// <summary>The meter of all that is run.</summary>
    public const string Meter = "Vaka.Plugins.Executions";

    // The convention for durations in seconds, from OpenTelemetry's http.server.request.duration, with a minute for slow vendors.
    private static readonly InstrumentAdvice<double> Seconds =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    private readonly Histogram<double> calls;
    private readonly Histogram<double> waits;
    private readonly Counter<long> ends;
    private readonly Meter meter;

    public CallFigures(IMeterFactory meters)
    {
        meter = meters.Create(Meter);
        calls = meter.CreateHistogram("vaka.calls.duration", "s", "How long calls of providers took, by what came of them.", advice: Seconds);
        waits = meter.CreateHistogram("vaka.executions.delay", "s", "How long durable executions waited after they had become due.", advice: Seconds);
        ends = meter.CreateCounter<long>("vaka.executions.ended", "{execution}", "Attempts of durable executions, by the state they led to.");
    }

    /// <summary>A provider was called.</summary>
    /// <param name="problem">What came of it; <c>null</c>: it succeeded.</param>
    public void Called(string type, string action, ProblemException? problem, TimeSpan duration) => calls.Record(
        duration.TotalSeconds, new("provider", type), new("action", action), new("outcome", problem is null ? "succeeded" : Outcome(problem)));

    /// <summary>A durable execution was begun.</summary>
    public void Begun(string type, TimeSpan delay) => waits.Record(Math.Max(0, delay.TotalSeconds), new KeyValuePair<string, object?>("provider", type));

    /// <summary>An attempt of a durable execution is written.</summary>
    public void Ended(string type, string action, ExecutionState state) =>
        ends.Add(1, new("provider", type), new("action", action), new("state", SnakeCaseEnum.Text(state)));

    /// <summary>Tells what this host has at the moment.</summary>
    public void Observe(Func<(int Held, int Running)> now)
    {
        meter.CreateObservableGauge("vaka.executions.held", () => now().Held, "{execution}", "Durable executions that this host has taken.");
        meter.CreateObservableGauge("vaka.executions.running", () => now().Running, "{execution}", "Durable executions that this host runs now.");
    }

    /// <summary>Tells what waits in the database; <c>null</c>: not known.</summary>
    public void Observe(Func<BacklogCount?> last) => meter.CreateObservableGauge(
        "vaka.executions.waiting", () => Measure(last()), "{execution}",
        $"Durable executions that wait in the database, for a host (due), their time (scheduled), their integration (parked) or an admin (awaiting_approval); {Backlog.Most} stands for that many and more.");

    private static IEnumerable<Measurement<int>> Measure(BacklogCount? count) => count is null
        ? []
        : [new(count.Due, Waiting("due")), new(count.Scheduled, Waiting("scheduled")), new(count.Parked, Waiting("parked")), new(count.Asked, Waiting("awaiting_approval"))];

    private static KeyValuePair<string, object?> Waiting(string state) => new("state", state);

    /// <summary>In one word of few: the kind of failure, or else the code.</summary>
    public static string Outcome(ProblemException problem) =>
        problem.FailureKind is { } kind ? SnakeCaseEnum.Text(kind) : SnakeCaseEnum.Text(problem.Code);
}
