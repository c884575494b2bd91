using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Jira.Tests.Actions;

public sealed class OtherActionTests : IAsyncDisposable
{
    private readonly JiraTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task Update_LabelsNotifyAndFields_AreSent()
    {
        test.Wire.Next(HttpAnswers.Json("""[{"id":"customfield_1","name":"Points","schema":{"type":"number"}}]"""), HttpAnswers.Status(HttpStatusCode.NoContent));

        await test.RunAsync("update_issue", """{"issue":"OPS-1","add_labels":["a"],"remove_labels":["b"],"fields":{"Points":5},"notify_users":false}""");

        Assert.Equal("https://example.atlassian.net/rest/api/3/issue/OPS-1?notifyUsers=false", test.Wire.Requests[1].Uri.AbsoluteUri);
        Assert.Equal("""{"fields":{"customfield_1":5},"update":{"labels":[{"add":"a"},{"remove":"b"}]}}""", test.Wire.Requests[1].BodyText);
    }

    [Theory]
    [InlineData("update_issue", """{"issue":"OPS-1"}""", "")]
    [InlineData("update_issue", """{"issue":"OPS-1","labels":[],"add_labels":["a"]}""", "labels")]
    [InlineData("update_issue", """{"issue":"OPS-1","add_labels":["vaka-0123"]}""", "add_labels[0]")]
    [InlineData("assign_issue", """{"issue":"OPS-1"}""", "assignee")]
    [InlineData("assign_issue", """{"issue":"OPS-1","assignee":"ada","unassign":true}""", "assignee")]
    [InlineData("add_comment", """{"issue":"OPS-1"}""", "body")]
    [InlineData("add_comment", """{"issue":"OPS-1","body":" "}""", "body")]
    [InlineData("add_comment", """{"issue":"OPS-1","body":"x","visible_to_role":"a","visible_to_group":"b"}""", "visible_to_group")]
    [InlineData("search_issues", """{"jql":" "}""", "jql")]
    [InlineData("search_issues", """{"jql":"ORDER  BY created\nDESC"}""", "jql")]
    [InlineData("search_issues", """{"jql":"project = OPS\u0000"}""", "jql")]
    [InlineData("list_projects", """{"next_page_token":"x"}""", "next_page_token")]
    [InlineData("add_attachment", """{"issue":"OPS-1","attachments":[{"filename":"../x","content_type":"text/plain","content_base64":"eA=="}]}""", "attachments[0].filename")]
    [InlineData("add_attachment", """{"issue":"OPS-1","attachments":[{"filename":"a\r\nX: y","content_type":"text/plain","content_base64":"eA=="}]}""", "attachments[0].filename")]
    [InlineData("add_attachment", """{"issue":"OPS-1","attachments":[{"filename":"x","content_type":"no type","content_base64":"eA=="}]}""", "attachments[0].content_type")]
    [InlineData("add_attachment", """{"issue":"OPS-1","attachments":[{"filename":"x","content_type":"text/plain","content_base64":""}]}""", "attachments[0].content_base64")]
    public async Task WrongInput_IsRefusedBeforeAnythingIsSent(string action, string input, string path)
    {
        var failure = await test.FailAsync(action, input);

        Assert.Equal((FailureKind.InvalidInput, Effect.None, path), (failure.Kind, failure.Effect, Assert.Single(failure.Errors).Path));
        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [InlineData("grace hopper", "2 people are called")]
    [InlineData("grace", "Nobody is called exactly 'grace'. Near: Grace Hopper (1); Grace Hopper (2).")]
    public async Task Assign_NotOnePerson_NamesTheCandidates(string name, string words)
    {
        test.Wire.Next(HttpAnswers.Json("""[{"accountId":"1","displayName":"Grace Hopper"},{"accountId":"2","displayName":"Grace Hopper"}]"""));

        var failure = await test.FailAsync("assign_issue", $$"""{"issue":"OPS-1","assignee":"{{name}}"}""");

        Assert.Equal((FailureKind.InvalidInput, "assignee"), (failure.Kind, Assert.Single(failure.Errors).Path));
        Assert.Contains(words, failure.Message);
        Assert.Single(test.Wire.Requests);
    }

    [Fact]
    public async Task Assign_AccountId_IsLookedUpAsOne()
    {
        test.Wire.Next(HttpAnswers.Json("[]"));

        await test.FailAsync("assign_issue", """{"issue":"OPS-1","assignee":"5b10a2844c20165700ede210"}""");

        Assert.Equal("?accountId=5b10a2844c20165700ede210&issueKey=OPS-1&maxResults=1000", test.Wire.Requests[0].Uri.Query);
    }

    [Theory]
    [InlineData("""[{"accountId":"1","displayName":"Ada"}]""", true)]
    [InlineData("""[{"accountId":"1","displayName":"Ada"},{"accountId":"2","displayName":"Bob"}]""", false)]
    [InlineData("""[{"accountId":"1","displayName":"Ada","emailAddress":"ada@example.com.au"}]""", false)]
    public async Task Assign_AddressThatJiraHides_IsTakenWhereOnlyOneFits(string found, bool isTaken)
    {
        test.Wire.Next(HttpAnswers.Json(found), HttpAnswers.Json("""{"fields":{"assignee":null}}"""), HttpAnswers.Status(HttpStatusCode.NoContent));
        const string Input = """{"issue":"OPS-1","assignee":"ada@example.com"}""";

        if (isTaken) Assert.Equal("1", (string)(await test.RunAsync("assign_issue", Input))["assignee"]!["id"]!);
        else Assert.Equal("assignee", Assert.Single((await test.FailAsync("assign_issue", Input)).Errors).Path);
    }

    [Fact]
    public async Task Search_WrongJql_IsExplainedInJirasWords()
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.BadRequest, """{"errorMessages":["Field 'prject' does not exist."],"errors":{}}"""));

        var failure = await test.FailAsync("search_issues", """{"jql":"prject = OPS"}""");

        Assert.Equal((FailureKind.InvalidInput, "jql"), (failure.Kind, Assert.Single(failure.Errors).Path));
        Assert.Contains("Field 'prject' does not exist.", failure.Message);
    }

    [Fact]
    public async Task Assign_AlreadyTheirs_ChangesNothing()
    {
        test.Wire.Next(
            HttpAnswers.Json("""[{"accountId":"1","displayName":"Ada"}]"""),
            HttpAnswers.Json("""{"key":"OPS-1","fields":{"assignee":{"accountId":"1","displayName":"Ada"}}}"""));

        var output = await test.RunAsync("assign_issue", """{"issue":"OPS-1","assignee":"ada"}""");

        Assert.False((bool)output["changed"]!);
        Assert.DoesNotContain(test.Wire.Requests, request => request.Method is "PUT");
    }

    [Theory]
    [InlineData("Close", "2 transitions fit 'Close': give the id. Close (id 1, to Done); Close (id 2, to Rejected).")]
    [InlineData("Fly", "From Open there is no 'Fly'. Possible: Close (id 1, to Done); Close (id 2, to Rejected); Reopen (id 3, to Open).")]
    public async Task Transition_NotOne_NamesThePossible(string name, string words)
    {
        test.Wire.Next(Open(), Moves());

        var failure = await test.FailAsync("transition_issue", $$"""{"issue":"OPS-1","transition":"{{name}}"}""");

        Assert.Equal((FailureKind.InvalidInput, Effect.None, "transition"), (failure.Kind, failure.Effect, Assert.Single(failure.Errors).Path));
        Assert.Equal(words, failure.Message);
    }

    [Theory]
    [InlineData("2", "2")]
    [InlineData("done", "1")]
    [InlineData("REJECTED", "2")]
    [InlineData("Reopen", "3")]
    public async Task Transition_ByIdNameOrStatus_IsMade(string given, string id)
    {
        test.Wire.Next(Open(), Moves(), HttpAnswers.Status(HttpStatusCode.NoContent));

        var output = await test.RunAsync("transition_issue", $$"""{"issue":"OPS-1","transition":"{{given}}","resolution":"Fixed"}""");

        Assert.Equal("{\"transition\":{\"id\":\"" + id + "\"},\"fields\":{\"resolution\":{\"name\":\"Fixed\"}}}", test.Wire.Requests[2].BodyText);
        Assert.True((bool)output["changed"]!);
    }

    [Fact]
    public async Task Transition_StatusItHas_ChangesNothing()
    {
        test.Wire.Next(Open(), Moves());

        Assert.False((bool)(await test.RunAsync("transition_issue", """{"issue":"OPS-1","transition":"open"}"""))["changed"]!);
        Assert.Equal(2, test.Wire.Requests.Count);
    }

    [Fact]
    public async Task Comment_RestrictedAndInternal_IsSent()
    {
        test.Wire.Next(HttpAnswers.Json("""{"id":"7"}"""));

        var output = await test.RunAsync("add_comment", """{"issue":"OPS-1","body":"x","visible_to_role":"Developers","internal":true}""");

        Assert.Equal("""{"type":"role","value":"Developers"}""", test.Wire.Requests[0].BodyJson!["visibility"]!.ToJsonString());
        Assert.Equal("""[{"key":"sd.public.comment","value":{"internal":true}}]""", test.Wire.Requests[0].BodyJson!["properties"]!.ToJsonString());
        Assert.Equal("https://example.atlassian.net/browse/OPS-1?focusedCommentId=7", (string)output["url"]!);
    }

    [Fact]
    public async Task Attachment_Sent_AsBrowsersDo()
    {
        test.Wire.Next(HttpAnswers.Json("[]"));

        await test.RunAsync("add_attachment",
            """{"issue":"OPS-1","attachments":[{"filename":"ü\".txt","content_type":"text/plain","content_base64":"aGVsbG8="},{"filename":"b","content_type":"a/b","content_base64":"eA=="}]}""");

        var sent = test.Wire.Requests[0];
        Assert.Equal("no-check", sent.Header("X-Atlassian-Token"));
        Assert.StartsWith("multipart/form-data; boundary=", sent.Header("Content-Type"));
        Assert.Contains("Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ü%22.txt\"\r\n\r\nhello\r\n", sent.BodyText);
        Assert.Contains("filename=\"b\"\r\n\r\nx\r\n", sent.BodyText);
    }

    [Theory]
    [InlineData("""{"issues":[],"nextPageToken":"t2","isLast":false}""", null)]
    [InlineData("""{"issues":[{"key":"A-1"}],"isLast":false}""", null)]
    [InlineData("""{"issues":[{"key":"A-1"}],"nextPageToken":"t1"}""", null)]
    [InlineData("""{"issues":[{"key":"A-1"}],"nextPageToken":"t2","isLast":true}""", "t2")]
    public async Task Search_Cloud_StopsWithoutTokenOrIssues(string answer, string? next)
    {
        test.Wire.Next(HttpAnswers.Json(answer));

        var output = await test.RunAsync("search_issues", """{"jql":"project = A","next_page_token":"t1","max_results":7}""");

        Assert.Equal(next, (string?)output["next_page_token"]);
        Assert.Equal(("t1", 7), ((string)test.Wire.Requests[0].BodyJson!["nextPageToken"]!, (int)test.Wire.Requests[0].BodyJson!["maxResults"]!));
    }

    [Fact]
    public async Task Search_Fields_AreAskedByIdAndAnsweredByName()
    {
        test.Wire.Next(
            HttpAnswers.Json("""[{"id":"customfield_1","name":"Team"},{"id":"customfield_2","name":"Who"}]"""),
            HttpAnswers.Json("""{"issues":[{"key":"A-1","fields":{"customfield_1":{"value":"Blue","id":"1"},"customfield_2":[{"displayName":"Ada"}]}}]}"""));

        var output = await test.RunAsync("search_issues", """{"jql":"project = A","fields":["team","Who"]}""");

        Assert.EndsWith("\"customfield_1\",\"customfield_2\"]}", test.Wire.Requests[1].BodyText);
        Assert.Equal("""{"team":"Blue","Who":["Ada"]}""", output["issues"]![0]!["fields"]!.ToJsonString());
    }

    [Fact]
    public async Task Delete_RepeatedAttempt_FindsItGone()
    {
        test.Host.Attempt = 2;
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.NotFound, "{}"));

        Assert.True((bool)(await test.RunAsync("delete_issue", """{"issue":"OPS-1","delete_subtasks":true}"""))["already_gone"]!);
        Assert.Equal("?deleteSubtasks=true", test.Wire.Requests[0].Uri.Query);
    }

    [Fact]
    public async Task Fields_ReadOnce_AreKeptForAWhile()
    {
        test.Wire.Otherwise(async (request, cancellationToken) => await (request.Uri.AbsolutePath.EndsWith("/field", StringComparison.Ordinal)
            ? HttpAnswers.Json("""[{"id":"customfield_1","name":"Team"}]""")
            : HttpAnswers.Json("""{"issues":[]}"""))(request, cancellationToken));
        const string Input = """{"jql":"project = A","fields":["Team"]}""";

        await test.RunAsync("search_issues", Input);
        await test.RunAsync("search_issues", Input);
        Assert.Equal(3, test.Wire.Requests.Count);

        test.Host.FakeClock.Advance(TimeSpan.FromMinutes(11));
        await test.RunAsync("search_issues", Input);
        Assert.Equal(5, test.Wire.Requests.Count);
    }

    private static HttpAnswer Open() => HttpAnswers.Json("""{"key":"OPS-1","fields":{"status":{"name":"Open"}}}""");

    private static HttpAnswer Moves() => HttpAnswers.Json(
        """
        {"transitions":[{"id":"1","name":"Close","to":{"name":"Done"}},{"id":"2","name":"Close","to":{"name":"Rejected"}},
         {"id":"3","name":"Reopen","to":{"name":"Open"}}]}
        """);
}
