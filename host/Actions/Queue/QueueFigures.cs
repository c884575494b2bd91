using System.Diagnostics.Metrics;

namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>What is measured of the queue, under the meter of executions.</summary>
internal sealed class QueueFigures
{
    private readonly Meter meter;

    public QueueFigures(IMeterFactory meters)
    {
        meter = meters.Create(CallFigures.Meter);
        Announced = meter.CreateCounter<long>("vaka.executions.queue.announced", "{message}", "Messages that the broker has confirmed.");
        Dropped = meter.CreateCounter<long>(
            "vaka.executions.queue.dropped", "{message}", "Messages that could not be sent; their executions are found in the database.");
        Received = meter.CreateCounter<long>("vaka.executions.queue.received", "{message}", "Messages that this host was given.");
    }

    public Counter<long> Announced { get; }

    public Counter<long> Dropped { get; }

    public Counter<long> Received { get; }

    public void Observe(Func<bool> isUp) =>
        meter.CreateObservableGauge("vaka.executions.queue.up", () => isUp() ? 1 : 0, description: "1 while the queue can be used, else 0.");
}
