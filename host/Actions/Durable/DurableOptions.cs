using System.Globalization;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>How durable executions are run. Section <c>Executions</c>.</summary>
internal sealed class DurableOptions
{
    public const string Section = "Executions";

    /// <summary>How long what a host has taken stays its own without a sign of life. Default: 15 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a host looks into the database for what is due. Default: 1 second.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Durable calls that a host makes at the same time, for all integrations together. Default: 512.</summary>
    public int ConcurrentCalls { get; init; } = 512;

    /// <summary>The longest wait before each further attempt; after the last one an execution is dead. Default: 5 s, 30 s, 2 min, 10 min,
    /// 30 min, 2 h, 5 h, 10 h.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
    ];

    /// <exception cref="StartupException">A setting is not what it should be.</exception>
    public static DurableOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var defaults = new DurableOptions();
        var delays = section.GetSection("RetryDelaysSeconds").GetChildren().ToList();
        return new DurableOptions
        {
            Lease = Seconds(section.GetSection("LeaseSeconds"), 1, 600) ?? defaults.Lease,
            Poll = Seconds(section.GetSection("PollSeconds"), 0.05, 60) ?? defaults.Poll,
            ConcurrentCalls = (int?)Number(section.GetSection("ConcurrentCalls"), 1, 10_000) ?? defaults.ConcurrentCalls,
            RetryDelays = delays.Count == 0
                ? defaults.RetryDelays
                : [.. delays.Select(delay => Seconds(delay, 0, 7 * 24 * 3600)).OfType<TimeSpan>()],
        };
    }

    private static TimeSpan? Seconds(IConfigurationSection setting, double least, double most) =>
        Number(setting, least, most) is { } number ? TimeSpan.FromSeconds(number) : null;

    private static double? Number(IConfigurationSection setting, double least, double most)
    {
        if (string.IsNullOrWhiteSpace(setting.Value)) return null;
        return double.TryParse(setting.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new StartupException(string.Create(CultureInfo.InvariantCulture,
                $"{setting.Path} is '{setting.Value}'. It is a number from {least} to {most}."));
    }
}
