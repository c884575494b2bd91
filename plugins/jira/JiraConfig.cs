using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Jira;

/// <summary>Which Jira, who signs in, and where new issues go unless a call says otherwise.</summary>
public sealed record JiraConfig : IHasTimeout
{
    private const string Site = "Site";
    private const string SignIn = "Sign-in";
    private const string Defaults = "Defaults";

    /// <summary>Cloud and Data Center are different products with different APIs.</summary>
    [Display(Name = "Deployment", GroupName = Site, Order = 10,
        Description = "cloud for a site that Atlassian runs (its address ends in .atlassian.net), data_center for one that you run.")]
    public required JiraDeployment Deployment { get; init; }

    /// <summary>The address that people open Jira at.</summary>
    [Display(Name = "Site URL", GroupName = Site, Order = 20, Prompt = "https://example.atlassian.net",
        Description = "The address that people open Jira at: https://SITE.atlassian.net, or the base URL of a Data Center with its "
            + "context path, such as https://jira.example.com/jira.")]
    [Url]
    [StringLength(2048, MinimumLength = 1)]
    public required string SiteUrl { get; init; }

    /// <inheritdoc/>
    [Display(Name = "Timeout", GroupName = Site, Order = 30, Description = "How long one action may take.")]
    [Range(1, 300)]
    [Unit("seconds")]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Whose account is used.</summary>
    [Display(Name = "Sign-in", GroupName = SignIn, Order = 40,
        Description = "Cloud: an API token, or OAuth 2 with a person's consent. Data Center: a personal access token, or user name and "
            + "password. What this account may do in Jira is what the integration can do.")]
    public required JiraAuth Auth { get; init; }

    /// <summary>Where new issues go; default: every call names the project.</summary>
    [Display(Name = "Default project", GroupName = Defaults, Order = 50, Prompt = "OPS",
        Description = "The key of the project that new issues go to unless the call names another.")]
    [HasOptions]
    [RegularExpression(JiraNames.Project, ErrorMessage = JiraNames.ProjectAdvice)]
    public string? DefaultProject { get; init; }

    /// <summary>What new issues are; default: every call names the type.</summary>
    [Display(Name = "Default issue type", GroupName = Defaults, Order = 60, Prompt = "Task",
        Description = "The name of the issue type that new issues have unless the call names another.")]
    [HasOptions]
    [StringLength(60, MinimumLength = 1)]
    public string? DefaultIssueType { get; init; }

    internal bool IsCloud => Deployment is JiraDeployment.Cloud;
}

/// <summary>Which of the two products.</summary>
public enum JiraDeployment
{
    /// <summary>Run by Atlassian; REST v3.</summary>
    [Display(Name = "Cloud")]
    Cloud,

    /// <summary>Run by its owner; REST v2.</summary>
    [Display(Name = "Data Center")]
    DataCenter,
}
