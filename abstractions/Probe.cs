namespace Vaka.Plugins;

/// <summary>What a probe found. Its steps are reported through <see cref="IntegrationContext.ReportStep"/> while it runs.</summary>
/// <remarks>A probe may as well throw <see cref="IntegrationException"/>, which the host turns into <see cref="Error"/>.</remarks>
public sealed record ProbeResult
{
    private ProbeResult(HealthStatus status, string message) => (Status, Message) = (status, message);

    /// <summary>Green, yellow or red.</summary>
    public HealthStatus Status { get; }

    /// <summary>One sentence that is safe to show: what was found and, unless healthy, what to do.</summary>
    public string Message { get; }

    /// <summary>Why it is red; <c>null</c> otherwise.</summary>
    public FailureKind? FailureKind { get; private init; }

    /// <summary>What runs out, and when; the host warns 30, 7 and 1 days before.</summary>
    public IReadOnlyList<Expiry> Expiries { get; init; } = [];

    /// <summary>It works.</summary>
    public static ProbeResult Healthy(string message) => new(HealthStatus.Healthy, message);

    /// <summary>It works, but something wants attention.</summary>
    public static ProbeResult Warning(string message) => new(HealthStatus.Warning, message);

    /// <summary>It does not work.</summary>
    public static ProbeResult Error(FailureKind kind, string message) => new(HealthStatus.Error, message) { FailureKind = kind };
}

/// <summary>The health of an integration.</summary>
public enum HealthStatus
{
    /// <summary>It works.</summary>
    Healthy,

    /// <summary>It works, but something wants attention.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Error,
}

/// <summary>One step of a probe.</summary>
/// <param name="Name">What was tried, such as <c>dns</c>, <c>tcp</c>, <c>tls</c>, <c>auth</c>.</param>
/// <param name="Ok">Whether it went well.</param>
/// <param name="Message">One sentence that is safe to show.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ProbeStep(string Name, bool Ok, string Message, TimeSpan Duration);

/// <summary>Something that runs out.</summary>
/// <param name="What">What, such as "TLS certificate of mail.example.com".</param>
/// <param name="At">When, in UTC.</param>
public sealed record Expiry(string What, DateTimeOffset At);
