using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Actions;

/// <summary>The one place where what a provider threw becomes what a caller is told.</summary>
internal static class ActionFailures
{
    public static ProblemException ToProblem(IntegrationException failure) =>
        new(Code(failure.Kind), failure.Message, failure)
        {
            FailureKind = failure.Kind,
            Effect = failure.Effect,
            MakesUnusable = failure.MakesUnusable is not null,
            RetryAfter = failure.RetryAfter,
            Errors = [.. failure.Errors.Select(error => new ConfigError(error.Path, error.Message))],
        };

    /// <summary>A fault of the plugin's own: its message may hold anything, so only the log gets it.</summary>
    public static ProblemException Unexpected(string type, string action, Guid executionId, Exception fault) =>
        new(ProblemCode.ProviderFailed,
            $"{type}/{action} failed unexpectedly. The host's log has the details under execution {executionId}.", fault)
        {
            FailureKind = FailureKind.Unexpected,
            Effect = Effect.Possible,
        };

    public static ProblemException TimedOut(string type, string action, TimeSpan limit, bool isReadOnly) =>
        new(ProblemCode.ProviderTimeout,
            $"{type}/{action} did not end within {limit.TotalSeconds:0} seconds. "
            + (isReadOnly ? "Try again." : "It may have been done all the same: look before trying again."))
        {
            FailureKind = isReadOnly ? FailureKind.Unavailable : FailureKind.OutcomeUnknown,
            Effect = isReadOnly ? Effect.None : Effect.Possible,
        };

    public static ProblemException Stopped(string type, string action, bool isReadOnly) =>
        new(ProblemCode.HostStopping,
            $"The host stopped before {type}/{action} ended. "
            + (isReadOnly ? "Try again." : "It may have been done all the same: look before trying again."))
        {
            FailureKind = isReadOnly ? FailureKind.Unavailable : FailureKind.OutcomeUnknown,
            Effect = isReadOnly ? Effect.None : Effect.Possible,
        };

    /// <summary>Its host ended, or lost it, before it could tell.</summary>
    public static ProblemException Lost(string type, string action) =>
        new(ProblemCode.ProviderFailed,
            $"Nobody knows whether {type}/{action} was done: its host ended before it did. Look before trying again, and then under a new key.")
        {
            FailureKind = FailureKind.OutcomeUnknown,
            Effect = Effect.Possible,
        };

    /// <summary>The state that a synchronous run ends in.</summary>
    public static ExecutionState FinalState(ProblemException problem) =>
        problem.FailureKind is FailureKind.OutcomeUnknown ? ExecutionState.Unknown : ExecutionState.Dead;

    private static ProblemCode Code(FailureKind kind) => kind switch
    {
        FailureKind.InvalidInput => ProblemCode.InvalidInput,
        FailureKind.RateLimited => ProblemCode.RateLimited,
        FailureKind.Unavailable => ProblemCode.ProviderUnavailable,
        FailureKind.Unexpected or FailureKind.InvalidConfiguration or FailureKind.Unauthorized or FailureKind.Forbidden
            or FailureKind.NotFound or FailureKind.Rejected or FailureKind.OutcomeUnknown => ProblemCode.ProviderFailed,
    };
}
