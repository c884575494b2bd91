using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.ServiceNow;

/// <summary>Which instance, as whom, and what an incident gets when a call does not say.</summary>
public sealed record ServiceNowConfig : IHasTimeout
{
    private const string InstanceGroup = "Instance";
    private const string IncidentGroup = "New incidents";

    /// <summary>The instance's base address, without a path.</summary>
    [Display(Name = "Instance URL", GroupName = InstanceGroup, Order = 10, Prompt = "https://acme.service-now.com",
        Description = "The address of the instance, without a path: https://{instance}.service-now.com, or your own domain for it.")]
    [Url]
    [StringLength(255, MinimumLength = 1)]
    public required string InstanceUrl { get; init; }

    /// <summary>Who the integration signs in as.</summary>
    [Display(Name = "Authentication", GroupName = InstanceGroup, Order = 20,
        Description = "How the integration signs in. Everything is done with the roles of that user, so give it a user of its own.")]
    public required ServiceNowAuth Auth { get; init; }

    /// <inheritdoc/>
    [Display(Name = "Timeout", GroupName = InstanceGroup, Order = 30, Description = "How long one attempt may take.")]
    [Range(1, 300)]
    [Unit("seconds")]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>The caller of an incident that names none: sys_id, user name, e-mail address or full name.</summary>
    [Display(Name = "Default caller", GroupName = IncidentGroup, Order = 40, Prompt = "monitoring",
        Description = "The caller of an incident when a call names none: sys_id, user name, e-mail address or full name of a user.")]
    [HasOptions]
    [StringLength(255, MinimumLength = 1)]
    public string? DefaultCaller { get; init; }

    /// <summary>The assignment group of an incident that names none: sys_id or name.</summary>
    [Display(Name = "Default assignment group", GroupName = IncidentGroup, Order = 50, Prompt = "Service Desk",
        Description = "The assignment group of an incident when a call names none: sys_id or name of a group.")]
    [HasOptions]
    [StringLength(255, MinimumLength = 1)]
    public string? DefaultAssignmentGroup { get; init; }

    /// <summary>The category of an incident that names none: the choice's value.</summary>
    [Display(Name = "Default category", GroupName = IncidentGroup, Order = 60, Prompt = "inquiry",
        Description = "The category of an incident when a call names none: the value of the choice, such as inquiry, software or network.")]
    [HasOptions]
    [StringLength(40, MinimumLength = 1)]
    public string? DefaultCategory { get; init; }
}
