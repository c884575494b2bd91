using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Queries;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class QueryRecords : IntegrationAction<ServiceNowConfig, QueryRecordsInput, QueryRecordsOutput>
{
    public override string Name => "query_records";

    public override string Title => "Query records";

    public override string Description =>
        "Searches any table by conditions and answers a page of records. Compare with stored values: state is 6, not resolved; a reference "
        + "is a sys_id (or go through it: caller_id.email). Name the fields that you need. When next_offset is answered there are more: "
        + "call again with it as offset. Example: table incident, conditions [{\"field\": \"active\", \"operator\": \"is\", \"value\": "
            + "\"true\"}, "
        + "{\"field\": \"priority\", \"operator\": \"in\", \"values\": [\"1\", \"2\"]}].";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<QueryRecordsOutput> ExecuteAsync(
        QueryRecordsInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        ServiceNowNames.CheckTable(input.Table, "table");
        var asked = RecordView.CheckFields(input.Fields, "fields");
        var query = Write(input);
        var used = UsedFields(input);
        string[] fields = asked.Count is 0 ? [] : [.. asked.Append("sys_id").Union(used)];
        var page = await new ServiceNowClient(config, context).ListAsync(
            input.Table,
            new TableQuery { Query = query, Fields = fields, DisplayValue = input.DisplayValue, Limit = input.Limit, Offset = input.Offset },
            cancellationToken).ConfigureAwait(false);
        CheckHeeded(input, page.Records);
        if (asked.Count > 0)
        {
            foreach (var extra in used.Except(asked.Append("sys_id"))) Remove(page.Records, extra);
        }

        return new QueryRecordsOutput
        {
            Records = page.Records,
            Total = page.Total,
            NextOffset = NextOffset(input, page),
            Warnings = ReadFields.Missing(asked, page.Records),
        };
    }

    private static string Write(QueryRecordsInput input)
    {
        if (input is { Conditions.Count: > 0, EncodedQuery: not null })
        {
            throw ServiceNowFailures.InvalidInput("encoded_query", "Give either conditions or encoded_query.");
        }

        if (input.EncodedQuery is not null) EncodedQuery.CheckRaw(input.EncodedQuery, "encoded_query");
        var conditions = input.EncodedQuery ?? EncodedQuery.Of(input.Conditions ?? [], input.Match, "conditions");
        var order = EncodedQuery.OrderBy(input.OrderBy ?? [], "order_by");
        return conditions.Length > 0 ? $"{conditions}^{order}" : order;
    }

    // The first step of each field: what is behind a reference is answered for some records and not for others.
    private static string[] UsedFields(QueryRecordsInput input) =>
        [.. (input.Conditions ?? []).Select(condition => condition.Field.Split('.')[0]).Distinct(StringComparer.Ordinal)];

    // A condition on a field that the table does not have is ignored by ServiceNow, and every record is answered as if it matched:
    // https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html (sysparm_query).
    private static void CheckHeeded(QueryRecordsInput input, IReadOnlyList<JsonObject> records)
    {
        var ignored = ReadFields.Missing(UsedFields(input), records).Select(missing => missing.Field).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < (input.Conditions?.Count ?? 0); i++)
        {
            if (ignored.Contains(input.Conditions![i].Field.Split('.')[0])) // counted
            {
                throw ServiceNowFailures.InvalidInput(
                    $"conditions[{i}].field",
                    $"{input.Table} has no such field, or the integration's user may not read it. ServiceNow ignores such a condition and "
                    + "answers records that do not match, so none are answered here.");
            }
        }
    }

    private static void Remove(IReadOnlyList<JsonObject> records, string field)
    {
        foreach (var record in records) record.Remove(field);
    }

    // Records that the user may not read are left out of a page after it was cut, so that a short page is not the last one.
    private static int? NextOffset(QueryRecordsInput input, RecordPage page)
    {
        var next = input.Offset + input.Limit;
        var more = page.Total is { } total ? next < total : page.Records.Count == input.Limit;
        return more ? next : null;
    }
}

