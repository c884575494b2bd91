using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>A page of a search. Cloud pages by a token, Data Center by a position; callers see one token for both.</summary>
internal static partial class JqlSearch
{
    /// <param name="Issues">As Jira gave them.</param>
    /// <param name="NextPageToken"><c>null</c>: this was the last page.</param>
    /// <param name="Total">All pages together; Data Center only.</param>
    internal sealed record Page(IReadOnlyList<JsonElement> Issues, string? NextPageToken, int? Total);

    /// <summary>The first issue that is found.</summary>
    public static async Task<string?> FindAsync(string jql, JiraClient client, CancellationToken cancellationToken) =>
        (await RunAsync(jql, ["summary"], 1, null, client, cancellationToken).ConfigureAwait(false)).Issues.FirstOrDefault().Text("key");

    public static async Task<Page> RunAsync(
        string jql, IReadOnlyList<string> fields, int maxResults, string? pageToken, JiraClient client, CancellationToken cancellationToken)
    {
        Demand(jql);
        var body = new JsonObject
        {
            ["jql"] = jql,
            ["maxResults"] = maxResults,
            ["fields"] = new JsonArray([.. fields.Select(field => JsonValue.Create(field))]),
        };
        return client.IsCloud
            ? await RunCloudAsync(body, pageToken, client, cancellationToken).ConfigureAwait(false)
            : await RunDataCenterAsync(body, pageToken, client, cancellationToken).ConfigureAwait(false);
    }

    // isLast is not to be relied on: a missing or repeated token, or an empty page, is the end.
    private static async Task<Page> RunCloudAsync(JsonObject body, string? pageToken, JiraClient client, CancellationToken cancellationToken)
    {
        if (pageToken is not null) body["nextPageToken"] = pageToken;
        var answer = await client.ReadAsync(Search("search/jql", body), cancellationToken).ConfigureAwait(false);
        var issues = answer.Items("issues").ToList();
        var next = answer.Text("nextPageToken");
        return new Page(issues, issues.Count is 0 || next == pageToken || next is "" ? null : next, null);
    }

    private static async Task<Page> RunDataCenterAsync(JsonObject body, string? pageToken, JiraClient client, CancellationToken cancellationToken)
    {
        var start = PositionOf(pageToken);
        body["startAt"] = start;
        var answer = await client.ReadAsync(Search("search", body), cancellationToken).ConfigureAwait(false);
        var issues = answer.Items("issues").ToList();
        var total = answer.Count("total");
        var next = start + issues.Count;
        return new Page(issues, issues.Count is 0 || next >= total ? null : next.ToString(CultureInfo.InvariantCulture), total);
    }

    /// <summary>A page token that is a position.</summary>
    public static int PositionOf(string? pageToken) => pageToken is null ? 0
        : int.TryParse(pageToken, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
        : throw JiraFailures.InvalidInput("next_page_token", "This token is not one of this integration's: leave it out to begin anew.");

    private static JiraCall Search(string path, JsonObject body) =>
        new(HttpMethod.Post, path, "search issues") { Body = body, ReadsOnly = true };

    // Jira Cloud refuses what is unbounded; Data Center would walk through everything.
    private static void Demand(string jql)
    {
        if (jql.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            throw JiraFailures.InvalidInput("jql", "JQL holds no control characters.");
        }

        if (OrderOnly.IsMatch(jql))
        {
            throw JiraFailures.InvalidInput(
                "jql", "This would search every issue. Restrict it, such as: project = OPS AND updated >= -7d ORDER BY updated DESC");
        }
    }

    [GeneratedRegex(@"\A\s*(order\s+by\b.*)?\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex OrderOnly { get; }
}
