using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

/// <summary>An incident after it was written.</summary>
public sealed record IncidentOutput
{
    /// <summary>Its id, for further calls.</summary>
    [Display(Name = "sys_id", Order = 10, Description = "The id of the incident, for further calls.")]
    public required string SysId { get; init; }

    /// <summary>Its number, for people.</summary>
    [Display(Name = "Number", Order = 20, Description = "The number that people know it by, such as INC0010001.")]
    public required string Number { get; init; }

    /// <summary>The state's value, such as <c>2</c>.</summary>
    [Display(Name = "State", Order = 30, Description = "The state's value: 1 new, 2 in progress, 3 on hold, 6 resolved, 7 closed, 8 canceled.")]
    public required string State { get; init; }

    /// <summary>The state as people see it.</summary>
    [Display(Name = "State label", Order = 40, Description = "The state as people see it, such as In Progress.")]
    public required string StateLabel { get; init; }

    /// <summary>The priority as people see it.</summary>
    [Display(Name = "Priority", Order = 50, Description = "The priority as people see it, such as 3 - Moderate.")]
    public required string Priority { get; init; }

    /// <summary>Where a person opens it.</summary>
    [Display(Name = "URL", Order = 60, Description = "Where a person opens it.")]
    public required string Url { get; init; }

    /// <summary>It was there already, under the same correlation_id; nothing was created.</summary>
    [Display(Name = "Already existed", Order = 70,
        Description = "An incident with this correlation_id was there already, so that none was created.")]
    public bool? AlreadyExisted { get; init; }

    /// <summary>Fields that are not as they were asked for.</summary>
    [Display(Name = "Warnings", Order = 80,
        Description = "Fields that were not stored as sent, for example because an access control rule dropped them; empty: all were.")]
    public required IReadOnlyList<FieldWarning> Warnings { get; init; }

    internal static IncidentOutput Of(JsonObject record, ServiceNowInstance instance, IReadOnlyList<FieldWarning> warnings)
    {
        var sysId = RecordView.ValueOf(record, "sys_id");
        return new IncidentOutput
        {
            SysId = sysId,
            Number = RecordView.ValueOf(record, "number"),
            State = RecordView.ValueOf(record, "state"),
            StateLabel = RecordView.DisplayOf(record, "state"),
            Priority = RecordView.DisplayOf(record, "priority"),
            Url = instance.Page("incident", sysId),
            Warnings = warnings,
        };
    }
}
