using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Issues;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Changes fields of an issue.</summary>
internal sealed class UpdateIssue : IntegrationAction<JiraConfig, UpdateIssueInput, UpdateIssueOutput>
{
    public override string Name => "update_issue";

    public override string Title => "Update an issue";

    public override string Description =>
        "Overwrites the given fields of an issue and leaves the others. description is Markdown. labels replaces all labels; add_labels and "
        + "remove_labels change some. Custom fields go in fields by the name people see; null empties one. The status is changed with "
        + "transition_issue and the assignee with assign_issue.";

    // Every part of it sets a state; none adds to one.
    public override bool IsIdempotent => true;

    public override bool IsDestructive => true;

    public override Task<ActionPreview?> PreviewAsync(
        UpdateIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(new($"Changes fields of {input.Issue}")
        {
            Details = [.. Names(input).Select(name => KeyValuePair.Create("field", name))],
        });

    public override async Task<UpdateIssueOutput> ExecuteAsync(
        UpdateIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = JiraClient.Of(config, context);
        var (draft, labels) = await DraftAsync(input, client, cancellationToken).ConfigureAwait(false);
        if (draft.Fields.Count is 0 && labels.Count is 0) throw JiraFailures.InvalidInput("", "Nothing to change was given.");
        var body = new JsonObject();
        if (draft.Fields.Count > 0) body["fields"] = draft.Fields.DeepClone();
        if (labels.Count > 0) body["update"] = new JsonObject { ["labels"] = labels };
        var path = input.NotifyUsers ? JiraCall.To($"issue/{input.Issue}") : JiraCall.To($"issue/{input.Issue}?notifyUsers=false");
        var call = new JiraCall(HttpMethod.Put, path, "update the issue") { Body = body };
        var answer = await client.TrySendAsync(call, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw JiraFailures.From(answer, call, config, await draft.ExplainAsync(answer, cancellationToken).ConfigureAwait(false));
        }

        return answer.Body.IsEmpty || answer.Json is not null
            ? new UpdateIssueOutput(input.Issue, JiraSite.LinkTo(input.Issue, config))
            : throw JiraFailures.NotJira(answer, call);
    }

    private static IEnumerable<string> Names(UpdateIssueInput input)
    {
        if (input.Summary is not null) yield return "summary";
        if (input.Description is not null || input.DescriptionAdf is not null) yield return "description";
        if (input.Priority is not null) yield return "priority";
        if (input.DueDate is not null) yield return "due_date";
        if (input.Labels is not null || input.AddLabels.Count + input.RemoveLabels.Count > 0) yield return "labels";
        foreach (var name in input.Fields?.Keys ?? []) yield return name;
    }

    private static async Task<(IssueDraft Draft, JsonArray Labels)> DraftAsync(
        UpdateIssueInput input, JiraClient client, CancellationToken cancellationToken)
    {
        var draft = new IssueDraft(client);
        IssueTexts.Set(draft, input.Summary, input.Description, input.DescriptionAdf, client);
        draft.Set("priority", "priority", input.Priority is { } priority ? new JsonObject { ["name"] = priority } : null);
        draft.Set("duedate", "due_date", IssueTexts.Day(input.DueDate));
        draft.Set("labels", "labels", input.Labels is { } all ? IssueTexts.List(all) : null);
        await draft.SetNamedAsync(input.Fields, cancellationToken).ConfigureAwait(false);
        IssueTexts.DemandLabels(input.Labels ?? [], "labels");
        IssueTexts.DemandNewLabels(input.AddLabels, "add_labels");
        IssueTexts.DemandLabels(input.RemoveLabels, "remove_labels");
        var changes = input.AddLabels.Select(label => new JsonObject { ["add"] = label })
            .Concat(input.RemoveLabels.Select(label => new JsonObject { ["remove"] = label })).ToArray<JsonNode>();
        if (changes.Length > 0 && draft.Fields.ContainsKey("labels"))
        {
            throw JiraFailures.InvalidInput("labels", "Give all labels in labels, or changes in add_labels and remove_labels, not both.");
        }

        return (draft, new JsonArray(changes));
    }
}

/// <summary>What to change; what is left out stays.</summary>
internal sealed record UpdateIssueInput : IssueInput
{
    [Display(Name = "Summary", Order = 10, Description = "The title: one line of at most 255 characters.")]
    [StringLength(255, MinimumLength = 1)]
    public string? Summary { get; init; }

    [Display(Name = "Description", Order = 20, Description = "Markdown, at most 32767 characters; an empty text empties it.")]
    [Multiline]
    [Sensitive]
    public string? Description { get; init; }

    [Display(Name = "Description (ADF)", Order = 30, Description = "Instead of description, Cloud only: an Atlassian Document Format tree.")]
    [Sensitive]
    public JsonObject? DescriptionAdf { get; init; }

    [Display(Name = "Priority", Order = 40, Prompt = "High", Description = "Its name.")]
    [HasOptions]
    [StringLength(60, MinimumLength = 1)]
    public string? Priority { get; init; }

    [Display(Name = "Due date", Order = 50, Description = "As 2026-01-31.")]
    public DateOnly? DueDate { get; init; }

    [Display(Name = "Labels", Order = 60, Description = "All labels that the issue has afterwards; an empty list removes all.")]
    [MaxLength(50)]
    public IReadOnlyList<string>? Labels { get; init; }

    [Display(Name = "Add labels", Order = 70, Description = "Labels to add; the others stay.")]
    [MaxLength(50)]
    public IReadOnlyList<string> AddLabels { get; init; } = [];

    [Display(Name = "Remove labels", Order = 80, Description = "Labels to remove; the others stay.")]
    [MaxLength(50)]
    public IReadOnlyList<string> RemoveLabels { get; init; } = [];

    [Display(Name = "Fields", Order = 90,
        Description = "Further fields by the name that people see or by id, as in create_issue; null empties one.")]
    [MaxLength(100)]
    [Sensitive]
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }

    [Display(Name = "Notify users", Order = 100,
        Description = "Whether Jira mails the watchers; default: yes. Turning it off needs to be an admin of Jira or the project.")]
    public bool NotifyUsers { get; init; } = true;
}

/// <summary>The issue that was changed.</summary>
internal sealed record UpdateIssueOutput(string Issue, string Url);
