namespace Vaka.Plugins.Host.Health;

/// <summary>Turns a healthy result yellow when something that it relies on runs out soon.</summary>
internal static class ExpiryWarning
{
    /// <summary>From here on it is a warning.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    /// <summary>A result that is yellow or red already has something more pressing to say, and keeps it.</summary>
    public static ProbeResult Apply(ProbeResult result, DateTimeOffset now)
    {
        if (result.Status is not HealthStatus.Healthy) return result;
        var soon = result.Expiries.Where(expiry => expiry.At - now <= Ahead).OrderBy(expiry => expiry.At).ToList();
        return soon.Count == 0
            ? result
            : ProbeResult.Warning($"{string.Join(" ", soon.Select(expiry => Describe(expiry, now)))} {result.Message}") with
            {
                Expiries = result.Expiries,
            };
    }

    // The closer, the louder.
    private static string Describe(Expiry expiry, DateTimeOffset now)
    {
        var day = expiry.At.ToUniversalTime().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return (expiry.At - now).TotalDays switch
        {
            <= 0 => $"{expiry.What} ran out on {day}: renew it now.",
            <= 1 => $"{expiry.What} runs out within a day, on {day}: renew it now.",
            <= 7 and var days => $"{expiry.What} runs out in {Math.Ceiling(days)} days, on {day}: renew it this week.",
            var days => $"{expiry.What} runs out in {Math.Ceiling(days)} days, on {day}: renew it.",
        };
    }
}
