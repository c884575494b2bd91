using System.Text;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>What a caller was told, so that it can be told again.</summary>
internal sealed record KeptAnswer
{
    /// <summary>Who served; <c>null</c>: it failed.</summary>
    public ServingIntegration? Integration { get; init; }

    /// <summary>The JSON as it was answered.</summary>
    public string? Output { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>Why it failed; <c>null</c>: it did not.</summary>
    public KeptProblem? Problem { get; init; }

    public static KeptAnswer Of(ActionResult result) => new()
    {
        Integration = result.Integration, Output = Encoding.UTF8.GetString(result.Output.Span), Duration = result.Duration,
    };

    public static KeptAnswer Of(ProblemException problem) => new()
    {
        Problem = new KeptProblem(problem.Code, problem.Message, problem.FailureKind, problem.Effect, problem.RetryAfter, problem.Errors),
    };

    /// <exception cref="ProblemException">The one that it was.</exception>
    public ActionResult Replay(Guid executionId) => this switch
    {
        { Problem: { } problem } => throw new ProblemException(problem.Code, problem.Detail)
        {
            FailureKind = problem.FailureKind,
            Effect = problem.Effect,
            RetryAfter = problem.RetryAfter,
            Errors = problem.Errors,
            IsReplayed = true,
        },
        { Integration: { } integration, Output: { } output } =>
            new ActionResult(executionId, integration, Encoding.UTF8.GetBytes(output), Duration, IsReplayed: true),
        _ => throw new InvalidOperationException("The answer that was kept is neither an outcome nor a problem."),
    };
}

/// <summary>A failure of which a provider may have done something. What never reached one is not kept, so that there is no trail.</summary>
internal sealed record KeptProblem(
    ProblemCode Code, string Detail, FailureKind? FailureKind, Effect Effect, TimeSpan? RetryAfter, IReadOnlyList<ConfigError> Errors);