/// <summary>What to search for.</summary>
public sealed record QueryRecordsInput
{
    internal const int MaxOffset = 1_000_000_000;

    /// <summary>The table.</summary>
    [Display(Name = "Table", Order = 10, Prompt = "incident",
        Description = "The name of the table, such as incident, problem, change_request, sys_user or cmdb_ci.")]
    [RegularExpression(ServiceNowNames.TablePattern)]
    [StringLength(80, MinimumLength = 1)]
    [HasOptions]
    public required string Table { get; init; }

    /// <summary>What must hold.</summary>
    [Display(Name = "Conditions", Order = 20, Description = "What must hold of a record; left out, every record is answered.")]
    [Length(0, 50)]
    public IReadOnlyList<QueryCondition>? Conditions { get; init; }

    /// <summary>How conditions are joined.</summary>
    [Display(Name = "Match", Order = 30, Description = "all: every condition must hold. any: at least one of them.")]
    public QueryMatch Match { get; init; } = QueryMatch.All;

    /// <summary>A query in ServiceNow's own writing, instead of conditions.</summary>
    [Display(Name = "Encoded query", Order = 40, Prompt = "active=true^priority=1^NQactive=true^state=1",
        Description = "Instead of conditions, for what they cannot say: a query as ServiceNow's list view copies it (Copy query). Never put "
            + "values of "
            + "strangers into it. ServiceNow ignores conditions on fields that do not exist.")]
    [StringLength(4000, MinimumLength = 1)]
    public string? EncodedQuery { get; init; }

    /// <summary>How to sort.</summary>
    [Display(Name = "Order by", Order = 50, Description = "The fields to sort by, the first one first. Equal records are sorted by sys_id.")]
    [Length(0, 5)]
    public IReadOnlyList<QueryOrder>? OrderBy { get; init; }

    /// <summary>The fields to answer.</summary>
    [Display(Name = "Fields", Order = 60,
        Description = "The fields to answer, sys_id always among them; left out, all of them, which is slow and long.")]
    [Length(1, 100)]
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Stored values, what people see, or both.</summary>
    [Display(Name = "Display value", Order = 70,
        Description = "false: stored values (6, a sys_id, UTC). true: what people see (Resolved, a name, the user's time zone). all: both, "
            + "as {display_value, value}.")]
    public DisplayValue DisplayValue { get; init; } = DisplayValue.False;

    /// <summary>How many records at most.</summary>
    [Display(Name = "Limit", Order = 80,
        Description = "How many records at most, 1 to 200. A page may have fewer although there are more: look at next_offset.")]
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>How many records to pass over.</summary>
    [Display(Name = "Offset", Order = 90, Description = "How many records to pass over: the next_offset of the page before.")]
    [Range(0, MaxOffset)]
    public int Offset { get; init; }
}

/// <summary>A page of records.</summary>
public sealed record QueryRecordsOutput
{
    /// <summary>The records that match.</summary>
    [Display(Name = "Records", Order = 10, Description = "The records: fields by their column names.")]
    [Sensitive]
    public required IReadOnlyList<JsonObject> Records { get; init; }

    /// <summary>How many match in all.</summary>
    [Display(Name = "Total", Order = 20,
        Description = "How many match in all, those included that the integration's user may not read; absent when the instance does not say.")]
    public int? Total { get; init; }

    /// <summary>Where the next page begins.</summary>
    [Display(Name = "Next offset", Order = 30, Description = "Give it as offset to get the next page; absent: this was the last one.")]
    public int? NextOffset { get; init; }

    /// <summary>Fields that were asked for and not answered.</summary>
    [Display(Name = "Warnings", Order = 40, Description = "Fields that were asked for and not answered; empty: none.")]
    public required IReadOnlyList<FieldWarning> Warnings { get; init; }
}
