using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Issues;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Makes an issue.</summary>
internal sealed class CreateIssue : IntegrationAction<JiraConfig, CreateIssueInput, CreateIssueOutput>
{
    private const string Purpose = "create the issue";

    public override string Name => "create_issue";

    public override string Title => "Create an issue";

    public override string Description =>
        "Creates one Jira issue. Needs a summary (one line); project and issue_type may be left out where the integration has defaults "
        + "(list_projects shows keys). description is Markdown. Custom fields go in fields by the name people see, such as "
        + "{\"Story Points\": 5, \"Team\": \"Blue\"}; plain text is wrapped as the field needs it. If a required field is missing, the error "
        + "names every one with its allowed values. Give a dedupe_key (such as an alert's id) to make repeating the call safe: the issue "
        + "that it made before is answered with created false. Answers the issue's key and address.";

    // Where the platform's account is lent, the config alone decides where the issue goes, and nothing of Jira is looked up for the caller.
    public override bool IsTenantSafe => true;

    public override bool IsTenantSafeFor(CreateIssueInput input) =>
        input is { Project: null, IssueType: null, Assignee: null, Parent: null, DescriptionAdf: null, Fields: null or { Count: 0 } }
        && input.Components.Count is 0;

    public override async Task<CreateIssueOutput> ExecuteAsync(
        CreateIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = JiraClient.Of(config, context);
        var (project, issueType) = (ProjectOf(input, config), IssueTypeOf(input, config));
        var dedupe = input.DedupeKey is { } key ? new DedupeKey(key, client) : null;
        var draft = await DraftAsync(input, project, issueType, dedupe?.Label, client, cancellationToken).ConfigureAwait(false);
        if (dedupe is null)
        {
            return Made(await CreateAsync(draft, project, issueType, client, cancellationToken).ConfigureAwait(false), config);
        }

        var existing = await dedupe.FindAsync(cancellationToken).ConfigureAwait(false)
            ?? await dedupe.ClaimAsync(cancellationToken).ConfigureAwait(false);
        return existing is not null
            ? Found(existing, config)
            : await CreateOnceAsync(draft, project, issueType, dedupe, client, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<CreateIssueOutput?> FindExistingAsync(
        CreateIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        input.DedupeKey is { } key
        && await new DedupeKey(key, JiraClient.Of(config, context)).FindAsync(cancellationToken).ConfigureAwait(false) is { } existing
            ? Found(existing, config)
            : null;

    public override Task<ActionPreview?> PreviewAsync(
        CreateIssueInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(new($"Creates '{input.Summary}' as {IssueTypeOf(input, config)} in {ProjectOf(input, config)}")
        {
            Details =
            [
                new("site", JiraSite.BaseOf(config).Host), new("project", ProjectOf(input, config)), new("issue_type", IssueTypeOf(input, config)),
            ],
        });

    private static string ProjectOf(CreateIssueInput input, JiraConfig config) => input.Project ?? config.DefaultProject
        ?? throw JiraFailures.InvalidInput("project", "Give the project's key, or have an admin set default_project of this integration.");

    private static string IssueTypeOf(CreateIssueInput input, JiraConfig config) => input.IssueType ?? config.DefaultIssueType
        ?? throw JiraFailures.InvalidInput(
            "issue_type", "Give the issue type, such as Task, or have an admin set default_issue_type of this integration.");

    private static async Task<IssueDraft> DraftAsync(
        CreateIssueInput input, string project, string issueType, string? label, JiraClient client, CancellationToken cancellationToken)
    {
        var draft = new IssueDraft(client);
        draft.Set("project", "project", new JsonObject { [JiraNames.IsNumber(project) ? "id" : "key"] = project });
        draft.Set("issuetype", "issue_type", new JsonObject { [JiraNames.IsNumber(issueType) ? "id" : "name"] = issueType });
        IssueTexts.Set(draft, input.Summary, input.Description, input.DescriptionAdf, client);
        draft.Set("priority", "priority", input.Priority is { } priority ? new JsonObject { ["name"] = priority } : null);
        draft.Set("parent", "parent", input.Parent is { } parent ? new JsonObject { [JiraNames.IsNumber(parent) ? "id" : "key"] = parent } : null);
        draft.Set("duedate", "due_date", IssueTexts.Day(input.DueDate));
        IssueTexts.DemandNewLabels(input.Labels, "labels");
        IReadOnlyList<string> labels = label is null ? input.Labels : [.. input.Labels, label];
        if (labels.Count > 0) draft.Set("labels", "labels", IssueTexts.List(labels));
        if (input.Components.Count > 0)
        {
            draft.Set("components", "components", new JsonArray([.. input.Components.Select(name => new JsonObject { ["name"] = name })]));
        }

        await draft.SetNamedAsync(input.Fields, cancellationToken).ConfigureAwait(false);
        if (input.Assignee is { } assignee)
        {
            var person = await People.FindAssignableAsync(assignee, ("project", project), client, cancellationToken).ConfigureAwait(false);
            draft.Set("assignee", "assignee", new JsonObject { [client.IsCloud ? "accountId" : "name"] = person.Id });
        }

        return draft;
    }

    private static async Task<CreateIssueOutput> CreateOnceAsync(
        IssueDraft draft, string project, string issueType, DedupeKey dedupe, JiraClient client, CancellationToken cancellationToken)
    {
        try
        {
            var made = Made(await CreateAsync(draft, project, issueType, client, cancellationToken).ConfigureAwait(false), client.Config);
            await dedupe.KeepAsync(made.Key).ConfigureAwait(false);
            return made;
        }
        catch (IntegrationException failure) when (failure.Effect is Effect.None)
        {
            await dedupe.ReleaseAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<JsonElement> CreateAsync(
        IssueDraft draft, string project, string issueType, JiraClient client, CancellationToken cancellationToken)
    {
        var call = new JiraCall(HttpMethod.Post, "issue", Purpose) { Body = new JsonObject { ["fields"] = draft.Fields.DeepClone() } };
        var answer = await client.TrySendAsync(call, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccess) return answer.Json?.Text("key") is { Length: > 0 } ? answer.Json.Value : throw JiraFailures.NotJira(answer, call);
        var errors = await draft.ExplainAsync(answer, cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode is 400 && errors.Count > 0 && !client.IsLent)
        {
            errors = await RequiredFields.ExplainAsync(errors, draft, project, issueType, client, cancellationToken).ConfigureAwait(false);
        }

        throw JiraFailures.From(answer, call, client.Config, errors);
    }

    private static CreateIssueOutput Made(JsonElement answer, JiraConfig config) => new()
    {
        Key = answer.Text("key") ?? "",
        Id = answer.Text("id"),
        Url = JiraSite.LinkTo(answer.Text("key") ?? "", config),
        Created = true,
    };

    private static CreateIssueOutput Found(string key, JiraConfig config) =>
        new() { Key = key, Url = JiraSite.LinkTo(key, config), Created = false };
}
