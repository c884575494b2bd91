using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions;

/// <summary>What one of the host's own services wants done by an action that nobody else may call.</summary>
internal sealed record InternalCall
{
    /// <summary>Who serves: its id is settled, nothing is looked up.</summary>
    public required BoundIntegration Integration { get; init; }

    public required string Action { get; init; }

    /// <summary>The input as UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>Whether the run is kept, by what came of it (<c>null</c>: it succeeded). Strangers must not fill the database.</summary>
    public required Func<ProblemException?, bool> IsRecorded { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="ExecutionId">Under which it is recorded, if it is.</param>
/// <param name="Steps">The checks one by one.</param>
/// <param name="Output">The action's output as UTF-8 JSON, when it succeeded.</param>
/// <param name="Problem">Why it did not; <c>null</c>: it did.</param>
internal sealed record InternalOutcome(
    Guid ExecutionId, IReadOnlyList<ProbeStep> Steps, ReadOnlyMemory<byte> Output, ProblemException? Problem);

/// <summary>Steps as they come in, from whichever thread the provider is on. One that was left behind cannot add to what was read.</summary>
internal sealed class StepList
{
    private const int Most = 200;

    private readonly Lock gate = new();
    private readonly List<ProbeStep> steps = [];

    public IReadOnlyList<ProbeStep> Taken
    {
        get
        {
            lock (gate) return [.. steps];
        }
    }

    public void Add(ProbeStep step)
    {
        lock (gate)
        {
            if (steps.Count < Most) steps.Add(step);
        }
    }
}
