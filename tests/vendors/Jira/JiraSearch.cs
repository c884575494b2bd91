using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Vaka.Plugins.Vendors.Jira;

/// <summary>As much of JQL as stands here: <c>field = "value"</c> and <c>!=</c> joined by AND, and ORDER BY, which is taken as given.</summary>
internal static partial class JiraSearch
{
    /// <summary>A token for the next page; its own isLast is not to be relied on, as in life.</summary>
    public static IResult Cloud(JsonObject body, JiraState state)
    {
        if (Where(body) is not { } clauses) return JiraServer.Error(400, "Error in the JQL Query.");
        if (clauses.Count is 0) return JiraServer.Error(400, "Unbounded JQL queries are not allowed here. Please add a search restriction.");
        var found = Find(clauses, state);
        var start = body["nextPageToken"] is { } token ? int.Parse(((string)token!)["page-".Length..], CultureInfo.InvariantCulture) : 0;
        var size = Math.Min((int?)body["maxResults"] ?? 50, 100);
        var answer = new JsonObject { ["issues"] = Page(found, start, size, body), ["isLast"] = false };
        if (start + size < found.Count) answer["nextPageToken"] = $"page-{start + size}";
        return JiraServer.Ok(answer);
    }

    public static IResult DataCenter(JsonObject body, JiraState state)
    {
        if (Where(body) is not { } clauses) return JiraServer.Error(400, "Error in the JQL Query.");
        var found = Find(clauses, state);
        var (start, size) = ((int?)body["startAt"] ?? 0, Math.Min((int?)body["maxResults"] ?? 50, 100));
        return JiraServer.Ok(new JsonObject
        {
            ["startAt"] = start, ["maxResults"] = size, ["total"] = found.Count, ["issues"] = Page(found, start, size, body),
        });
    }

    private static JsonArray Page(IReadOnlyList<JsonObject> found, int start, int size, JsonObject body)
    {
        var asked = body["fields"]?.AsArray().Select(field => (string)field!).ToHashSet() ?? ["*none"];
        return new JsonArray([.. found.Skip(start).Take(size).Select(issue =>
        {
            var copy = issue.DeepClone().AsObject();
            var fields = copy["fields"]!.AsObject();
            foreach (var field in fields.Select(field => field.Key).Where(key => !asked.Contains(key)).ToList()) fields.Remove(field);
            return copy;
        })]);
    }

    private static List<JsonObject> Find(IReadOnlyList<(string Field, string Operator, string Value)> clauses, JiraState state) =>
        [.. state.Searchable().Where(issue => clauses.All(clause => Matches(issue, clause)))];

    private static bool Matches(JsonObject issue, (string Field, string Operator, string Value) clause)
    {
        var fields = issue["fields"]!;
        var has = clause.Field.ToLowerInvariant() switch
        {
            "project" => (string?)fields["project"]?["key"] == clause.Value,
            "status" => string.Equals((string?)fields["status"]?["name"], clause.Value, StringComparison.OrdinalIgnoreCase),
            "labels" => fields["labels"]?.AsArray().Any(label => (string?)label == clause.Value) is true,
            "key" or "issue" => (string?)issue["key"] == clause.Value,
            _ => false,
        };
        return has == (clause.Operator is "=");
    }

    private static List<(string, string, string)>? Where(JsonObject body)
    {
        var jql = OrderBy.Replace((string?)body["jql"] ?? "", "").Trim();
        if (jql.Length is 0) return [];
        var clauses = new List<(string, string, string)>();
        foreach (var part in And.Split(jql))
        {
            if (Clause.Match(part.Trim()) is not { Success: true } match) return null;
            clauses.Add((match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value.Trim('"')));
        }

        return clauses;
    }

    [GeneratedRegex(@"\border\s+by\b.*$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex OrderBy { get; }

    [GeneratedRegex(@"\s+AND\s+", RegexOptions.IgnoreCase)]
    private static partial Regex And { get; }

    [GeneratedRegex(@"\A(\w+)\s*(!?=)\s*(""[^""]*""|[\w-]+)\z")]
    private static partial Regex Clause { get; }
}
