namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>Settles which integrations are the default of their type once a document is applied, as the rules of a single write would: one that
/// says so takes it from whichever has it, and where none has it the first that is put to use does.</summary>
internal static class DocumentDefaults
{
    /// <param name="items">The document's.</param>
    /// <param name="rows">The rows of the scope, by name.</param>
    /// <param name="staying">Those of them that the document does not name and that stay.</param>
    public static IReadOnlyDictionary<DocumentItem, bool> Settle(
        IReadOnlyList<DocumentItem> items, IReadOnlyDictionary<string, KnownRow> rows, IReadOnlyList<KnownRow> staying)
    {
        var settled = new Dictionary<DocumentItem, bool>(ReferenceEqualityComparer.Instance);
        foreach (var type in items.GroupBy(item => item.IntegrationType, StringComparer.Ordinal))
        {
            var isTaken = type.Any(item => item.IsDefault is true);
            var hasRivals = isTaken
                || staying.Any(row => row.Type == type.Key && (row.IsActive || row.IsDefault))
                || type.Any(item => rows.TryGetValue(item.Name, out var row) && (row.IsActive || row.IsDefault));
            foreach (var item in type)
            {
                var row = rows.GetValueOrDefault(item.Name);
                var isFirst = !hasRivals && item.IsDefault is null && (item.IsActive ?? row?.IsActive ?? true);
                settled[item] = item.IsDefault ?? (isFirst || (row is { IsDefault: true } && !isTaken));
                hasRivals |= isFirst;
            }
        }

        return settled;
    }

    /// <summary>The rows that stay and that an item takes the default from.</summary>
    public static IEnumerable<KnownRow> Demoted(IReadOnlyList<DocumentItem> items, IReadOnlyList<KnownRow> staying) => staying
        .Where(row => row.IsDefault && items.Any(item => item.IsDefault is true && item.IntegrationType == row.Type));
}

/// <summary>A row as far as a plan looks at all of them.</summary>
internal sealed record KnownRow(Guid Id, string Name, string Type, int Revision, bool IsActive, bool IsDefault);
