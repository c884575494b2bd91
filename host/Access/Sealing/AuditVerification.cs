namespace Vaka.Plugins.Host.Access.Sealing;

/// <summary>What the chain of seals says of the audit.</summary>
internal sealed record AuditVerification
{
    /// <summary>Nothing was found.</summary>
    public bool Intact => Findings.Count == 0;

    /// <summary>How many seals were looked at.</summary>
    public required long Seals { get; init; }

    /// <summary>How many sealed events were looked at.</summary>
    public required long Events { get; init; }

    /// <summary>Events that are in no seal yet: of them nothing can be said.</summary>
    public required long Unsealed { get; init; }

    /// <summary>The seal up to which events were pruned; null: none was.</summary>
    public required long? Checkpoint { get; init; }

    /// <summary>The newest seal. Whoever keeps its number and hash elsewhere sees whether the end of the audit was cut off.</summary>
    public required SealMark? Last { get; init; }

    /// <summary>What is not as it was sealed; the first 1000.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }
}

/// <summary>A seal by number and hash.</summary>
internal sealed record SealMark(long Number, string Hash);

/// <summary>Something that is not as it was sealed.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Seal">The seal.</param>
/// <param name="Event">The event; null: it is about the seal itself.</param>
/// <param name="Message">The same in words.</param>
internal sealed record AuditFinding(AuditFindingKind Kind, long Seal, Guid? Event, string Message);

/// <summary>What was done to the audit.</summary>
internal enum AuditFindingKind
{
    EventChanged,
    EventRemoved,
    EventInserted,
    SealChanged,
    SealRemoved,
}
