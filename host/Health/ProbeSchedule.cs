namespace Vaka.Plugins.Host.Health;

/// <summary>How long until the next probe. Each time is spread, so that what was saved together is not probed together for ever.</summary>
internal sealed class ProbeSchedule(HealthOptions options, Random random)
{
    /// <summary>A time may be this much shorter or longer.</summary>
    public const double Spread = 0.2;

    private static readonly TimeSpan[] BackOff =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1)];

    /// <summary>Nothing is due later than this.</summary>
    public TimeSpan Longest => (options.Interval > BackOff[^1] ? options.Interval : BackOff[^1]) * (1 + Spread);

    /// <param name="failures">Probes in a row that failed; 0: the last one succeeded.</param>
    public TimeSpan Next(int failures)
    {
        var time = failures == 0 ? options.Interval : BackOff[Math.Min(failures, BackOff.Length) - 1];
        return time * (1 - Spread + (2 * Spread * random.NextDouble()));
    }
}
