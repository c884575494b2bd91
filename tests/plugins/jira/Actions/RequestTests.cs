using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Jira.Tests.Actions;

/// <summary>What each action sends, to the byte, and what it makes of the answer.</summary>
public sealed class RequestTests
{
    private static readonly string Basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"ada@example.com:{JiraTest.Token}"));

    private static JiraConfig ConfigOf(bool isCloud) => isCloud ? JiraTest.Cloud() : JiraTest.DataCenter();

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task ExecuteAsync_EveryAction_SendsItsOwnRequest(string action)
    {
        var sample = Sample.Of(action);
        foreach (var isCloud in new[] { true, false })
        {
            await using var test = new JiraTest { Config = ConfigOf(isCloud) };
            test.Wire.Next(action is "list_projects" && !isCloud ? [HttpAnswers.Json("[]")] : sample.Answers);

            await test.RunAsync(action, sample.Input);

            Assert.Equal(action is "list_projects" && !isCloud ? 1 : sample.Answers.Length, test.Wire.Requests.Count);
            Assert.All(test.Wire.Requests, request =>
            {
                Assert.StartsWith(isCloud ? "https://example.atlassian.net/rest/api/3/" : "https://jira.example.com/jira/rest/api/2/", request.Uri.AbsoluteUri);
                Assert.Equal(isCloud ? Basic : $"Bearer {JiraTest.Token}", request.Header("Authorization"));
                Assert.Equal("application/json", request.Header("Accept"));
                Assert.StartsWith("Vaka-Plugins-Jira/", request.Header("User-Agent"));
            });
            Assert.Equal(Expected(action, isCloud), Describe(test.Wire.Requests[^1]));
        }
    }

    // Method, path and query, JSON body.
    private static (string, string, string?) Expected(string action, bool isCloud) => action switch
    {
        "create_issue" => ("POST", "issue", """{"fields":{"project":{"key":"OPS"},"issuetype":{"name":"Task"},"summary":"Disk full"}}"""),
        "get_issue" => ("GET", "issue/OPS-1?fields=summary%2Cstatus%2Cissuetype%2Cproject%2Cpriority%2Cassignee%2Creporter%2Clabels%2Cparent%2Cresolution"
            + "%2Ccreated%2Cupdated%2Cduedate%2Cdescription", null),
        "update_issue" => ("PUT", "issue/OPS-1", """{"fields":{"summary":"Disk nearly full"}}"""),
        "assign_issue" => ("PUT", "issue/OPS-1/assignee", isCloud ? """{"accountId":"5b10a2844c20165700ede21g"}""" : """{"name":"5b10a2844c20165700ede21g"}"""),
        "add_comment" => ("POST", "issue/OPS-1/comment", isCloud
            ? """{"body":{"version":1,"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Cleaned up."}]}]}}"""
            : """{"body":"Cleaned up."}"""),
        "list_transitions" => ("GET", "issue/OPS-1/transitions?expand=transitions.fields", null),
        "transition_issue" => ("POST", "issue/OPS-1/transitions", """{"transition":{"id":"31"}}"""),
        "search_issues" => ("POST", isCloud ? "search/jql" : "search",
            """{"jql":"project = OPS","maxResults":50,"fields":["summary","status","issuetype","project","priority","assignee","reporter","labels","parent","resolution","created","updated","duedate"]"""
            + (isCloud ? "}" : ""","startAt":0}""")),
        "add_attachment" => ("POST", "issue/OPS-1/attachments", "multipart/form-data"),
        "list_projects" => ("GET", isCloud ? "project/search?orderBy=key&startAt=0&maxResults=50" : "project", null),
        "delete_issue" => ("DELETE", "issue/OPS-1?deleteSubtasks=false", null),
        _ => throw new InvalidOperationException($"Say what {action} sends."),
    };

    private static (string, string, string?) Describe(RecordedRequest request)
    {
        var path = request.Uri.PathAndQuery;
        var type = request.Header("Content-Type")?.Split(';')[0];
        return (request.Method, path[(path.IndexOf("/rest/api/", StringComparison.Ordinal) + "/rest/api/3/".Length)..],
            type is "application/json" ? request.BodyText : type);
    }

    [Fact]
    public async Task Create_EverythingGiven_SendsEverything()
    {
        await using var test = new JiraTest();
        test.Wire.Next(
            HttpAnswers.Json(
                """
                [{"id":"customfield_1","name":"Team","schema":{"type":"option"}},{"id":"customfield_2","name":"Browsers","schema":{"type":"array","items":"option"}},
                 {"id":"customfield_3","name":"Owner","schema":{"type":"user"}},{"id":"fixVersions","name":"Fix versions","schema":{"type":"array","items":"version"}},
                 {"id":"customfield_4","name":"Notes","schema":{"type":"string","custom":"x:textarea"}},{"id":"customfield_5","name":"Empty","schema":{"type":"string"}}]
                """),
            HttpAnswers.Json("""[{"accountId":"5b10a2844c20165700ede21g","displayName":"Ada Lovelace"}]"""),
            HttpAnswers.Json(HttpStatusCode.Created, """{"id":"10001","key":"OPS-1"}"""));

        await test.RunAsync("create_issue",
            """
            {"summary":"s","project":"10000","issue_type":"10001","description":"d","assignee":"Ada Lovelace","priority":"High","labels":["a"],
             "components":["db"],"parent":"OPS-7","due_date":"2026-02-01",
             "fields":{"team":"Blue","Browsers":"Firefox","Owner":"5b10a2844c20165700ede21g","fixVersions":["1.0"],"Notes":"*x*","customfield_5":null}}
            """);

        Assert.Equal(["/rest/api/3/field", "/rest/api/3/user/assignable/search", "/rest/api/3/issue"], test.Wire.Requests.Select(request => request.Uri.AbsolutePath));
        Assert.Equal("?query=Ada%20Lovelace&project=10000&maxResults=1000", test.Wire.Requests[1].Uri.Query);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(
            """
            {"fields":{"project":{"id":"10000"},"issuetype":{"id":"10001"},"summary":"s",
             "description":{"version":1,"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"d"}]}]},
             "priority":{"name":"High"},"parent":{"key":"OPS-7"},"duedate":"2026-02-01","labels":["a"],"components":[{"name":"db"}],
             "customfield_1":{"value":"Blue"},"customfield_2":[{"value":"Firefox"}],"customfield_3":{"accountId":"5b10a2844c20165700ede21g"},
             "fixVersions":[{"name":"1.0"}],
             "customfield_4":{"version":1,"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"x","marks":[{"type":"em"}]}]}]},
             "customfield_5":null,"assignee":{"accountId":"5b10a2844c20165700ede21g"}}}
            """), test.Wire.Requests[2].BodyJson), test.Wire.Requests[2].BodyText);
    }

    [Fact]
    public async Task Create_Defaults_ComeFromTheConfig()
    {
        await using var test = new JiraTest { Config = JiraTest.Cloud(more: """, "default_project": "REQ", "default_issue_type": "Bug" """) };
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.Created, """{"id":"1","key":"REQ-1"}"""));

        var output = await test.RunAsync("create_issue", """{"summary":"s"}""");

        Assert.Equal("""{"fields":{"project":{"key":"REQ"},"issuetype":{"name":"Bug"},"summary":"s"}}""", test.Wire.Requests[0].BodyText);
        Assert.Equal("""{"key":"REQ-1","id":"1","url":"https://example.atlassian.net/browse/REQ-1","created":true}""", output.ToJsonString());
    }

    [Theory]
    [InlineData("""{"summary":"s"}""", "project")]
    [InlineData("""{"summary":"s","project":"OPS"}""", "issue_type")]
    [InlineData("""{"summary":"a\nb","project":"OPS","issue_type":"Task"}""", "summary")]
    [InlineData("""{"summary":"  ","project":"OPS","issue_type":"Task"}""", "summary")]
    [InlineData("""{"summary":"s","project":"OPS","issue_type":"Task","labels":["ok","two words"]}""", "labels[1]")]
    [InlineData("""{"summary":"s","project":"OPS","issue_type":"Task","labels":["ok","Vaka-0123"]}""", "labels[1]")]
    [InlineData("""{"summary":"s","project":"OPS","issue_type":"Task","description":"x","description_adf":{}}""", "description_adf")]
    [InlineData("""{"summary":"s","project":"OPS","issue_type":"Task","description_adf":{"type":"doc","version":1,"content":[{}]}}""", "description_adf.content[0].type")]
    public async Task Create_WrongInput_IsRefusedBeforeAnythingIsSent(string input, string path)
    {
        await using var test = new JiraTest();

        var failure = await test.FailAsync("create_issue", input);

        Assert.Equal((FailureKind.InvalidInput, Effect.None, path), (failure.Kind, failure.Effect, Assert.Single(failure.Errors).Path));
        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [InlineData("Nope", "fields.Nope", "has no field 'Nope'")]
    [InlineData("Team", "fields.Team", "one of customfield_1, customfield_2")]
    public async Task Create_FieldUnknownOrOfSeveral_IsNamed(string name, string path, string words)
    {
        await using var test = new JiraTest();
        test.Wire.Otherwise(HttpAnswers.Json("""[{"id":"customfield_1","name":"Team"},{"id":"customfield_2","name":"Team"}]"""));

        var failure = await test.FailAsync("create_issue", $$$"""{"summary":"s","project":"OPS","issue_type":"Task","fields":{"{{{name}}}":"x"}}""");

        Assert.Equal(path, Assert.Single(failure.Errors).Path);
        Assert.Contains(words, failure.Message);
        Assert.Single(test.Wire.Requests); // a list that was just read is not read again
    }

    [Theory]
    [InlineData("""{"summary":"s","description":"*d*","labels":["a"],"priority":"High","due_date":"2026-02-01"}""", true)]
    [InlineData("""{"summary":"s","project":"OPS"}""", false)]
    [InlineData("""{"summary":"s","issue_type":"Bug"}""", false)]
    [InlineData("""{"summary":"s","assignee":"ada"}""", false)]
    [InlineData("""{"summary":"s","parent":"OPS-1"}""", false)]
    [InlineData("""{"summary":"s","components":["x"]}""", false)]
    [InlineData("""{"summary":"s","fields":{"project":{"key":"OPS"}}}""", false)]
    [InlineData("""{"summary":"s","description_adf":{}}""", false)]
    public void Create_Lent_OnlyWhereTheConfigDecides(string input, bool isSafe) =>
        Assert.Equal(isSafe, JiraTest.ActionOf("create_issue").IsTenantSafeFor(JiraTest.InputOf("create_issue", input)));

    [Fact]
    public void Actions_SayWhatTheyAre()
    {
        string Names(Func<IntegrationAction, bool> of) => string.Join(' ', JiraTest.Actions.Where(of).Select(action => action.Name));

        Assert.Equal("get_issue list_transitions search_issues list_projects", Names(action => action.IsReadOnly));
        Assert.Equal("get_issue update_issue assign_issue list_transitions search_issues list_projects delete_issue", Names(action => action.IsIdempotent));
        Assert.Equal("update_issue assign_issue delete_issue", Names(action => action.IsDestructive));
        Assert.Equal("create_issue", Names(action => action.IsTenantSafe));
    }

    [Fact]
    public async Task Create_LentAndRefused_ReadsNothingOfTheAccount()
    {
        await using var test = new JiraTest { Config = JiraTest.Cloud(more: """, "default_project": "REQ", "default_issue_type": "Bug" """) };
        test.Host.Scope = ConfigScope.Platform;
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.BadRequest, """{"errors":{"summary":"Too long."}}"""));

        await test.FailAsync("create_issue", """{"summary":"s"}""");

        Assert.Single(test.Wire.Requests);
    }

    [Fact]
    public async Task Create_DedupeFound_AnswersItAndMakesNone()
    {
        await using var test = new JiraTest();
        test.Host.CallerTenantId = null;
        test.Wire.Next(HttpAnswers.Json("""{"issues":[{"id":"1","key":"OPS-9"}]}"""));

        var output = await test.RunAsync("create_issue", """{"summary":"s","project":"OPS","issue_type":"Task","dedupe_key":"alert\" OR project = X"}""");

        Assert.False((bool)output["created"]!);
        Assert.Matches("""^\{"jql":"labels = \\u0022vaka-[0-9a-f]{32}\\u0022 ORDER BY created ASC","maxResults":1,"fields":\["summary"\]\}$""", test.Wire.Requests[0].BodyText);
    }

    [Fact]
    public async Task FindExisting_WithoutKey_IsNotKnown()
    {
        await using var test = new JiraTest();

        Assert.Null(await JiraTest.ActionOf("create_issue").FindExistingAsync(
            JiraTest.InputOf("create_issue", """{"summary":"s"}"""), test.Config, test.Host.Create(), CancellationToken.None));
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task FindExisting_WithKey_FindsIt()
    {
        await using var test = new JiraTest();
        test.Wire.Next(HttpAnswers.Json("""{"issues":[{"id":"1","key":"OPS-9"}]}"""));

        Assert.NotNull(await JiraTest.ActionOf("create_issue").FindExistingAsync(
            JiraTest.InputOf("create_issue", """{"summary":"s","dedupe_key":"k"}"""), test.Config, test.Host.Create(), CancellationToken.None));
    }

    [Theory]
    [InlineData("create_issue", "Creates 'Disk full' as Task in OPS")]
    [InlineData("update_issue", "Changes fields of OPS-1")]
    [InlineData("assign_issue", "Assigns OPS-1 to Ada Lovelace")]
    [InlineData("add_comment", "Comments on OPS-1")]
    [InlineData("transition_issue", "Moves OPS-1 by Done")]
    [InlineData("add_attachment", "Attaches 1 file(s) to OPS-1")]
    [InlineData("delete_issue", "Deletes OPS-1 for good")]
    public async Task Preview_OfAWrite_SaysWhatWouldBeAndSendsNothing(string action, string summary)
    {
        await using var test = new JiraTest();

        var preview = await JiraTest.ActionOf(action).PreviewAsync(
            JiraTest.InputOf(action, Sample.Of(action).Input), test.Config, test.Host.Create(), CancellationToken.None);

        Assert.Equal(summary, preview!.Summary);
        Assert.Empty(test.Wire.Requests);
    }
}
