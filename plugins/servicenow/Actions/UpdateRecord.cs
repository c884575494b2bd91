using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class UpdateRecord : IntegrationAction<ServiceNowConfig, UpdateRecordInput, RecordOutput>
{
    public override string Name => "update_record";

    public override string Title => "Update a record";

    public override string Description =>
        "Changes a record of any table, named by sys_id or number. Only the fields that are given are written; null clears one. Answers the "
        + "record as it then is. Look at warnings: ServiceNow silently ignores fields that do not exist or that the integration's user may "
            + "not write.";

    // A table may have journal fields, to which every call adds.
    public override bool IsIdempotent => false;

    public override bool IsDestructive => true;

    public override async Task<RecordOutput> ExecuteAsync(
        UpdateRecordInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        Check(input);
        var options = new WriteOptions(RecordView.CheckFields(input.Fields, "fields"), input.DisplayValue, input.InputDisplayValue);
        var client = new ServiceNowClient(config, context);
        var sysId = await RecordFinder.SysIdAsync(client, input.Table, input.SysId, input.Number, cancellationToken).ConfigureAwait(false);
        return await RecordWriter.WriteAsync(client, input.Table, sysId, input.Record, options, cancellationToken).ConfigureAwait(false);
    }

    public override Task<ActionPreview?> PreviewAsync(
        UpdateRecordInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        Check(input);
        return Task.FromResult<ActionPreview?>(new ActionPreview(
            $"Changes {input.Number ?? input.SysId} in {input.Table} of {new ServiceNowInstance(config.InstanceUrl).Host}")
        {
            Details = [new("fields", string.Join(", ", input.Record.Select(field => field.Key)))],
        });
    }

    private static void Check(UpdateRecordInput input)
    {
        ServiceNowNames.CheckTable(input.Table, "table");
        RecordFinder.Check(input.SysId, input.Number);
        WrittenFields.Check(input.Record, "record");
    }
}

/// <summary>What to change of a record.</summary>
public sealed record UpdateRecordInput
{
    /// <summary>The table.</summary>
    [Display(Name = "Table", Order = 10, Prompt = "problem",
        Description = "The name of the table, such as problem, change_request or u_my_table.")]
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
    [Display(Name = "Number", Order = 30, Prompt = "PRB0040001",
        Description = "The number of the record, in tables that have one. Give either this or sys_id.")]
    [RegularExpression(ServiceNowNames.NumberPattern)]
    [StringLength(40, MinimumLength = 1)]
    public string? Number { get; init; }

    /// <summary>Column names and values.</summary>
    [Display(Name = "Record", Order = 40,
        Description = "Column names and new values, such as {\"state\": \"2\", \"assigned_to\": null}: texts, numbers, true, false or null, "
            + "which clears the "
            + "field. Dates and times are UTC, as 2026-01-31 09:30:00; several references are one text of sys_ids with commas.")]
    [Sensitive]
    public required JsonObject Record { get; init; }

    /// <summary>The values are what people see.</summary>
    [Display(Name = "Input display value", Order = 50,
        Description = "true: the values are what people see (a name for a reference, Resolved for a state, dates in the user's time zone), "
            + "and ServiceNow finds what is stored.")]
    public bool InputDisplayValue { get; init; }

    /// <summary>The fields to answer.</summary>
    [Display(Name = "Fields", Order = 60, Description = "The fields to answer, beside sys_id and those that are written; left out, all of them.")]
    [Length(1, 100)]
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Stored values, what people see, or both.</summary>
    [Display(Name = "Display value", Order = 70,
        Description = "How fields are answered. false: stored values. true: what people see. all: both, as {display_value, value}.")]
    public DisplayValue DisplayValue { get; init; } = DisplayValue.False;
}
