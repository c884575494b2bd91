using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Writes a comment.</summary>
internal sealed class AddComment : IntegrationAction<JiraConfig, AddCommentInput, AddCommentOutput>
{
    public override string Name => "add_comment";

    public override string Title => "Comment on an issue";

    public override string Description =>
        "Adds a comment to an issue, in Markdown. It can be restricted to a project role or a group, or be internal in Jira Service "
        + "Management (customers do not see it). Answers the comment's id and address. Repeating the call adds another comment.";

    public override Task<ActionPreview?> PreviewAsync(
        AddCommentInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(new($"Comments on {input.Issue}{(input.Internal ? " internally" : "")}"));

    public override async Task<AddCommentOutput> ExecuteAsync(
        AddCommentInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (input is { VisibleToRole: not null, VisibleToGroup: not null })
        {
            throw JiraFailures.InvalidInput("visible_to_group", "Restrict a comment to a role or to a group, not both.");
        }

        var client = JiraClient.Of(config, context);
        var text = JiraText.Choose(input.Body, input.BodyAdf, client.IsCloud, "body");
        if (text is null || string.IsNullOrWhiteSpace(input.Body) && input.BodyAdf is null)
        {
            throw JiraFailures.InvalidInput("body", "Give the comment's text.");
        }

        var body = new JsonObject { ["body"] = text };
        if ((input.VisibleToRole ?? input.VisibleToGroup) is { } restricted)
        {
            body["visibility"] = new JsonObject { ["type"] = input.VisibleToRole is null ? "group" : "role", ["value"] = restricted };
        }

        if (input.Internal)
        {
            var isInternal = new JsonObject { ["key"] = "sd.public.comment", ["value"] = new JsonObject { ["internal"] = true } };
            body["properties"] = new JsonArray(isInternal);
        }

        var call = new JiraCall(HttpMethod.Post, JiraCall.To($"issue/{input.Issue}/comment"), "add the comment") { Body = body };
        var answer = await client.ReadAsync(call, cancellationToken).ConfigureAwait(false);
        var id = answer.Text("id") ?? "";
        return new AddCommentOutput
        {
            Id = id,
            Url = $"{JiraSite.LinkTo(input.Issue, config)}?focusedCommentId={Uri.EscapeDataString(id)}",
            Created = answer.Text("created"),
        };
    }
}

/// <summary>A comment to be written.</summary>
internal sealed record AddCommentInput : IssueInput
{
    [Display(Name = "Body", Order = 10, Description = "Markdown, at most 32767 characters.")]
    [Multiline]
    [Sensitive]
    public string? Body { get; init; }

    [Display(Name = "Body (ADF)", Order = 20, Description = "Instead of body, Cloud only: an Atlassian Document Format tree.")]
    [Sensitive]
    public JsonObject? BodyAdf { get; init; }

    [Display(Name = "Visible to role", Order = 30, Prompt = "Developers", Description = "Only people of this project role see it.")]
    [StringLength(255, MinimumLength = 1)]
    public string? VisibleToRole { get; init; }

    [Display(Name = "Visible to group", Order = 40, Prompt = "jira-administrators", Description = "Only people of this group see it.")]
    [StringLength(255, MinimumLength = 1)]
    public string? VisibleToGroup { get; init; }

    [Display(Name = "Internal", Order = 50, Description = "Jira Service Management: an internal note that customers do not see.")]
    public bool Internal { get; init; }
}

/// <summary>The comment.</summary>
internal sealed record AddCommentOutput
{
    [Display(Name = "Id")]
    public required string Id { get; init; }

    [Display(Name = "URL", Description = "Where people see it.")]
    public required string Url { get; init; }

    [Display(Name = "Created")]
    public string? Created { get; init; }
}
