using System.Text.Json.Nodes;

namespace Vaka.Plugins.ServiceNow.Records;

/// <summary>Compares what was asked for with what was answered: a field that the table does not have, or that the user may not read, is left
/// out without a word.</summary>
internal static class ReadFields
{
    public static IReadOnlyList<FieldWarning> Missing(IEnumerable<string> asked, IReadOnlyList<JsonObject> records) => records.Count is 0
        ? []
        : [.. asked
            .Where(field => !records.Any(record => record.ContainsKey(field)))
            .Distinct(StringComparer.Ordinal)
            .Select(field => new FieldWarning
            {
                Field = field,
                Message = "The instance does not answer this field: the table does not have it, or an access control rule hides it.",
            })];
}
