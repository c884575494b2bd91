using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>An issue as it is answered.</summary>
internal sealed record Issue
{
    private static readonly string[] Usual =
    [
        "summary", "status", "issuetype", "project", "priority", "assignee", "reporter", "labels", "parent", "resolution", "created", "updated",
        "duedate",
    ];

    [Display(Name = "Key", Description = "Such as OPS-42.")]
    public required string Key { get; init; }

    [Display(Name = "Id")]
    public required string Id { get; init; }

    [Display(Name = "URL", Description = "Where people see it.")]
    public required string Url { get; init; }

    public string? Summary { get; init; }

    public string? Status { get; init; }

    [Display(Name = "Status category", Description = "new (to do), indeterminate (in progress) or done.")]
    public string? StatusCategory { get; init; }

    public string? IssueType { get; init; }

    public string? Project { get; init; }

    public string? Priority { get; init; }

    public string? Resolution { get; init; }

    public string? Parent { get; init; }

    public Person? Assignee { get; init; }

    public Person? Reporter { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    public string? DueDate { get; init; }

    public string? Created { get; init; }

    public string? Updated { get; init; }

    [Display(Name = "Fields", Description = "The further fields that were asked for, by the names they were asked for.")]
    [Sensitive]
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }

    /// <summary>What to ask Jira for.</summary>
    public static IReadOnlyList<string> Ask(IEnumerable<JiraField> more) => [.. Usual, .. more.Select(field => field.Id).Except(Usual)];

    /// <param name="more">The further fields, each with the name it was asked for.</param>
    public static Issue Read(JsonElement issue, IReadOnlyList<(string Name, JiraField Field)> more, JiraConfig config)
    {
        var key = issue.Text("key") ?? issue.Text("id") ?? "";
        var fields = issue.At("fields") ?? default;
        return new Issue
        {
            Key = key,
            Id = issue.Text("id") ?? "",
            Url = JiraSite.LinkTo(key, config),
            Summary = fields.Text("summary"),
            Status = fields.Text("status", "name"),
            StatusCategory = fields.Text("status", "statusCategory", "key"),
            IssueType = fields.Text("issuetype", "name"),
            Project = fields.Text("project", "key"),
            Priority = fields.Text("priority", "name"),
            Resolution = fields.Text("resolution", "name"),
            Parent = fields.Text("parent", "key"),
            Assignee = Person.Read(fields.At("assignee")),
            Reporter = Person.Read(fields.At("reporter")),
            Labels = [.. fields.Items("labels").Select(label => label.Text()).OfType<string>()],
            DueDate = fields.Text("duedate"),
            Created = fields.Text("created"),
            Updated = fields.Text("updated"),
            Fields = more.Count is 0
                ? null
                : more.DistinctBy(item => item.Name).ToDictionary(item => item.Name, item => JsonSerializer.SerializeToElement(
                    FieldValue.Read(fields.At(item.Field.Id) ?? default))),
        };
    }

    /// <summary>The fields that a caller names, to be asked for and answered under those names.</summary>
    public static async Task<IReadOnlyList<(string Name, JiraField Field)>> FindAsync(
        IReadOnlyList<string>? names, JiraClient client, CancellationToken cancellationToken)
    {
        if (names is not { Count: > 0 }) return [];
        var catalog = await FieldCatalog.OfAsync(client, cancellationToken).ConfigureAwait(false);
        var asked = names.Select((name, index) => (name, $"fields[{index}]")).ToList();
        var fields = await catalog.FindAsync(asked, client, cancellationToken).ConfigureAwait(false);
        return [.. names.Zip(fields)];
    }
}
