using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

/// <summary>A record of any table.</summary>
public sealed record RecordOutput
{
    /// <summary>Its id, for further calls.</summary>
    [Display(Name = "sys_id", Order = 10, Description = "The id of the record, for further calls.")]
    public required string SysId { get; init; }

    /// <summary>Where a person opens it.</summary>
    [Display(Name = "URL", Order = 20, Description = "Where a person opens it.")]
    public required string Url { get; init; }

    /// <summary>The fields by their column names.</summary>
    [Display(Name = "Record", Order = 30,
        Description = "The fields by their column names: texts, or {display_value, value} with display_value all.")]
    [Sensitive]
    public required JsonObject Record { get; init; }

    /// <summary>Fields that are not as they were asked for.</summary>
    [Display(Name = "Warnings", Order = 40,
        Description = "Fields that were not stored as sent or not answered, for example because of an access control rule; empty: none.")]
    public required IReadOnlyList<FieldWarning> Warnings { get; init; }

    internal static RecordOutput Of(
        string table, JsonObject record, JsonObject shown, ServiceNowInstance instance, IReadOnlyList<FieldWarning> warnings)
    {
        var sysId = RecordView.ValueOf(record, "sys_id");
        return new RecordOutput { SysId = sysId, Url = instance.Page(table, sysId), Record = shown, Warnings = warnings };
    }
}
