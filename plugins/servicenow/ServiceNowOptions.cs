using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Queries;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow;

/// <summary>What the instance offers for a field: its tables, users, groups, configuration items and choices.</summary>
internal static class ServiceNowOptions
{
    private const int Most = 200;

    public static async Task<OptionList> ListAsync(OptionsRequest request, ServiceNowClient client, CancellationToken cancellationToken)
    {
        var source = request.Field[(request.Field.LastIndexOf('.') + 1)..] switch
        {
            "table" => new Source("sys_db_object", "name", "label", "name", "", ["label", "name"]),
            "caller" or "assigned_to" or "default_caller" =>
                new Source("sys_user", "sys_id", "name", "email", "active=true", ["name", "user_name", "email"]),
            "assignment_group" or "default_assignment_group" =>
                new Source("sys_user_group", "sys_id", "name", "description", "active=true", ["name"]),
            "configuration_item" => new Source("cmdb_ci", "sys_id", "name", "sys_class_name", "", ["name"]),
            "category" or "default_category" => Choices("category"),
            "subcategory" => Choices("subcategory"),
            "contact_type" => Choices("contact_type"),
            "close_code" => Choices("close_code"),
            "state" => Choices("state"),
            _ => null,
        };
        var typed = request.Query?.Trim() ?? "";

        // What cannot be searched for matches nothing.
        if (source is null || QueryValue.ProblemOf(typed) is not null) return OptionList.Empty;
        var page = await client.ListAsync(
            source.Table,
            new TableQuery
            {
                Query = source.Query(typed),
                Fields = [.. source.Shown],
                DisplayValue = DisplayValue.All,
                Limit = Most + 1,
            },
            cancellationToken).ConfigureAwait(false);
        var options = page.Records.Select(source.Of).Where(option => option.Value.Length > 0).DistinctBy(option => option.Value).ToList();
        return new OptionList([.. options.Take(Most)], page.Records.Count > Most || page.Total > page.Records.Count);
    }

    // Fields that incident inherits have their choices under task.
    private static Source Choices(string element) => new(
        "sys_choice", "value", "label", "", $"nameINincident,task^element={element}^inactive=false^language=en", ["label", "value"]);

    /// <summary>Where choices come from.</summary>
    private sealed record Source(string Table, string Value, string Label, string Detail, string Filter, IReadOnlyList<string> Searched)
    {
        public IEnumerable<string> Shown => new[] { Value, Label, Detail }.Where(name => name.Length > 0).Distinct(StringComparer.Ordinal);

        public string Query(string typed)
        {
            var search = typed.Length is 0 ? "" : string.Join("^OR", Searched.Select(field => $"{field}LIKE{typed}"));
            var parts = new[] { Filter, search, Table is "sys_choice" ? "ORDERBYsequence" : $"ORDERBY{Label}" };
            return string.Join('^', parts.Where(part => part.Length > 0));
        }

        public Option Of(JsonObject record)
        {
            var (value, label) = (RecordView.ValueOf(record, Value), RecordView.DisplayOf(record, Label));
            var detail = Detail.Length > 0 ? RecordView.DisplayOf(record, Detail) : "";
            return new Option(value, label.Length > 0 ? label : value, detail.Length is 0 || detail == label ? null : detail);
        }
    }
}
