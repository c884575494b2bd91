using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Issues;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Gives an issue to a person, or takes it from one.</summary>
internal sealed class AssignIssue : IntegrationAction<JiraConfig, AssignIssueInput, AssignIssueOutput>
{
    public override string Name => "assign_issue";

    public override string Title => "Assign an issue";

    public override string Description =>
        "Assigns an issue to one person, given by full name, mail address or id; or to nobody with unassign true. Only an exact match is "
        + "taken; otherwise the error lists whom you may have meant. Answers changed false where the person has it already.";

    public override bool IsIdempotent => true;

    public override bool IsDestructive => true;

    public override Task<ActionPreview?> PreviewAsync(
        AssignIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(new(input.Unassign ? $"Takes {input.Issue} from whoever has it" : $"Assigns {input.Issue} to {input.Assignee}"));

    public override async Task<AssignIssueOutput> ExecuteAsync(
        AssignIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (input.Unassign == (input.Assignee is not null))
        {
            throw JiraFailures.InvalidInput("assignee", "Give either an assignee, or unassign true.");
        }

        var client = JiraClient.Of(config, context);
        var wanted = input.Assignee is { } name
            ? await People.FindAssignableAsync(name, ("issueKey", input.Issue), client, cancellationToken).ConfigureAwait(false)
            : null;
        var issue = await client.GetAsync($"issue/{input.Issue}?fields=assignee", "read the issue", cancellationToken).ConfigureAwait(false);
        var before = Person.Read(issue.At("fields", "assignee"));
        var changes = before?.Id != wanted?.Id;
        if (changes)
        {
            var call = new JiraCall(HttpMethod.Put, JiraCall.To($"issue/{input.Issue}/assignee"), "assign the issue")
            {
                Body = new JsonObject { [client.IsCloud ? "accountId" : "name"] = wanted?.Id },
            };
            await client.SendAsync(call, cancellationToken).ConfigureAwait(false);
        }

        return new AssignIssueOutput { Issue = input.Issue, Assignee = wanted, Before = before, Changed = changes };
    }
}

/// <summary>Which issue, and whom.</summary>
internal sealed record AssignIssueInput : IssueInput
{
    [Display(Name = "Assignee", Order = 10, Prompt = "Ada Lovelace",
        Description = "Full name, mail address, or account id (Cloud) or user name (Data Center).")]
    [HasOptions]
    [StringLength(255, MinimumLength = 1)]
    public string? Assignee { get; init; }

    [Display(Name = "Unassign", Order = 20, Description = "true: nobody has it afterwards.")]
    public bool Unassign { get; init; }
}

/// <summary>Who has it now.</summary>
internal sealed record AssignIssueOutput
{
    [Display(Name = "Issue")]
    public required string Issue { get; init; }

    [Display(Name = "Assignee", Description = "Who has it now; left out: nobody.")]
    public Person? Assignee { get; init; }

    [Display(Name = "Before", Description = "Who had it before; left out: nobody.")]
    public Person? Before { get; init; }

    [Display(Name = "Changed", Description = "false: it was so already, and nothing was done.")]
    public required bool Changed { get; init; }
}
