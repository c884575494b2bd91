using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Vaka.Plugins.Jira.Issues;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>The projects that the account sees.</summary>
internal sealed class ListProjects : IntegrationAction<JiraConfig, ListProjectsInput, ListProjectsOutput>
{
    public override string Name => "list_projects";

    public override string Title => "List projects";

    public override string Description =>
        "Lists the projects that the account may see, by key, one page at a time; query finds those whose key or name contains it. The key is "
        + "what create_issue takes as project. When next_page_token is answered, call again with it for more.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override Task<ListProjectsOutput> ExecuteAsync(
        ListProjectsInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        ListAsync(input, JiraClient.Of(config, context), cancellationToken);

    public static async Task<ListProjectsOutput> ListAsync(ListProjectsInput input, JiraClient client, CancellationToken cancellationToken)
    {
        var start = JqlSearch.PositionOf(input.NextPageToken);
        return client.IsCloud
            ? await ListCloudAsync(input, start, client, cancellationToken).ConfigureAwait(false)
            : await ListDataCenterAsync(input, start, client, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ListProjectsOutput> ListCloudAsync(
        ListProjectsInput input, int start, JiraClient client, CancellationToken cancellationToken)
    {
        var query = input.Query is { } text ? JiraCall.To($"&query={text}") : "";
        var path = JiraCall.To($"project/search?orderBy=key&startAt={start}&maxResults={input.MaxResults}") + query;
        var call = new JiraCall(HttpMethod.Get, path, "list the projects") { ReadsOnly = true };
        var answer = await client.ReadAsync(call, cancellationToken).ConfigureAwait(false);
        var projects = answer.Items("values").Select(project => Project.Read(project, client.Config)).ToList();
        var next = start + projects.Count;
        return new(projects, projects.Count is 0 || answer.Is("isLast") || next >= answer.Count("total") ? null : Token(next));
    }

    // Data Center answers all of them at once.
    private static async Task<ListProjectsOutput> ListDataCenterAsync(
        ListProjectsInput input, int start, JiraClient client, CancellationToken cancellationToken)
    {
        var call = JiraCall.Get($"project", "list the projects") with { MaxBytes = 16 * 1024 * 1024 };
        var answer = await client.ReadAsync(call, cancellationToken).ConfigureAwait(false);
        var matching = answer.Items().Select(project => Project.Read(project, client.Config)).Where(project => input.Query is not { } query
            || project.Key.Contains(query, StringComparison.OrdinalIgnoreCase) || project.Name.Contains(query, StringComparison.OrdinalIgnoreCase))
            .OrderBy(project => project.Key, StringComparer.OrdinalIgnoreCase).ToList();
        var next = start + input.MaxResults;
        return new([.. matching.Skip(start).Take(input.MaxResults)], next < matching.Count ? Token(next) : null);
    }

    private static string Token(int position) => position.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Which ones.</summary>
internal sealed record ListProjectsInput
{
    [Display(Name = "Query", Order = 10, Description = "A part of the key or name; left out: all.")]
    [StringLength(255, MinimumLength = 1)]
    public string? Query { get; init; }

    [Display(Name = "Max results", Order = 20, Description = "At most this many on the page, 1 to 100.")]
    [Range(1, 100)]
    public int MaxResults { get; init; } = 50;

    [Display(Name = "Next page token", Order = 30, Description = "From the answer before; left out: the first page.")]
    [StringLength(20, MinimumLength = 1)]
    public string? NextPageToken { get; init; }
}

/// <summary>A page.</summary>
internal sealed record ListProjectsOutput(
    IReadOnlyList<Project> Projects,
    [property: Display(Name = "Next page token", Description = "Left out: this was the last page.")] string? NextPageToken);

/// <summary>A project.</summary>
internal sealed record Project(string Key, string Id, string Name, string? Type, string Url)
{
    public static Project Read(JsonElement project, JiraConfig config)
    {
        var key = project.Text("key") ?? "";
        return new(key, project.Text("id") ?? "", project.Text("name") ?? key, project.Text("projectTypeKey"), JiraSite.LinkTo(key, config));
    }
}
