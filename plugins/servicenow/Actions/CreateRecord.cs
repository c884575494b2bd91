using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class CreateRecord : IntegrationAction<ServiceNowConfig, CreateRecordInput, RecordOutput>
{
    public override string Name => "create_record";

    public override string Title => "Create a record";

    public override string Description =>
        "Creates a record in any table from its column names and stored values (a reference is a sys_id) and answers it with its sys_id. For "
        + "incidents create_incident is simpler and safe from duplicates. Look at warnings: ServiceNow silently ignores fields that do not "
        + "exist or that the integration's user may not write.";

    public override async Task<RecordOutput> ExecuteAsync(
        CreateRecordInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        ServiceNowNames.CheckTable(input.Table, "table");
        WrittenFields.Check(input.Record, "record");
        var options = new WriteOptions(RecordView.CheckFields(input.Fields, "fields"), input.DisplayValue, input.InputDisplayValue);
        return await RecordWriter
            .WriteAsync(new ServiceNowClient(config, context), input.Table, null, input.Record, options, cancellationToken).ConfigureAwait(false);
    }

    public override Task<ActionPreview?> PreviewAsync(
        CreateRecordInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        ServiceNowNames.CheckTable(input.Table, "table");
        WrittenFields.Check(input.Record, "record");
        var host = new ServiceNowInstance(config.InstanceUrl).Host;
        return Task.FromResult<ActionPreview?>(new ActionPreview($"Creates a record in {input.Table} of {host}")
        {
            Details = [new("fields", string.Join(", ", input.Record.Select(field => field.Key)))],
        });
    }
}

/// <summary>A record to create.</summary>
public sealed record CreateRecordInput
{
    /// <summary>The table.</summary>
    [Display(Name = "Table", Order = 10, Prompt = "problem",
        Description = "The name of the table, such as problem, change_request or u_my_table.")]
    [RegularExpression(ServiceNowNames.TablePattern)]
    [StringLength(80, MinimumLength = 1)]
    [HasOptions]
    public required string Table { get; init; }

    /// <summary>Column names and values.</summary>
    [Display(Name = "Record", Order = 20,
        Description = "Column names and values, such as {\"short_description\": \"Disk full\", \"urgency\": \"1\"}: texts, numbers, true, "
            + "false or null. "
            + "Dates and times are UTC, as 2026-01-31 09:30:00; several references are one text of sys_ids with commas.")]
    [Sensitive]
    public required JsonObject Record { get; init; }

    /// <summary>The values are what people see.</summary>
    [Display(Name = "Input display value", Order = 30,
        Description = "true: the values are what people see (a name for a reference, Resolved for a state, dates in the user's time zone), "
            + "and ServiceNow finds what is stored.")]
    public bool InputDisplayValue { get; init; }

    /// <summary>The fields to answer.</summary>
    [Display(Name = "Fields", Order = 40, Description = "The fields to answer, beside sys_id and those that are written; left out, all of them.")]
    [Length(1, 100)]
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Stored values, what people see, or both.</summary>
    [Display(Name = "Display value", Order = 50,
        Description = "How fields are answered. false: stored values. true: what people see. all: both, as {display_value, value}.")]
    public DisplayValue DisplayValue { get; init; } = DisplayValue.False;
}
