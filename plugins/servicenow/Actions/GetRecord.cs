using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class GetRecord : IntegrationAction<ServiceNowConfig, GetRecordInput, RecordOutput>
{
    public override string Name => "get_record";

    public override string Title => "Get a record";

    public override string Description =>
        "Reads one record of any table, by sys_id or by number. Name the fields that you need, with dots through references (caller_id.email); "
        + "without, all that the integration's user may read are answered. To search use query_records.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<RecordOutput> ExecuteAsync(
        GetRecordInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        ServiceNowNames.CheckTable(input.Table, "table");
        RecordFinder.Check(input.SysId, input.Number);
        var client = new ServiceNowClient(config, context);
        var asked = RecordView.CheckFields(input.Fields, "fields");
        string[] needed = input.SysId is null ? ["sys_id", "number"] : ["sys_id"];
        string[] fields = asked.Count is 0 ? [] : [.. needed.Union(asked)];
        var reading = input.SysId is { } sysId
            ? client.OneAsync(HttpMethod.Get, input.Table, sysId, RecordView.Parameters(input.DisplayValue, fields), null, cancellationToken)

            // Check said that there is one.
            : RecordFinder.ByNumberAsync(client, input.Table, input.Number!, input.DisplayValue, fields, cancellationToken);
        var record = await reading.ConfigureAwait(false);
        return RecordOutput.Of(input.Table, record, record, client.Instance, ReadFields.Missing(asked, [record]));
    }
}

/// <summary>Which record to read, and what of it.</summary>
public sealed record GetRecordInput
{
    /// <summary>The table.</summary>
    [Display(Name = "Table", Order = 10, Prompt = "incident",
        Description = "The name of the table, such as incident, problem, change_request, sys_user or cmdb_ci.")]
    [RegularExpression(ServiceNowNames.TablePattern)]
    [StringLength(80, MinimumLength = 1)]
    [HasOptions]
    public required string Table { get; init; }

    /// <summary>Which record.</summary>
    [Display(Name = "sys_id", Order = 20, Description = "The sys_id of the record. Give either this or number.")]
    [RegularExpression(ServiceNowNames.SysIdPattern)]
    [StringLength(32, MinimumLength = 1)]
    public string? SysId { get; init; }

    /// <summary>Which record.</summary>
    [Display(Name = "Number", Order = 30, Prompt = "INC0010001",
        Description = "The number of the record, in tables that have one. Give either this or sys_id.")]
    [RegularExpression(ServiceNowNames.NumberPattern)]
    [StringLength(40, MinimumLength = 1)]
    public string? Number { get; init; }

    /// <summary>The fields to answer.</summary>
    [Display(Name = "Fields", Order = 40, Description = "The fields to answer, sys_id always among them; left out, all of them.")]
    [Length(1, 100)]
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Stored values, what people see, or both.</summary>
    [Display(Name = "Display value", Order = 50,
        Description = "false: stored values (6, a sys_id, UTC). true: what people see (Resolved, a name, the user's time zone). all: both, "
            + "as {display_value, value}.")]
    public DisplayValue DisplayValue { get; init; } = DisplayValue.False;
}
