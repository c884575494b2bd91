using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>An issue to be made.</summary>
internal sealed record CreateIssueInput
{
    [Display(Name = "Summary", Order = 10, Description = "The title: one line of at most 255 characters.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Summary { get; init; }

    [Display(Name = "Project", Order = 20, Prompt = "OPS", Description = "The project's key; default: the integration's.")]
    [HasOptions]
    [RegularExpression(JiraNames.Project, ErrorMessage = JiraNames.ProjectAdvice)]
    public string? Project { get; init; }

    [Display(Name = "Issue type", Order = 30, Prompt = "Task", Description = "Its name, such as Task or Bug; default: the integration's.")]
    [HasOptions]
    [StringLength(60, MinimumLength = 1)]
    public string? IssueType { get; init; }

    [Display(Name = "Description", Order = 40,
        Description = "Markdown, at most 32767 characters: headings, lists, tables, task lists, code, links. Line breaks are kept.")]
    [Multiline]
    [Sensitive]
    public string? Description { get; init; }

    [Display(Name = "Description (ADF)", Order = 50,
        Description = "Instead of description, Cloud only: an Atlassian Document Format tree, {\"version\": 1, \"type\": \"doc\", \"content\": […]}.")]
    [Sensitive]
    public JsonObject? DescriptionAdf { get; init; }

    [Display(Name = "Assignee", Order = 60, Description = "Full name, mail address, or account id (Cloud) or user name (Data Center).")]
    [HasOptions]
    [StringLength(255, MinimumLength = 1)]
    public string? Assignee { get; init; }

    [Display(Name = "Priority", Order = 70, Prompt = "High", Description = "Its name.")]
    [HasOptions]
    [StringLength(60, MinimumLength = 1)]
    public string? Priority { get; init; }

    [Display(Name = "Labels", Order = 80, Description = "Words without spaces.")]
    [MaxLength(50)]
    public IReadOnlyList<string> Labels { get; init; } = [];

    [Display(Name = "Components", Order = 90, Description = "Names of components of the project.")]
    [MaxLength(50)]
    public IReadOnlyList<string> Components { get; init; } = [];

    [Display(Name = "Parent", Order = 100, Prompt = "OPS-1", Description = "The key of the parent of a sub-task, or of the epic on Cloud.")]
    [RegularExpression(JiraNames.Issue, ErrorMessage = JiraNames.IssueAdvice)]
    public string? Parent { get; init; }

    [Display(Name = "Due date", Order = 110, Description = "As 2026-01-31.")]
    public DateOnly? DueDate { get; init; }

    [Display(Name = "Fields", Order = 120,
        Description = "Further fields by the name that people see or by id (customfield_10010). Plain texts for choices, versions and long "
            + "text (Markdown); a list for several; null empties; any other JSON goes to Jira as it is.")]
    [MaxLength(100)]
    [Sensitive]
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }

    [Display(Name = "Dedupe key", Order = 130, Prompt = "alert-4711",
        Description = "Whatever is the same for every repetition, such as an alert's id. The issue gets a label made of it; while an issue "
            + "with that label exists, no second one is made.")]
    [StringLength(255, MinimumLength = 1)]
    public string? DedupeKey { get; init; }
}

/// <summary>The issue.</summary>
internal sealed record CreateIssueOutput
{
    [Display(Name = "Key", Description = "Such as OPS-42.")]
    public required string Key { get; init; }

    [Display(Name = "Id", Description = "Jira's own id; left out where the issue existed.")]
    public string? Id { get; init; }

    [Display(Name = "URL", Description = "Where people see it.")]
    public required string Url { get; init; }

    [Display(Name = "Created", Description = "false: an issue of this dedupe_key existed, and this is it.")]
    public required bool Created { get; init; }
}
