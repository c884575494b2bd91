using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Admin.Shell;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Admin.Executions;

/// <summary>An attempt as the page shows it. Public because a component's parameters are.</summary>
/// <param name="Number">From 1.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Took">How long it took, in words; <c>null</c>: not known yet.</param>
/// <param name="WentWell"><c>null</c>: it is not finished.</param>
/// <param name="Text">What came of it.</param>
public sealed record ShownAttempt(int Number, DateTimeOffset StartedAt, string? Took, bool? WentWell, string Text)
{
    internal static IReadOnlyList<ShownAttempt> From(WholeExecution whole) => [.. whole.Attempts.Select(attempt => From(attempt, whole.Execution))];

    private static ShownAttempt From(ExecutionAttempt attempt, Execution execution)
    {
        bool? wentWell = attempt.Message is not null || attempt.FailureKind is not null ? false : attempt.FinishedAt is null ? null : true;
        TimeSpan? took = execution is { IsDurable: false, DurationMs: { } time } ? TimeSpan.FromMilliseconds(time) : attempt.FinishedAt - attempt.StartedAt;
        var text = attempt.Message ?? wentWell switch { null => "Not finished.", true => "Succeeded.", false => "Failed." };
        return new ShownAttempt(
            attempt.Number, attempt.StartedAt, took is { } known ? StepList.Time(known) : null, wentWell,
            attempt.FailureKind is { } kind ? $"{ExecutionPage.Word(kind)}: {text}" : text);
    }
}
