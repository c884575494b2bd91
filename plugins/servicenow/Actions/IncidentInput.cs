using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Incidents;

namespace Vaka.Plugins.ServiceNow.Actions;

/// <summary>What can be said of an incident when it is created and later.</summary>
public abstract record IncidentInput
{
    /// <summary>What happened, at length.</summary>
    [Display(Name = "Description", Order = 20, Description = "What happened, at length; plain text with line breaks, at most 4000 characters.")]
    [StringLength(4000)]
    [Multiline]
    [Sensitive]
    public string? Description { get; init; }

    /// <summary>Who is affected.</summary>
    [Display(Name = "Caller", Order = 30, Prompt = "abel.tuter",
        Description = "The user who is affected: sys_id, user name, e-mail address or exact full name.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? Caller { get; init; }

    /// <summary>How many are hit.</summary>
    [Display(Name = "Impact", Order = 40, Description = "How many are hit: high, medium or low. Together with urgency it makes the priority.")]
    public IncidentLevel? Impact { get; init; }

    /// <summary>How soon it must be solved.</summary>
    [Display(Name = "Urgency", Order = 50, Description = "How soon it must be solved: high, medium or low.")]
    public IncidentLevel? Urgency { get; init; }

    /// <summary>The priority itself.</summary>
    [Display(Name = "Priority", Order = 60,
        Description = "Leave it empty: ServiceNow computes it from impact and urgency, and most instances overwrite what is given here (a "
            + "warning then says so).")]
    public IncidentPriority? Priority { get; init; }

    /// <summary>The category's value.</summary>
    [Display(Name = "Category", Order = 70, Prompt = "network",
        Description = "The value of a category, such as inquiry, software, hardware, network or database.")]
    [StringLength(40, MinimumLength = 1)]
    [HasOptions]
    public string? Category { get; init; }

    /// <summary>The subcategory's value.</summary>
    [Display(Name = "Subcategory", Order = 80, Prompt = "vpn", Description = "The value of a subcategory of the category.")]
    [StringLength(40, MinimumLength = 1)]
    [HasOptions]
    public string? Subcategory { get; init; }

    /// <summary>How it was reported.</summary>
    [Display(Name = "Contact type", Order = 90, Prompt = "monitoring",
        Description = "How it was reported: the value of a channel, such as email, phone, self-service, monitoring or virtual_agent.")]
    [StringLength(40, MinimumLength = 1)]
    [HasOptions]
    public string? ContactType { get; init; }

    /// <summary>Who works on it: a group.</summary>
    [Display(Name = "Assignment group", Order = 100, Prompt = "Network", Description = "The group that works on it: sys_id or exact name.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? AssignmentGroup { get; init; }

    /// <summary>Who works on it: a person.</summary>
    [Display(Name = "Assigned to", Order = 110, Prompt = "beth.anglin",
        Description = "The person who works on it: sys_id, user name, e-mail address or exact full name. Must be a member of the assignment "
            + "group.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? AssignedTo { get; init; }

    /// <summary>What is broken.</summary>
    [Display(Name = "Configuration item", Order = 120, Prompt = "mail-server-01",
        Description = "What is broken: sys_id or exact name of a configuration item (cmdb_ci).")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? ConfigurationItem { get; init; }

    /// <summary>A note that the caller does not see.</summary>
    [Display(Name = "Work notes", Order = 130,
        Description = "A note for those who work on it, which the caller does not see. Added to those that are there.")]
    [StringLength(4000, MinimumLength = 1)]
    [Multiline]
    [Sensitive]
    public string? WorkNotes { get; init; }

    /// <summary>A comment that the caller sees.</summary>
    [Display(Name = "Comments", Order = 140,
        Description = "A comment that the caller sees, and is usually mailed. Added to those that are there.")]
    [StringLength(4000, MinimumLength = 1)]
    [Multiline]
    [Sensitive]
    public string? Comments { get; init; }

    /// <summary>Fields that have no input of their own.</summary>
    [Display(Name = "Other fields", Order = 200,
        Description = "Any further fields by their column names with stored values, such as {\"u_region\": \"emea\", \"business_service\": "
            + "\"<sys_id>\"}. null clears a field.")]
    [Sensitive]
    public JsonObject? OtherFields { get; init; }
}
