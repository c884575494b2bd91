using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>An action on one issue.</summary>
internal abstract record IssueInput
{
    [Display(Name = "Issue", Order = 1, Prompt = "OPS-42", Description = "The issue's key, such as OPS-42, or its numeric id.")]
    [RegularExpression(JiraNames.Issue, ErrorMessage = JiraNames.IssueAdvice)]
    public required string Issue { get; init; }
}
