namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>Tells the hosts fast what waits, so that whichever has room takes it. What it loses costs time and never an execution: every
/// host looks into the database too.</summary>
internal interface IExecutionQueue
{
    /// <summary>Whether work can be shared by it now. While it cannot, a host keeps what it accepts as long as it has room.</summary>
    bool IsUp { get; }

    /// <summary>How it is, for <c>/readyz</c>: one word or a short sentence without secrets.</summary>
    string State { get; }

    /// <summary>Tells of one that is committed. Neither waits nor throws: what cannot be told is left to be found in the database.</summary>
    void Announce(WaitingExecution execution);
}

/// <summary>An execution that waits.</summary>
/// <param name="Id">Which.</param>
/// <param name="Lane">What it waits behind: <see cref="Executions.Execution.Lane"/>.</param>
/// <param name="TraceParent">The trace that it is part of: <see cref="Executions.Execution.TraceParent"/>.</param>
internal readonly record struct WaitingExecution(Guid Id, Guid Lane, string? TraceParent = null);

/// <summary>Takes what the queue tells of.</summary>
internal interface IWaitingWork
{
    /// <summary>Takes each one up, or, where this host has no room for its lane, remembers to look for it in the database. When this ends
    /// the message may be forgotten.</summary>
    Task OfferAsync(IReadOnlyList<WaitingExecution> executions, CancellationToken cancellationToken);
}

/// <summary>One host by itself, or several that share the database only.</summary>
internal sealed class NoQueue : IExecutionQueue
{
    public bool IsUp => false;

    public string State => "in process";

    public void Announce(WaitingExecution execution)
    {
        // Found in the database.
    }
}
