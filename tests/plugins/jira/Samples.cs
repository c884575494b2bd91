using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Jira.Tests;

/// <summary>For every action a valid input, and the answers that lead to its own request.</summary>
internal sealed record Sample(string Action, string Input, int Leading, params HttpAnswer[] Answers)
{
    private static readonly HttpAnswer Done = HttpAnswers.Status(HttpStatusCode.NoContent);
    private static readonly HttpAnswer Status = HttpAnswers.Json("""{"key":"OPS-1","fields":{"status":{"name":"To Do"},"assignee":null}}""");
    private static readonly HttpAnswer Transitions = HttpAnswers.Json(
        """{"transitions":[{"id":"31","name":"Finish","to":{"name":"Done","statusCategory":{"key":"done"}}}]}""");

    /// <summary><c>Leading</c> counts the requests that come before the action's own.</summary>
    public static IReadOnlyList<Sample> All { get; } =
    [
        new("create_issue", """{"summary":"Disk full","project":"OPS","issue_type":"Task"}""", 0,
            HttpAnswers.Json(HttpStatusCode.Created, """{"id":"10001","key":"OPS-1","self":"https://example.atlassian.net/rest/api/3/issue/10001"}""")),
        new("get_issue", """{"issue":"OPS-1"}""", 0, HttpAnswers.Json("""{"id":"10001","key":"OPS-1","fields":{"summary":"Disk full"}}""")),
        new("update_issue", """{"issue":"OPS-1","summary":"Disk nearly full"}""", 0, Done),
        new("assign_issue", """{"issue":"OPS-1","assignee":"Ada Lovelace"}""", 2,
            HttpAnswers.Json("""[{"accountId":"5b10a2844c20165700ede21g","name":"ada","displayName":"Ada Lovelace"}]"""), Status, Done),
        new("add_comment", """{"issue":"OPS-1","body":"Cleaned up."}""", 0,
            HttpAnswers.Json(HttpStatusCode.Created, """{"id":"20001","created":"2026-01-01T12:00:00.000+0000"}""")),
        new("list_transitions", """{"issue":"OPS-1"}""", 0, Transitions),
        new("transition_issue", """{"issue":"OPS-1","transition":"Done"}""", 2, Status, Transitions, Done),
        new("search_issues", """{"jql":"project = OPS"}""", 0, HttpAnswers.Json("""{"issues":[{"id":"10001","key":"OPS-1","fields":{}}],"total":1}""")),
        new("add_attachment", """{"issue":"OPS-1","attachments":[{"filename":"log.txt","content_type":"text/plain","content_base64":"aGVsbG8="}]}""", 0,
            HttpAnswers.Json("""[{"id":"30001","filename":"log.txt","size":5,"mimeType":"text/plain","content":"https://example.atlassian.net/a/30001"}]""")),
        new("list_projects", "{}", 0, HttpAnswers.Json("""{"values":[{"id":"1","key":"OPS","name":"Operations"}],"isLast":true}""")),
        new("delete_issue", """{"issue":"OPS-1"}""", 0, Done),
    ];

    public bool Writes => Action is not ("get_issue" or "list_transitions" or "search_issues" or "list_projects");

    public static Sample Of(string action) => All.Single(sample => sample.Action == action);

    public static TheoryData<string> Names() => [.. JiraTest.Actions.Select(action => action.Name)];
}
