namespace Vaka.Plugins;

/// <summary>Trouble that a provider understands. Its message is shown to callers: it says what failed and what to do next, and holds no
/// secret, no vendor body and no stack trace. Any other exception is answered as <see cref="FailureKind.Unexpected"/> with its message
/// withheld.</summary>
public sealed class IntegrationException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="kind">What kind of trouble; it decides the status code and whether to retry.</param>
    /// <param name="safeMessage">What failed and what to do next.</param>
    /// <param name="inner">What it came from; logged, never shown.</param>
    public IntegrationException(FailureKind kind, string safeMessage, Exception? inner = null)
        : base(safeMessage, inner) => Kind = kind;

    /// <summary>What kind of trouble.</summary>
    public FailureKind Kind { get; }

    /// <summary>Whether the call may have changed something out there; default <see cref="Effect.Possible"/>, the careful answer.</summary>
    public Effect Effect { get; init; } = Effect.Possible;

    /// <summary>How long the vendor asks to wait; default: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The fields that were refused, in the vendor's words; default: none.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>The integration cannot be used any more until an admin acts, and why; the host switches it to <c>error</c>.
    /// Default <c>null</c>: this call failed, the next may not.</summary>
    public UnusableReason? MakesUnusable { get; init; }
}

/// <summary>What kind of trouble a call met.</summary>
public enum FailureKind
{
    /// <summary>A fault of the provider's own.</summary>
    Unexpected,

    /// <summary>The config is wrong in a way that only trying it shows.</summary>
    InvalidConfiguration,

    /// <summary>The input is wrong; <see cref="IntegrationException.Errors"/> says where.</summary>
    InvalidInput,

    /// <summary>The credentials were refused.</summary>
    Unauthorized,

    /// <summary>The credentials are good and do not allow this.</summary>
    Forbidden,

    /// <summary>What the input names does not exist.</summary>
    NotFound,

    /// <summary>Too many calls; retried after <see cref="IntegrationException.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>The other side cannot be reached or cannot answer now; retried.</summary>
    Unavailable,

    /// <summary>The other side understood and refused for good.</summary>
    Rejected,

    /// <summary>Nobody can tell whether it was done.</summary>
    OutcomeUnknown,
}

/// <summary>Whether a failed call may have changed something out there.</summary>
public enum Effect
{
    /// <summary>It may have.</summary>
    Possible,

    /// <summary>It certainly did not.</summary>
    None,
}

/// <summary>Why an integration cannot be used until an admin acts.</summary>
public enum UnusableReason
{
    /// <summary>The other side says that the address is gone for good (HTTP 410).</summary>
    EndpointGone,

    /// <summary>A person has to give consent again.</summary>
    NeedsReauthorization,
}

/// <summary>What is wrong with one field.</summary>
/// <param name="Path">Where, from the root of the document: <c>auth.token_url</c>, <c>to[2]</c>; empty: the document itself.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record FieldError(string Path, string Message);

/// <summary>What is wrong with a config.</summary>
/// <param name="Path">Where, as in <see cref="FieldError"/>.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Severity">Whether it refuses the config; default: it does.</param>
public sealed record ConfigError(string Path, string Message, ConfigSeverity Severity = ConfigSeverity.Error);

/// <summary>How bad a <see cref="ConfigError"/> is.</summary>
public enum ConfigSeverity
{
    /// <summary>The config is refused.</summary>
    Error,

    /// <summary>The config is accepted, the message is shown.</summary>
    Warning,
}
