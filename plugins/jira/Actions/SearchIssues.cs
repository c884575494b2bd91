using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Jira.Issues;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Finds issues.</summary>
internal sealed class SearchIssues : IntegrationAction<JiraConfig, SearchIssuesInput, SearchIssuesOutput>
{
    public override string Name => "search_issues";

    public override string Title => "Search issues";

    public override string Description =>
        "Finds issues by JQL, one page at a time. The JQL must restrict the search, such as: project = OPS AND status != Done AND "
        + "updated >= -7d ORDER BY updated DESC. Put values in double quotes. Answers key, summary, status, type, people and dates of each, and "
        + "the further fields that are named. When next_page_token is answered, call again with it and the same JQL for more. An issue made a "
        + "moment ago may not be found yet.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<SearchIssuesOutput> ExecuteAsync(
        SearchIssuesInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = JiraClient.Of(config, context);
        var more = await Issue.FindAsync(input.Fields, client, cancellationToken).ConfigureAwait(false);
        var page = await RunAsync(input, Issue.Ask(more.Select(item => item.Field)), client, cancellationToken).ConfigureAwait(false);
        return new SearchIssuesOutput
        {
            Issues = [.. page.Issues.Select(issue => Issue.Read(issue, more, config))],
            NextPageToken = page.NextPageToken,
            Total = page.Total,
        };
    }

    private static async Task<JqlSearch.Page> RunAsync(
        SearchIssuesInput input, IReadOnlyList<string> fields, JiraClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await JqlSearch.RunAsync(input.Jql, fields, input.MaxResults, input.NextPageToken, client, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (IntegrationException failure) when (failure is { Kind: FailureKind.InvalidInput, Errors.Count: 0 })
        {
            // Jira says what is wrong with the JQL, and where in it, in words only.
            throw new IntegrationException(failure.Kind, failure.Message, failure)
            {
                Effect = failure.Effect, Errors = [new FieldError("jql", failure.Message)],
            };
        }
    }
}

/// <summary>What to find.</summary>
internal sealed record SearchIssuesInput
{
    [Display(Name = "JQL", Order = 10, Prompt = "project = OPS AND status != Done ORDER BY created DESC",
        Description = "Jira's query language; it must restrict the search. At most 10000 characters.")]
    [StringLength(10_000, MinimumLength = 1)]
    [Multiline]
    public required string Jql { get; init; }

    [Display(Name = "Fields", Order = 20,
        Description = "Further fields to answer, by the name that people see or by id; description is not answered unless named.")]
    [MaxLength(50)]
    public IReadOnlyList<string> Fields { get; init; } = [];

    [Display(Name = "Max results", Order = 30, Description = "At most this many on the page, 1 to 100; Jira may answer fewer.")]
    [Range(1, 100)]
    public int MaxResults { get; init; } = 50;

    [Display(Name = "Next page token", Order = 40, Description = "From the answer before, with the same JQL; left out: the first page.")]
    [StringLength(4096, MinimumLength = 1)]
    public string? NextPageToken { get; init; }
}

/// <summary>A page.</summary>
internal sealed record SearchIssuesOutput
{
    [Display(Name = "Issues")]
    public required IReadOnlyList<Issue> Issues { get; init; }

    [Display(Name = "Next page token", Description = "Left out: this was the last page.")]
    public string? NextPageToken { get; init; }

    [Display(Name = "Total", Description = "On all pages together; Data Center only, since Cloud does not tell.")]
    public int? Total { get; init; }
}
