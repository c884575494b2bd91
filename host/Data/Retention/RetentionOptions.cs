using System.Globalization;

namespace Vaka.Plugins.Host.Data.Retention;

/// <summary>Section <c>Retention</c>: for how many days records are kept.</summary>
internal static class RetentionOptions
{
    public const string Section = "Retention";

    private const int MostDays = 36_500;

    /// <returns><c>null</c>: for ever.</returns>
    /// <exception cref="StartupException">It is no number of days.</exception>
    public static TimeSpan? Read(IConfiguration configuration, AgingRecords records)
    {
        var setting = $"{Section}:{records.Name}Days";
        if (records.IsFixed || configuration[setting] is not { Length: > 0 } text) return TimeSpan.FromDays(records.DefaultDays);
        if (!int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var days) || days > MostDays)
            throw new StartupException($"{setting} is '{text}'. Give a whole number of days from 1 to {MostDays}, or 0 to keep them for ever.");
        return days == 0 ? null : TimeSpan.FromDays(days);
    }
}
