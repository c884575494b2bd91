using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class DeleteRecord : IntegrationAction<ServiceNowConfig, DeleteRecordInput, DeleteRecordOutput>
{
    public override string Name => "delete_record";

    public override string Title => "Delete a record";

    public override string Description =>
        "Deletes one record of any table, named by its sys_id (get_record and query_records find it), with all that the instance deletes along "
        + "with it. It cannot be taken back. Incidents are better canceled with update_incident.";

    public override bool IsIdempotent => true;

    public override bool IsDestructive => true;

    public override async Task<DeleteRecordOutput> ExecuteAsync(
        DeleteRecordInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        Check(input);
        var client = new ServiceNowClient(config, context);
        if (await client.DeleteAsync(input.Table, input.SysId, cancellationToken).ConfigureAwait(false)) return new DeleteRecordOutput(true);

        // An attempt whose answer was lost has deleted it.
        return context.Attempt > 1
            ? new DeleteRecordOutput(true)
            : throw new IntegrationException(
                FailureKind.NotFound,
                $"{client.Instance.Host} has no such record, or an access control rule hides it. Check the table and the sys_id.")
            {
                Effect = Effect.None,
            };
    }

    public override Task<ActionPreview?> PreviewAsync(
        DeleteRecordInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        Check(input);
        return Task.FromResult<ActionPreview?>(new ActionPreview(
            $"Deletes {input.SysId} from {input.Table} of {new ServiceNowInstance(config.InstanceUrl).Host}"));
    }

    private static void Check(DeleteRecordInput input)
    {
        ServiceNowNames.CheckTable(input.Table, "table");
        ServiceNowNames.CheckSysId(input.SysId, "sys_id");
    }
}

/// <summary>Which record to delete.</summary>
public sealed record DeleteRecordInput
{
    /// <summary>The table.</summary>
    [Display(Name = "Table", Order = 10, Prompt = "u_my_table", Description = "The name of the table.")]
    [RegularExpression(ServiceNowNames.TablePattern)]
    [StringLength(80, MinimumLength = 1)]
    [HasOptions]
    public required string Table { get; init; }

    /// <summary>Which record.</summary>
    [Display(Name = "sys_id", Order = 20, Description = "The sys_id of the record.")]
    [RegularExpression(ServiceNowNames.SysIdPattern)]
    [StringLength(32, MinimumLength = 1)]
    public required string SysId { get; init; }
}

/// <summary>The record is gone.</summary>
/// <param name="Deleted">Always true.</param>
public sealed record DeleteRecordOutput(bool Deleted);
