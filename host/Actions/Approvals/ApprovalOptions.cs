using System.Globalization;

namespace Vaka.Plugins.Host.Actions.Approvals;

/// <summary>How calls wait for an admin. Section <c>Approvals</c>.</summary>
internal sealed class ApprovalOptions
{
    public const string Section = "Approvals";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>How long a call waits to be approved. Default: 24 hours.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <exception cref="StartupException">A setting is not what it should be.</exception>
    public static ApprovalOptions Read(IConfiguration configuration)
    {
        var setting = configuration.GetSection(Section).GetSection(nameof(Lifetime));
        if (string.IsNullOrWhiteSpace(setting.Value)) return new ApprovalOptions();
        return TimeSpan.TryParse(setting.Value, CultureInfo.InvariantCulture, out var lifetime) && lifetime > TimeSpan.Zero && lifetime <= Longest
            ? new ApprovalOptions { Lifetime = lifetime }
            : throw new StartupException($"{setting.Path} is '{setting.Value}'. It is a time as d.hh:mm:ss, such as 1.00:00:00, of at most {Longest.Days} days.");
    }
}
