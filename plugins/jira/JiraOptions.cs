using System.Text.Json;
using Vaka.Plugins.Jira.Actions;
using Vaka.Plugins.Jira.Issues;

namespace Vaka.Plugins.Jira;

/// <summary>Live choices for the fields that are chosen from Jira's own data.</summary>
internal static class JiraOptions
{
    private const int Most = 200;

    public static Task<OptionList> GetAsync(OptionsRequest request, JiraClient client, CancellationToken cancellationToken) => request.Field switch
    {
        "default_project" or "create_issue.project" => ProjectsAsync(request.Query, client, cancellationToken),
        "default_issue_type" or "create_issue.issue_type" => IssueTypesAsync(request.Query, client, cancellationToken),
        "create_issue.priority" or "update_issue.priority" => PrioritiesAsync(request.Query, client, cancellationToken),
        "create_issue.assignee" or "assign_issue.assignee" => PeopleAsync(request.Query, client, cancellationToken),
        _ => Task.FromResult(OptionList.Empty),
    };

    private static async Task<OptionList> ProjectsAsync(string? query, JiraClient client, CancellationToken cancellationToken)
    {
        var asked = string.IsNullOrWhiteSpace(query) ? null : query.Trim();
        var page = await ListProjects.ListAsync(
            new ListProjectsInput { Query = asked, MaxResults = 100 }, client, cancellationToken).ConfigureAwait(false);
        return new([.. page.Projects.Select(project => new Option(project.Key, $"{project.Name} ({project.Key})"))], page.NextPageToken is not null);
    }

    // Of the default project where there is one; many types are of one project only.
    private static async Task<OptionList> IssueTypesAsync(string? query, JiraClient client, CancellationToken cancellationToken)
    {
        var types = client.Config.DefaultProject is { } project
            ? (await client.GetAsync($"project/{project}", "read the project", cancellationToken).ConfigureAwait(false)).Items("issueTypes")
            : (await client.GetAsync($"issuetype", "list the issue types", cancellationToken).ConfigureAwait(false)).Items();
        return Named(types, query);
    }

    private static async Task<OptionList> PrioritiesAsync(string? query, JiraClient client, CancellationToken cancellationToken) =>
        Named((await client.GetAsync($"priority", "list the priorities", cancellationToken).ConfigureAwait(false)).Items(), query);

    private static async Task<OptionList> PeopleAsync(string? query, JiraClient client, CancellationToken cancellationToken)
    {
        var asked = string.IsNullOrWhiteSpace(query) ? (client.IsCloud ? "" : ".") : query.Trim(); // Data Center finds everybody by a dot
        var by = client.IsCloud ? "query" : "username";
        var found = await client.GetAsync($"user/search?{by}={asked}&maxResults={Most}", "find people", cancellationToken).ConfigureAwait(false);
        var people = found.Items().Where(user => user.Text("accountType") is null or "atlassian").Select(user => Person.Read(user))
            .OfType<Person>().Take(Most).ToList();
        return new([.. people.Select(person => new Option(person.Id, person.DisplayName, person.Email))], people.Count == Most);
    }

    private static OptionList Named(IEnumerable<JsonElement> items, string? query)
    {
        var all = items.Select(item => (Name: item.Text("name") ?? "", Description: item.Text("description")))
            .Where(item => item.Name.Length > 0 && (query is null || item.Name.Contains(query.Trim(), StringComparison.OrdinalIgnoreCase)))
            .DistinctBy(item => item.Name).ToList();
        return new(
            [.. all.Take(Most).Select(item => new Option(item.Name, item.Name, JiraWords.Clean(item.Description) is { Length: > 0 } text ? text : null))],
            all.Count > Most);
    }
}
