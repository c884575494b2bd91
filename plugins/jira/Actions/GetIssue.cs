using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Vaka.Plugins.Jira.Issues;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Reads an issue.</summary>
internal sealed class GetIssue : IntegrationAction<JiraConfig, GetIssueInput, GetIssueOutput>
{
    public override string Name => "get_issue";

    public override string Title => "Get an issue";

    public override string Description =>
        "Reads one issue by its key: summary, status, type, people, dates, and the description as Markdown (Data Center: as the wiki markup "
        + "that is stored). Name further fields in fields; set comments to get that many of the newest comments as well.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<GetIssueOutput> ExecuteAsync(
        GetIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = JiraClient.Of(config, context);
        var more = await Issue.FindAsync(input.Fields, client, cancellationToken).ConfigureAwait(false);
        var fields = string.Join(',', Issue.Ask(more.Select(item => item.Field)).Append("description"));
        var issue = await client.GetAsync($"issue/{input.Issue}?fields={fields}", "read the issue", cancellationToken).ConfigureAwait(false);
        return new GetIssueOutput
        {
            Issue = Issue.Read(issue, more, config),
            Description = JiraText.Read(issue.At("fields", "description")),
            Comments = input.Comments is 0 ? null : await CommentsAsync(input, client, cancellationToken).ConfigureAwait(false),
        };
    }

    private static async Task<IReadOnlyList<Comment>> CommentsAsync(GetIssueInput input, JiraClient client, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(
            $"issue/{input.Issue}/comment?orderBy=-created&maxResults={input.Comments}", "read the comments", cancellationToken).ConfigureAwait(false);
        return
        [
            .. answer.Items("comments").Take(input.Comments).Select(comment => new Comment
            {
                Id = comment.Text("id") ?? "",
                Author = Person.Read(comment.At("author")),
                Body = JiraText.Read(comment.At("body")) ?? "",
                Created = comment.Text("created"),
            }),
        ];
    }
}

/// <summary>Which issue, and how much of it.</summary>
internal sealed record GetIssueInput : IssueInput
{
    [Display(Name = "Fields", Order = 10, Description = "Further fields to answer, by the name that people see or by id.")]
    [MaxLength(50)]
    public IReadOnlyList<string> Fields { get; init; } = [];

    [Display(Name = "Comments", Order = 20, Description = "How many of the newest comments to answer; default: none.")]
    [Range(0, 50)]
    public int Comments { get; init; }
}

/// <summary>The issue.</summary>
internal sealed record GetIssueOutput
{
    [Display(Name = "Issue")]
    public required Issue Issue { get; init; }

    [Display(Name = "Description", Description = "Markdown; on Data Center the wiki markup.")]
    [Sensitive]
    public string? Description { get; init; }

    [Display(Name = "Comments", Description = "The newest first.")]
    [Sensitive]
    public IReadOnlyList<Comment>? Comments { get; init; }
}

/// <summary>A comment.</summary>
internal sealed record Comment
{
    public required string Id { get; init; }

    public Person? Author { get; init; }

    public required string Body { get; init; }

    public string? Created { get; init; }
}
