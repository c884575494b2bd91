namespace Vaka.Plugins.Testing;

/// <summary>One call of the plugin, under circumstances that the suite chose, and all that could be seen of it.</summary>
internal sealed record Trial
{
    /// <summary>Such as <c>the probe</c> or <c>create_issue</c>.</summary>
    public required string Call { get; init; }

    /// <summary><c>null</c>: the probe.</summary>
    public required IntegrationAction? Action { get; init; }

    /// <summary>Such as <c>nobody listens</c>.</summary>
    public required Circumstance Circumstance { get; init; }

    public ProbeResult? ProbeResult { get; init; }

    /// <summary>How it ended otherwise; <c>null</c>: with a result.</summary>
    public Exception? Exception { get; init; }

    /// <summary>It did not end in any reasonable time.</summary>
    public bool IsEndless { get; init; }

    /// <summary>It was stopped while it waited; otherwise it never came so far.</summary>
    public bool WasStopped { get; init; }

    /// <summary>Everything that people could read of it: messages, steps, the log.</summary>
    public required IReadOnlyList<string> Shown { get; init; }

    public required IReadOnlyList<RecordedRequest> Requests { get; init; }

    public required IReadOnlyList<(string Host, int Port)> Destinations { get; init; }

    public override string ToString() => $"{Call}, {Circumstance.Name}";
}

/// <summary>What a call meets.</summary>
/// <param name="Name">To follow "call, ".</param>
/// <param name="Kind">What can be expected of the call.</param>
internal sealed record Circumstance(string Name, CircumstanceKind Kind)
{
    /// <summary>Nothing was sent, since nobody was reached.</summary>
    public bool IsUnreached { get; init; }
}

internal enum CircumstanceKind
{
    /// <summary>The way ends before the vendor speaks.</summary>
    Obstacle,

    /// <summary>The vendor refuses in the ways that vendors refuse.</summary>
    Refusal,

    /// <summary>The answer is one that no vendor should give.</summary>
    Hostile,

    /// <summary>There is no answer, and the caller goes.</summary>
    Silence,

    /// <summary>The connection ends after the last request of a call was sent.</summary>
    Cut,

    /// <summary>All is well.</summary>
    Healthy,
}
