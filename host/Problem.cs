namespace Vaka.Plugins.Host;

/// <summary>The stable error codes of the wire contract. On the wire they are snake_case; <c>Api</c> knows the HTTP status of each.</summary>
internal enum ProblemCode
{
    InvalidRequest,
    Unauthenticated,
    Forbidden,
    ActionNotShared,
    ProviderDisabled,
    NotFound,
    TooLarge,
    IntegrationNotConfigured,
    RevisionConflict,
    NameTaken,
    IdempotencyKeyConflict,
    IntegrationUnusable,
    ExecutionInProgress,
    NotApproved,
    InvalidConfig,
    InvalidInput,
    SecretRequired,
    RateLimited,
    ProviderFailed,
    ProviderUnavailable,
    ProviderTimeout,
    DatabaseUnavailable,
    HostStopping,
    InternalError,
}

/// <summary>An expected refusal. Any room throws it, one place answers it: <paramref name="detail"/> is shown to the caller and says what
/// to do.</summary>
internal sealed class ProblemException(ProblemCode code, string detail, Exception? inner = null) : Exception(detail, inner)
{
    public ProblemCode Code { get; } = code;

    /// <summary>What is wrong with which field; warnings may stand beside errors.</summary>
    public IReadOnlyList<ConfigError> Errors { get; init; } = [];

    /// <summary>Why no integration was found, as the resolver answers it.</summary>
    public IReadOnlyList<Integrations.TrailEntry> Trail { get; init; } = [];

    /// <summary>With <see cref="ProblemCode.IntegrationUnusable"/>: why, as a stable word.</summary>
    public string? Reason { get; init; }

    public FailureKind? FailureKind { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the provider may have changed something out there all the same. What never reached a provider did not.</summary>
    public Effect Effect { get; init; } = Effect.None;

    /// <summary>The integration cannot be used any more until an admin acts.</summary>
    public bool MakesUnusable { get; init; }

    /// <summary>This is what came of the same call before, under the same idempotency key.</summary>
    public bool IsReplayed { get; init; }

    /// <summary>The whole of it as one text, for those who read words rather than members.</summary>
    public string InWords() => Errors.Count == 0
        ? Message
        : $"{Message} {string.Join(" ", Errors.Take(5).Select(error => $"{error.Path}: {error.Message}"))}";
}
