using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Incidents;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class ResolveIncident : IntegrationAction<ServiceNowConfig, ResolveIncidentInput, IncidentOutput>
{
    public override string Name => "resolve_incident";

    public override string Title => "Resolve an incident";

    public override string Description =>
        "Sets an incident, named by sys_id or number, to resolved with its resolution code and notes, both of which ServiceNow demands. "
        + "Fails when the instance took the call and yet did not resolve the incident.";

    // The same state and the same texts are written again; ServiceNow takes that for no change.
    public override bool IsIdempotent => true;

    public override bool IsDestructive => true;

    public override async Task<IncidentOutput> ExecuteAsync(
        ResolveIncidentInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = new ServiceNowClient(config, context);
        RecordFinder.Check(input.SysId, input.Number);
        var fields = new JsonObject
        {
            ["state"] = IncidentWords.Resolved, ["close_code"] = input.CloseCode, ["close_notes"] = input.CloseNotes,
        };
        var sysId = await RecordFinder.SysIdAsync(client, "incident", input.SysId, input.Number, cancellationToken).ConfigureAwait(false);
        var output = await IncidentWriter.PatchAsync(client, sysId, fields, cancellationToken).ConfigureAwait(false);

        // An instance may close it at once.
        return output.State is IncidentWords.Resolved or IncidentWords.Closed
            ? output
            : throw new IntegrationException(
                FailureKind.Rejected,
                $"{output.Number} is not resolved: the instance took the call and left its state as it was. An access control rule or a business "
                + "rule keeps the integration's user from changing it; ask the administrator of the instance.")
            {
                Errors = [.. output.Warnings.Select(warning => new FieldError(warning.Field, warning.Message))],
            };
    }
}

/// <summary>How an incident was resolved.</summary>
public sealed record ResolveIncidentInput
{
    /// <summary>Which incident.</summary>
    [Display(Name = "sys_id", Order = 10, Description = "The sys_id of the incident. Give either this or number.")]
    [RegularExpression(ServiceNowNames.SysIdPattern)]
    [StringLength(32, MinimumLength = 1)]
    public string? SysId { get; init; }

    /// <summary>Which incident.</summary>
    [Display(Name = "Number", Order = 20, Prompt = "INC0010001", Description = "The number of the incident. Give either this or sys_id.")]
    [RegularExpression(ServiceNowNames.NumberPattern)]
    [StringLength(40, MinimumLength = 1)]
    public string? Number { get; init; }

    /// <summary>The resolution code.</summary>
    [Display(Name = "Close code", Order = 30, Prompt = "Solution provided",
        Description = "The resolution code, a value that the instance knows: as shipped Solution provided, Workaround provided, Resolved by "
            + "caller, "
            + "Resolved by change, Resolved by problem, Resolved by request, No resolution provided, Duplicate, Known error or User error.")]
    [StringLength(40, MinimumLength = 1)]
    [HasOptions]
    public required string CloseCode { get; init; }

    /// <summary>How it was resolved; the caller reads it.</summary>
    [Display(Name = "Close notes", Order = 40, Description = "How it was resolved; the caller reads it. At most 4000 characters.")]
    [StringLength(4000, MinimumLength = 1)]
    [Multiline]
    [Sensitive]
    public required string CloseNotes { get; init; }
}
