using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>What applying a document changes.</summary>
internal sealed record DocumentPlan
{
    /// <summary>Stands for the document and all that it would change as it is now: apply takes it, and refuses when either differs.</summary>
    public required string PlanHash { get; init; }

    public required bool HasChanges { get; init; }

    /// <summary>Whether something has to be corrected before it can be applied.</summary>
    public required bool HasErrors { get; init; }

    /// <summary>By integration_type and name.</summary>
    public required IReadOnlyList<PlannedItem> Items { get; init; }
}

/// <summary>What becomes of one integration.</summary>
internal sealed record PlannedItem
{
    public required PlanAction Action { get; init; }

    public required string Name { get; init; }

    public required string IntegrationType { get; init; }

    /// <summary>What an update changes. A secret is shown by its fingerprint.</summary>
    public IReadOnlyList<PlannedChange> Changes { get; init; } = [];

    public IReadOnlyList<ConfigError> Errors { get; init; } = [];

    /// <summary>Secrets that the document says are set, and that neither it nor the host has.</summary>
    public IReadOnlyList<string> NeedsSecrets { get; init; } = [];

    /// <summary>Secrets that the host has, and that are others than when the document was exported. They stay.</summary>
    public IReadOnlyList<string> DriftedSecrets { get; init; } = [];
}

/// <summary>One value that changes; null: there is none.</summary>
internal sealed record PlannedChange(string Path, JsonNode? From, JsonNode? To);

/// <summary>What becomes of an integration.</summary>
internal enum PlanAction
{
    Create,
    Update,
    Delete,
    Unchanged,
}

/// <summary>A plan and the writes that carry it out, in their order.</summary>
internal sealed record PlannedDocument(DocumentPlan Plan, IReadOnlyList<PlannedWrite> Writes, ProblemCode? Refusal);

/// <summary>One row to write.</summary>
/// <param name="Id">The row; <c>null</c>: a new one.</param>
/// <param name="Revision">As it was when the plan was made.</param>
/// <param name="Draft">What it becomes; <c>null</c>: it is deleted.</param>
internal sealed record PlannedWrite(Guid? Id, int? Revision, IntegrationDraft? Draft);
