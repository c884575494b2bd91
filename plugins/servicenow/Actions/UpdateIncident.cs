using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Incidents;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class UpdateIncident : IntegrationAction<ServiceNowConfig, UpdateIncidentInput, IncidentOutput>
{
    private static readonly string[] Typed = ["short_description", "state", "hold_reason"];

    public override string Name => "update_incident";

    public override string Title => "Update an incident";

    public override string Description =>
        "Changes an incident, named by sys_id or number, and adds work notes or comments. Only the fields that are given are written. To "
        + "resolve it use resolve_incident. Answers the state it then has and, in warnings, the fields that ServiceNow did not store as sent.";

    // Notes and comments are added with every call.
    public override bool IsIdempotent => false;

    public override bool IsDestructive => true;

    public override async Task<IncidentOutput> ExecuteAsync(
        UpdateIncidentInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = new ServiceNowClient(config, context);
        RecordFinder.Check(input.SysId, input.Number);
        var fields = Compose(input);
        await IncidentFields.AddReferencesAsync(fields, input, client, withDefaults: false, cancellationToken).ConfigureAwait(false);
        if (fields.Count is 0) throw ServiceNowFailures.InvalidInput("", "There is nothing to change: give at least one field.");
        var sysId = await RecordFinder.SysIdAsync(client, "incident", input.SysId, input.Number, cancellationToken).ConfigureAwait(false);
        return await IncidentWriter.PatchAsync(client, sysId, fields, cancellationToken).ConfigureAwait(false);
    }

    private static JsonObject Compose(UpdateIncidentInput input)
    {
        var fields = IncidentFields.Plain(input);
        IncidentFields.Set(fields, "short_description", input.ShortDescription);
        if (input.State is not null)
        {
            var state = IncidentWords.State(input.State, "state");
            fields["state"] = state is not IncidentWords.Resolved
                ? state
                : throw ServiceNowFailures.InvalidInput("state", "Use resolve_incident, which takes the resolution that ServiceNow demands.");
        }

        IncidentFields.Set(fields, "hold_reason", input.HoldReason is null ? null : IncidentWords.HoldReason(input.HoldReason, "hold_reason"));
        IncidentFields.AddOthers(fields, input, Typed);
        return fields;
    }
}

/// <summary>What to change of an incident.</summary>
public sealed record UpdateIncidentInput : IncidentInput
{
    /// <summary>Which incident.</summary>
    [Display(Name = "sys_id", Order = 1, Description = "The sys_id of the incident. Give either this or number.")]
    [RegularExpression(ServiceNowNames.SysIdPattern)]
    [StringLength(32, MinimumLength = 1)]
    public string? SysId { get; init; }

    /// <summary>Which incident.</summary>
    [Display(Name = "Number", Order = 2, Prompt = "INC0010001", Description = "The number of the incident. Give either this or sys_id.")]
    [RegularExpression(ServiceNowNames.NumberPattern)]
    [StringLength(40, MinimumLength = 1)]
    public string? Number { get; init; }

    /// <summary>What happened, in one line.</summary>
    [Display(Name = "Short description", Order = 10, Description = "What happened, in one line of at most 160 characters.")]
    [StringLength(160, MinimumLength = 1)]
    public string? ShortDescription { get; init; }

    /// <summary>The new state.</summary>
    [Display(Name = "State", Order = 12, Prompt = "in_progress",
        Description = "The new state: new, in_progress, on_hold, closed or canceled, or the number of a state of the instance's own.")]
    [StringLength(40, MinimumLength = 1)]
    [HasOptions]
    public string? State { get; init; }

    /// <summary>Why it is on hold.</summary>
    [Display(Name = "Hold reason", Order = 14, Prompt = "awaiting_vendor",
        Description = "With state on_hold: awaiting_caller (give comments too), awaiting_problem, awaiting_vendor or awaiting_change.")]
    [StringLength(40, MinimumLength = 1)]
    public string? HoldReason { get; init; }
}
