using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Removes an issue for good.</summary>
internal sealed class DeleteIssue : IntegrationAction<JiraConfig, DeleteIssueInput, DeleteIssueOutput>
{
    public override string Name => "delete_issue";

    public override string Title => "Delete an issue";

    public override string Description =>
        "Deletes an issue with its comments and files, for good: Jira has no bin. An issue with sub-tasks is refused unless "
        + "delete_subtasks is true. Closing it with transition_issue is nearly always the better way.";

    // What is gone is gone: a repetition finds nothing to delete.
    public override bool IsIdempotent => true;

    public override bool IsDestructive => true;

    public override async Task<DeleteIssueOutput> ExecuteAsync(
        DeleteIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var path = JiraCall.To($"issue/{input.Issue}?deleteSubtasks={(input.DeleteSubtasks ? "true" : "false")}");
        var call = new JiraCall(HttpMethod.Delete, path, "delete the issue");
        var client = JiraClient.Of(config, context);
        var answer = await client.TrySendAsync(call, cancellationToken).ConfigureAwait(false);

        // An earlier attempt of this very call may have done it before its answer was lost.
        if (answer.StatusCode is 404 && context.Attempt > 1) return new DeleteIssueOutput(input.Issue, AlreadyGone: true);
        if (!answer.IsSuccess) throw JiraFailures.From(answer, call, config);
        return answer.Body.IsEmpty || answer.Json is not null
            ? new DeleteIssueOutput(input.Issue, AlreadyGone: false)
            : throw JiraFailures.NotJira(answer, call);
    }

    public override Task<ActionPreview?> PreviewAsync(
        DeleteIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(new($"Deletes {input.Issue}{(input.DeleteSubtasks ? " and its sub-tasks" : "")} for good"));
}

/// <summary>Which issue.</summary>
internal sealed record DeleteIssueInput : IssueInput
{
    [Display(Name = "Delete sub-tasks", Order = 10,
        Description = "Whether its sub-tasks go with it; default: no, and an issue that has some stays.")]
    public bool DeleteSubtasks { get; init; }
}

/// <summary>What is gone.</summary>
internal sealed record DeleteIssueOutput(
    string Issue,
    [property: Display(Name = "Already gone", Description = "true: a repeated attempt found that it no longer exists.")] bool AlreadyGone);
