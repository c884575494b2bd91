namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>What a resolution came to: exactly one of <paramref name="Resolution"/> and <paramref name="Refusal"/>.</summary>
/// <param name="Resolution">What serves.</param>
/// <param name="Refusal">Why nothing does.</param>
/// <param name="Trail">Each row that was looked at, in order, and why it was taken or passed over.</param>
internal sealed record Explanation(Resolution? Resolution, Refusal? Refusal, IReadOnlyList<TrailEntry> Trail)
{
    /// <summary>It depends on more than the rows (a key, a migration), so that it may heal without a change of them.</summary>
    public bool IsTransient { get; init; }
}

/// <summary>Why nothing serves.</summary>
internal sealed record Refusal(ProblemCode Code, string Detail, string? Reason = null)
{
    public ProblemException ToProblem(IReadOnlyList<TrailEntry> trail) => new(Code, Detail) { Reason = Reason, Trail = trail };
}
