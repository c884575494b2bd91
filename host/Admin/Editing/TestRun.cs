using Vaka.Plugins.Host.Health;

namespace Vaka.Plugins.Host.Admin.Editing;

/// <summary>A test that runs or has run: its steps as they come, then what was found.</summary>
internal sealed class TestRun
{
    private readonly Lock gate = new();
    private readonly List<ProbeStep> steps = [];

    public bool IsRunning { get; private set; } = true;

    public ProbeReport? Report { get; private set; }

    /// <summary>Why it could not be run at all.</summary>
    public ProblemException? Problem { get; private set; }

    public IReadOnlyList<ProbeStep> Steps
    {
        get
        {
            lock (gate) return [.. steps];
        }
    }

    public void Add(ProbeStep step)
    {
        lock (gate) steps.Add(step);
    }

    public void End(ProbeReport? report, ProblemException? problem) => (IsRunning, Report, Problem) = (false, report, problem);
}
