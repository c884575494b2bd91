using System.Diagnostics.CodeAnalysis;
using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Decides what becomes of an execution after an attempt that did not succeed.</summary>
internal sealed class RetrySchedule(DurableOptions options)
{
    /// <summary>However long the other side asks to wait.</summary>
    private static readonly TimeSpan LongestWish = TimeSpan.FromDays(1);

    /// <summary>The longest time that anything waits for its next attempt.</summary>
    public TimeSpan Longest { get; } = options.RetryDelays.Append(LongestWish).Max();

    /// <summary>What is to be done.</summary>
    /// <param name="problem">How it failed.</param>
    /// <param name="action">What was called.</param>
    /// <param name="attempts">Attempts that count, this one included.</param>
    public Verdict Decide(ProblemException problem, IntegrationAction action, int attempts)
    {
        if (IsToBeParked(problem)) return Verdict.Parked;
        var mayBeDone = problem.Effect is Effect.Possible && !IsRepeatable(action);
        if (problem.Code is ProblemCode.HostStopping) return mayBeDone ? Uncertain(action, attempts) : Verdict.Retry(TimeSpan.Zero);
        return problem.FailureKind switch
        {
            FailureKind.RateLimited or FailureKind.Unavailable or FailureKind.OutcomeUnknown when mayBeDone => Uncertain(action, attempts),
            FailureKind.RateLimited or FailureKind.Unavailable or FailureKind.OutcomeUnknown => Retry(attempts, problem.RetryAfter),
            _ when problem.MakesUnusable && !mayBeDone => Verdict.Parked,
            _ => Verdict.Dead,
        };
    }

    /// <summary>What becomes of an attempt whose host was lost in the middle of it.</summary>
    public Verdict DecideLost(IntegrationAction? action, int attempts) =>
        action is null ? Verdict.Unknown
        : IsRepeatable(action) ? Retry(attempts, TimeSpan.Zero)
        : Uncertain(action, attempts);

    /// <summary>Trying again cannot do it twice.</summary>
    public static bool IsRepeatable(IntegrationAction action) => action.IsReadOnly || action.IsIdempotent;

    // It is a state of the integration and not of this call: the call waits until somebody has mended it.
    private static bool IsToBeParked(ProblemException problem) =>
        problem.Code is ProblemCode.IntegrationNotConfigured or ProblemCode.IntegrationUnusable or ProblemCode.ProviderDisabled;

    // Where the provider can look whether it was done, that is asked next time.
    private Verdict Uncertain(IntegrationAction action, int attempts) =>
        CanLook(action) && Retry(attempts, null) is { State: ExecutionState.RetryScheduled } look ? look with { IsLook = true } : Verdict.Unknown;

    // Full jitter: many that failed together do not come back together. https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter
    [SuppressMessage("Security", "CA5394", Justification = "A pause needs no secret.")]
    private Verdict Retry(int attempts, TimeSpan? asked)
    {
        if (attempts > options.RetryDelays.Count) return Verdict.Dead;
        var delay = asked == TimeSpan.Zero ? TimeSpan.Zero : options.RetryDelays[Math.Max(attempts, 1) - 1] * Random.Shared.NextDouble();
        return Verdict.Retry(asked > delay ? Min(asked.Value, LongestWish) : delay);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static bool CanLook(IntegrationAction action) => Array.Exists(
        action.GetType().GetMethods(),
        method => method.Name == nameof(IntegrationAction.FindExistingAsync) && method.DeclaringType?.Assembly != typeof(IntegrationAction).Assembly);
}

/// <summary>What becomes of an execution.</summary>
/// <param name="State">Where it stands now.</param>
/// <param name="Delay">With <see cref="ExecutionState.RetryScheduled"/>: until the next attempt.</param>
/// <param name="IsLook">The next attempt only looks whether this one had an effect.</param>
internal readonly record struct Verdict(ExecutionState State, TimeSpan? Delay = null, bool IsLook = false)
{
    public static Verdict Dead { get; } = new(ExecutionState.Dead);

    public static Verdict Parked { get; } = new(ExecutionState.Parked);

    public static Verdict Unknown { get; } = new(ExecutionState.Unknown);

    public static Verdict Retry(TimeSpan delay) => new(ExecutionState.RetryScheduled, delay);
}
