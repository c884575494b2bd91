using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Issues;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Moves an issue through its workflow.</summary>
internal sealed class TransitionIssue : IntegrationAction<JiraConfig, TransitionIssueInput, TransitionIssueOutput>
{
    public override string Name => "transition_issue";

    public override string Title => "Move an issue to another status";

    public override string Description =>
        "Moves an issue by a transition's name, its id, or the name of the status to reach (such as Done). If the issue has that status "
        + "already, nothing is done and changed is false. If there is no such move, the error lists the possible ones. A comment (Markdown), a "
        + "resolution and other fields of the transition's screen can go with it.";

    public override Task<ActionPreview?> PreviewAsync(
        TransitionIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(new($"Moves {input.Issue} by {input.Transition}"));

    public override async Task<TransitionIssueOutput> ExecuteAsync(
        TransitionIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = JiraClient.Of(config, context);
        var draft = new IssueDraft(client);
        draft.Set("resolution", "resolution", input.Resolution is { } resolution ? new JsonObject { ["name"] = resolution } : null);
        var comment = input.Comment is { } text ? JiraText.Write(text, client.IsCloud, "comment") : null;
        await draft.SetNamedAsync(input.Fields, cancellationToken).ConfigureAwait(false);

        var issue = await client.GetAsync($"issue/{input.Issue}?fields=status", "read the issue", cancellationToken).ConfigureAwait(false);
        var before = issue.Text("fields", "status", "name") ?? "";
        var possible = await Transition.ListAsync(input.Issue, client, cancellationToken).ConfigureAwait(false);
        if (Choose(input.Transition, before, possible) is not { } transition)
        {
            return new TransitionIssueOutput { Issue = input.Issue, Status = before, Before = before, Changed = false };
        }

        var body = new JsonObject { ["transition"] = new JsonObject { ["id"] = transition.Id } };
        if (draft.Fields.Count > 0) body["fields"] = draft.Fields.DeepClone();
        if (comment is not null)
        {
            body["update"] = new JsonObject { ["comment"] = new JsonArray(new JsonObject { ["add"] = new JsonObject { ["body"] = comment } }) };
        }

        await SendAsync(input, body, draft, client, cancellationToken).ConfigureAwait(false);
        return new TransitionIssueOutput
        {
            Issue = input.Issue, Status = transition.ToStatus, Before = before, Transition = transition.Name, Changed = true,
        };
    }

    private static async Task SendAsync(
        TransitionIssueInput input, JsonObject body, IssueDraft draft, JiraClient client, CancellationToken cancellationToken)
    {
        var call = new JiraCall(HttpMethod.Post, JiraCall.To($"issue/{input.Issue}/transitions"), "move the issue") { Body = body };
        var answer = await client.TrySendAsync(call, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw JiraFailures.From(answer, call, client.Config, await draft.ExplainAsync(answer, cancellationToken).ConfigureAwait(false));
        }

        if (!answer.Body.IsEmpty && answer.Json is null) throw JiraFailures.NotJira(answer, call);
    }

    /// <summary><c>null</c>: the issue is there already.</summary>
    private static Transition? Choose(string wanted, string before, IReadOnlyList<Transition> possible)
    {
        if (possible.FirstOrDefault(transition => transition.Id == wanted) is { } byId) return byId;
        var name = wanted.Trim();
        var matches = possible.Where(transition => Same(transition.Name, name)).ToList();
        if (matches.Count is 0) matches = [.. possible.Where(transition => Same(transition.ToStatus, name))];
        if (Same(before, name) && matches.All(transition => Same(transition.ToStatus, before))) return null;
        return matches switch
        {
            [var one] => one,
            [] => throw JiraFailures.InvalidInput(
                "transition",
                possible.Count is 0
                    ? $"The issue is {JiraWords.Clean(before)} and cannot be moved: its workflow, or the account's permissions, allow nothing."
                    : $"From {JiraWords.Clean(before)} there is no '{JiraWords.Clean(wanted)}'. Possible: {Describe(possible)}"),
            _ => throw JiraFailures.InvalidInput(
                "transition", $"{matches.Count} transitions fit '{JiraWords.Clean(wanted)}': give the id. {Describe(matches)}"),
        };
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static string Describe(IEnumerable<Transition> transitions) => string.Join("; ", transitions.Take(10).Select(transition =>
        $"{JiraWords.Clean(transition.Name)} (id {JiraWords.Clean(transition.Id)}, to {JiraWords.Clean(transition.ToStatus)})")) + ".";
}

/// <summary>Which issue, and where to.</summary>
internal sealed record TransitionIssueInput : IssueInput
{
    [Display(Name = "Transition", Order = 10, Prompt = "Done",
        Description = "Name or id of a transition, or the name of the status to reach; list_transitions shows them.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Transition { get; init; }

    [Display(Name = "Comment", Order = 20, Description = "Markdown; needs a comment field on the transition's screen.")]
    [Multiline]
    [Sensitive]
    public string? Comment { get; init; }

    [Display(Name = "Resolution", Order = 30, Prompt = "Fixed",
        Description = "Its name; needs a resolution field on the transition's screen.")]
    [StringLength(60, MinimumLength = 1)]
    public string? Resolution { get; init; }

    [Display(Name = "Fields", Order = 40, Description = "Fields of the transition's screen, as in create_issue.")]
    [MaxLength(100)]
    [Sensitive]
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }
}

/// <summary>Where it is now.</summary>
internal sealed record TransitionIssueOutput
{
    [Display(Name = "Issue")]
    public required string Issue { get; init; }

    [Display(Name = "Status", Description = "The status that the transition leads to.")]
    public required string Status { get; init; }

    [Display(Name = "Before", Description = "The status before.")]
    public required string Before { get; init; }

    [Display(Name = "Transition", Description = "The transition that was made; left out where none was needed.")]
    public string? Transition { get; init; }

    [Display(Name = "Changed", Description = "false: the issue had this status already, and nothing was done.")]
    public required bool Changed { get; init; }
}
