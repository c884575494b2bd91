using System.Globalization;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Queries;

/// <summary>What to read from a table.</summary>
internal sealed record TableQuery
{
    /// <summary>The encoded query; empty: everything.</summary>
    public string Query { get; init; } = "";

    /// <summary>The fields; empty: all that the user may read.</summary>
    public IReadOnlyCollection<string> Fields { get; init; } = [];

    public DisplayValue DisplayValue { get; init; }

    public required int Limit { get; init; }

    public int Offset { get; init; }

    public IEnumerable<KeyValuePair<string, string>> ToParameters()
    {
        if (Query.Length > 0) yield return new("sysparm_query", Query);
        foreach (var parameter in RecordView.Parameters(DisplayValue, Fields)) yield return parameter;
        yield return new("sysparm_limit", Limit.ToString(CultureInfo.InvariantCulture));
        if (Offset > 0) yield return new("sysparm_offset", Offset.ToString(CultureInfo.InvariantCulture));
    }
}
