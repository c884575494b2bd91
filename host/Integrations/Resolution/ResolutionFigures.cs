using System.Diagnostics.Metrics;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>What is measured of resolutions. Those that are remembered are not counted one by one, which would cost more than they do: whoever wants
/// the share compares with the calls.</summary>
internal sealed class ResolutionFigures
{
    public const string Meter = "Vaka.Plugins.Integrations";

    private readonly Counter<long> reads;

    public ResolutionFigures(IMeterFactory meters, ResolutionCache cache)
    {
        var meter = meters.Create(Meter);
        reads = meter.CreateCounter<long>("vaka.resolutions.read", "{resolution}", "Resolutions that asked the database; all others were remembered.");
        meter.CreateObservableGauge("vaka.resolutions.remembered", () => cache.Count, "{resolution}", "Resolutions that this host remembers.");
    }

    /// <summary>The database was asked who serves.</summary>
    public void Read(string type) => reads.Add(1, new KeyValuePair<string, object?>("provider", type));
}
