using System.Globalization;

namespace Vaka.Plugins.Host.Health;

/// <summary>Section <c>Health</c>.</summary>
internal sealed record HealthOptions
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>From one probe of an integration that works to its next; default 15 minutes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(15);

    /// <exception cref="StartupException">It is no time, or too short or too long.</exception>
    public static HealthOptions Read(IConfiguration configuration)
    {
        if (configuration["Health:Interval"] is not { Length: > 0 } text) return new HealthOptions();
        return TimeSpan.TryParseExact(text.Trim(), "c", CultureInfo.InvariantCulture, out var interval)
            && interval >= Shortest && interval <= Longest
            ? new HealthOptions { Interval = interval }
            : throw new StartupException($"Health:Interval is '{text}'. Give a time from 00:00:10 to 1.00:00:00, such as 00:15:00.");
    }
}
