using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests.Actions;

public sealed class GraphActionTests : IAsyncDisposable
{
    private readonly TeamsTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task PostCard_GoesToTheDefaultChannel_CardAsText()
    {
        test.Answers(HttpAnswers.Json(HttpStatusCode.Created, TeamsTest.Posted));

        var output = await test.RunAsync("post_card", TeamsTest.Graph());

        var sent = Assert.Single(test.Calls);
        Assert.Equal(("POST", $"https://graph.microsoft.com{TeamsTest.ChannelPath}/messages"), (sent.Method, sent.Uri.AbsoluteUri));
        Assert.Equal(("Bearer access-token", "application/json", "application/json"), (sent.Header("Authorization"), sent.Header("Content-Type"), sent.Header("Accept")));
        var attachment = sent.BodyJson!["attachments"]!.AsArray().Single()!;
        Assert.Equal($"""<attachment id="{(string?)attachment["id"]}"></attachment>""", (string?)sent.BodyJson["body"]!["content"]);
        Assert.Equal("html", (string?)sent.BodyJson["body"]!["contentType"]);
        Assert.Equal("application/vnd.microsoft.card.adaptive", (string?)attachment["contentType"]);
        Assert.True(JsonNode.DeepEquals(Samples.Card, JsonNode.Parse((string)attachment["content"]!)));
        Assert.Equal(
            $$"""{"accepted":true,"delivered":true,"workflow_run_id":null,"message_id":"1616990032035","team_id":"{{TeamsTest.Team}}","channel_id":"{{TeamsTest.Channel}}","web_url":"https://teams.microsoft.com/l/message/1"}""",
            output.ToJsonString());
    }

    [Fact]
    public async Task PostMessage_LentByThePlatform_DoesNotTellWhereTheChannelIs()
    {
        test.Answers(HttpAnswers.Json(HttpStatusCode.Created, TeamsTest.Posted));
        test.Host.Scope = ConfigScope.Platform;

        var output = await test.RunAsync("post_message", TeamsTest.Graph());

        Assert.DoesNotContain(TeamsTest.Team, output.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((true, null, null), ((bool)output["delivered"]!, output["web_url"], output["channel_id"]));
    }

    [Theory]
    [InlineData("post_message")]
    [InlineData("post_card")]
    public async Task Post_NoDefaultChannel_SaysWhatToDo(string action)
    {
        var failure = await test.FailAsync(action, TeamsTest.Graph(("default_channel_id", null)));

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("post_channel_message", failure.Message, StringComparison.Ordinal);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task PostChannelMessage_Text_IsSentAsText()
    {
        test.Answers(HttpAnswers.Json(HttpStatusCode.Created, TeamsTest.Posted));

        var output = await test.RunAsync("post_channel_message", TeamsTest.Graph(), new JsonObject
        {
            ["team_id"] = TeamsTest.Team, ["channel_id"] = TeamsTest.Channel, ["subject"] = "S <1>", ["content"] = "a < b", ["importance"] = "high",
        });

        var sent = Assert.Single(test.Calls);
        Assert.Equal($"{TeamsTest.ChannelPath}/messages", sent.Uri.AbsolutePath);
        Assert.Equal("""{"subject":"S <1>","importance":"high","body":{"contentType":"text","content":"a < b"}}""", sent.BodyText);
        Assert.Equal(
            $$"""{"message_id":"1616990032035","team_id":"{{TeamsTest.Team}}","channel_id":"{{TeamsTest.Channel}}","web_url":"https://teams.microsoft.com/l/message/1","created_date_time":"2026-01-01T12:00:00.035+00:00"}""".Replace("+", "\\u002B", StringComparison.Ordinal),
            output.ToJsonString());
    }

    [Fact]
    public async Task PostChannelMessage_TextBesideACard_BecomesHtmlThatReadsTheSame()
    {
        test.Answers(HttpAnswers.Json(HttpStatusCode.Created, TeamsTest.Posted));

        await test.RunAsync("post_channel_message", TeamsTest.Graph(), new JsonObject { ["content"] = "a <attachment id=\"x\"> & b\nc", ["card"] = Samples.Card });

        var content = (string)Assert.Single(test.Calls).BodyJson!["body"]!["content"]!;
        Assert.StartsWith("a &lt;attachment id=\"x\"&gt; &amp; b<br>c<attachment id=\"", content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostChannelMessage_Html_IsSentAsItIs()
    {
        test.Answers(HttpAnswers.Json(HttpStatusCode.Created, TeamsTest.Posted));

        await test.RunAsync("post_channel_message", TeamsTest.Graph(), new JsonObject { ["content"] = "<p>Hé</p>", ["content_type"] = "html" });

        Assert.Equal("""{"importance":"normal","body":{"contentType":"html","content":"<p>Hé</p>"}}""", Assert.Single(test.Calls).BodyText);
    }

    [Theory]
    [InlineData("text", "<b> <at>Ann <O></at> & <at>Bob</at>", "&lt;b&gt; <at id=\"0\">Ann &lt;O&gt;</at> &amp; &lt;at&gt;Bob&lt;/at&gt;")]
    [InlineData("html", "<b>Hi</b> <at>Ann &lt;O&gt;</at>", "<b>Hi</b> <at id=\"0\">Ann &lt;O&gt;</at>")]
    public async Task PostChannelMessage_Mention_IsWrittenAndListed(string type, string content, string expected)
    {
        test.Answers(HttpAnswers.Json(HttpStatusCode.Created, TeamsTest.Posted));

        await test.RunAsync("post_channel_message", TeamsTest.Graph(), new JsonObject
        {
            ["content"] = content,
            ["content_type"] = type,
            ["mentions"] = new JsonArray(new JsonObject { ["user_id"] = TeamsTest.Client, ["display_name"] = "Ann <O>" }),
        });

        var body = Assert.Single(test.Calls).BodyJson!;
        Assert.Equal(("html", expected), ((string?)body["body"]!["contentType"], (string?)body["body"]!["content"]));
        var mention = Assert.Single(body["mentions"]!.AsArray())!;
        Assert.Equal((0, "Ann <O>"), ((int)mention["id"]!, (string?)mention["mentionText"]));
        Assert.Equal(
            (TeamsTest.Client, "Ann <O>", "aadUser"),
            ((string?)mention["mentioned"]!["user"]!["id"], (string?)mention["mentioned"]!["user"]!["displayName"], (string?)mention["mentioned"]!["user"]!["userIdentityType"]));
    }

    [Fact]
    public async Task ReplyToMessage_GoesToTheThread()
    {
        test.Answers(HttpAnswers.Json(HttpStatusCode.Created, TeamsTest.Posted));

        var output = await test.RunAsync("reply_to_message", TeamsTest.Graph());

        var sent = Assert.Single(test.Calls);
        Assert.Equal(("POST", $"{TeamsTest.ChannelPath}/messages/1616990032035/replies"), (sent.Method, sent.Uri.AbsolutePath));
        Assert.Equal("""{"importance":"normal","body":{"contentType":"text","content":"Hello back"}}""", sent.BodyText);
        Assert.Equal("1616990032035", (string?)output["message_id"]);
    }

    [Theory]
    [InlineData("post_channel_message", """{"content": "x", "team_id": "../me"}""", "team_id")]
    [InlineData("post_channel_message", """{"content": "x", "team_id": "fbe2bf47-16c8-47cf-b4a5-4b9b187c508b/members"}""", "team_id")]
    [InlineData("post_channel_message", """{"content": "x", "channel_id": "19:a@thread.tacv2/../../members"}""", "channel_id")]
    [InlineData("post_channel_message", """{"content": "x", "channel_id": "19:a@b?c=d"}""", "channel_id")]
    [InlineData("post_channel_message", """{"content": "x", "channel_id": "General"}""", "channel_id")]
    [InlineData("post_channel_message", """{"content": "x", "team_id": "172b0cce-e65d-44ce-9a49-91d9f2e8493a"}""", "channel_id")]
    [InlineData("post_channel_message", """{"content": "  "}""", "content")]
    [InlineData("post_channel_message", """{}""", "content")]
    [InlineData("post_channel_message", """{"content": "<attachment id='1'></attachment>", "content_type": "html"}""", "content")]
    [InlineData("post_channel_message", """{"content": "<at id='0'>Ann</at>", "content_type": "html"}""", "content")]
    [InlineData("post_channel_message", """{"content": "x", "card": {"type": "AdaptiveCard"}}""", "card.version")]
    [InlineData("post_channel_message", """{"content": "<at>Ann</at>", "content_type": "html"}""", "mentions")]
    [InlineData("post_channel_message", """{"content": "Ann", "mentions": [{"user_id": "8ea0e38b-efb3-4757-924a-5f94061cf8c2", "display_name": "Ann"}]}""", "mentions[0].display_name")]
    [InlineData("post_channel_message", """{"content": "<at>Ann</at>", "mentions": [{"user_id": "ann@contoso.com", "display_name": "Ann"}]}""", "mentions[0].user_id")]
    [InlineData("reply_to_message", """{"message_id": "1", "content": "<at>A</at>", "mentions": [{"user_id": "8ea0e38b-efb3-4757-924a-5f94061cf8c2", "display_name": "A"}, {"user_id": "8ea0e38b-efb3-4757-924a-5f94061cf8c3", "display_name": "A"}]}""", "mentions[1].display_name")]
    [InlineData("reply_to_message", """{"content": "x", "message_id": "1/../2"}""", "message_id")]
    [InlineData("reply_to_message", """{"content": "x", "message_id": "١٢٣"}""", "message_id")]
    [InlineData("list_channels", """{"team_id": "%2e%2e"}""", "team_id")]
    [InlineData("list_channels", """{"page_token": "$skiptoken=1#/../x"}""", "page_token")]
    [InlineData("list_teams", """{"page_token": "a b"}""", "page_token")]
    public async Task Action_HostileOrWrongInput_IsNotSent(string action, string input, string path)
    {
        var failure = await test.FailAsync(action, TeamsTest.Graph(), JsonNode.Parse(input)!.AsObject());

        Assert.Equal((FailureKind.InvalidInput, Effect.None, path), (failure.Kind, failure.Effect, failure.Errors.Single().Path));
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task PostChannelMessage_TooLarge_IsNotSent()
    {
        var failure = await test.FailAsync("post_channel_message", TeamsTest.Graph(), new JsonObject { ["content"] = new string('ü', 15_000) });

        Assert.Equal("content", failure.Errors.Single().Path);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task ListTeams_FollowsPagesOnItsHost()
    {
        test.Answers(
            HttpAnswers.Json("""{"value":[{"id":"1","displayName":"A","description":"d"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users('x')/joinedTeams?$skiptoken=abc%20d"}"""),
            HttpAnswers.Json("""{"value":[{"id":"2","displayName":null},{"noId":true},7]}"""));

        var output = await test.RunAsync("list_teams", TeamsTest.Graph());

        Assert.Equal(
            ["https://graph.microsoft.com/v1.0/me/joinedTeams", "https://graph.microsoft.com/v1.0/me/joinedTeams?$skiptoken=abc%20d"],
            test.Calls.Select(call => call.Uri.AbsoluteUri));
        Assert.All(test.Calls, call => Assert.Equal(("GET", "Bearer access-token", 0), (call.Method, call.Header("Authorization"), call.Body.Length)));
        Assert.Equal(
            """{"teams":[{"id":"1","display_name":"A","description":"d"},{"id":"2","display_name":"2","description":null}],"next_page_token":null}""",
            output.ToJsonString());
    }

    [Fact]
    public async Task ListTeams_HalfACharacterInAName_IsPassedOver()
    {
        test.Answers(HttpAnswers.Json("""{"value":[{"id":"1","displayName":"\ud800"}],"@odata.nextLink":"\ud800"}"""));

        Assert.Equal("1", (string?)(await test.RunAsync("list_teams", TeamsTest.Graph()))["teams"]![0]!["display_name"]);
    }

    [Theory]
    [InlineData("https://evil.example/v1.0/me/joinedTeams?$skiptoken=1")]
    [InlineData("http://graph.microsoft.com/v1.0/me/joinedTeams?$skiptoken=1")]
    [InlineData("https://graph.microsoft.com:444/v1.0/me/joinedTeams?$skiptoken=1")]
    [InlineData("https://graph.microsoft.com@evil.example/?$skiptoken=1")]
    [InlineData("/v1.0/me/joinedTeams?$skiptoken=1")]
    public async Task ListTeams_PageElsewhere_IsNotFollowed(string link)
    {
        test.Answers(HttpAnswers.Json(new JsonObject { ["value"] = new JsonArray(), ["@odata.nextLink"] = link }.ToJsonString()));

        var failure = await test.FailAsync("list_teams", TeamsTest.Graph());

        Assert.Equal((FailureKind.Rejected, Effect.None), (failure.Kind, failure.Effect));
        Assert.Single(test.Calls);
    }

    [Fact]
    public async Task ListChannels_MoreThanTheCap_AnswersATokenThatGoesOn()
    {
        var page = new JsonArray([.. Enumerable.Range(0, 100).Select(index => new JsonObject
        {
            ["id"] = $"19:{index}@thread.tacv2", ["displayName"] = $"C{index}", ["membershipType"] = "private",
        })]);
        var number = 0;
        test.Answers((request, cancellationToken) => HttpAnswers.Json(new JsonObject
        {
            ["value"] = page.DeepClone(),
            ["@odata.nextLink"] = $"https://graph.microsoft.com/v1.0/teams/{TeamsTest.Team}/channels?$skiptoken={++number}",
        }.ToJsonString())(request, cancellationToken));

        var first = await test.RunAsync("list_channels", TeamsTest.Graph());
        var second = await test.RunAsync("list_channels", TeamsTest.Graph(), new JsonObject { ["page_token"] = first["next_page_token"]!.DeepClone() });

        Assert.Equal((200, 200), (first["channels"]!.AsArray().Count, second["channels"]!.AsArray().Count));
        Assert.Equal("$skiptoken=2", (string?)first["next_page_token"]);
        Assert.Equal("private", (string?)first["channels"]![0]!["membership_type"]);
        Assert.Equal(["", "?$skiptoken=1", "?$skiptoken=2", "?$skiptoken=3"], test.Calls.Select(call => call.Uri.Query));
    }

    [Fact]
    public async Task ListTeams_PagesWithoutEnd_AreCapped()
    {
        var number = 0;
        test.Answers((request, cancellationToken) => HttpAnswers.Json(
            $$"""{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/me/joinedTeams?$skiptoken={{++number}}"}""")(request, cancellationToken));

        var output = await test.RunAsync("list_teams", TeamsTest.Graph());

        Assert.Equal((10, "$skiptoken=10"), (test.Calls.Count, (string?)output["next_page_token"]));
    }

    [Fact]
    public async Task ListTeams_TheSamePageAgain_Ends()
    {
        test.Answers(HttpAnswers.Json("""{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/me/joinedTeams?$skiptoken=1"}"""));

        Assert.Null((await test.RunAsync("list_teams", TeamsTest.Graph()))["next_page_token"]);
        Assert.Equal(2, test.Calls.Count);
    }

    [Theory]
    [InlineData("gcc_high", "graph.microsoft.us", "login.microsoftonline.us")]
    [InlineData("dod", "dod-graph.microsoft.us", "login.microsoftonline.us")]
    public async Task Action_OfAGovernmentCloud_StaysThere(string cloud, string graph, string login)
    {
        test.Answers(HttpAnswers.Json("""{"value":[]}"""));

        await test.RunAsync("list_teams", TeamsTest.Graph(("cloud", cloud)));

        Assert.Equal([login, graph], test.Wire.Requests.Select(request => request.Uri.Host));
    }

    [Theory]
    [InlineData(400, FailureKind.InvalidInput)]
    [InlineData(409, FailureKind.Rejected)]
    [InlineData(412, FailureKind.Rejected)]
    public async Task Action_GraphSaysWhatIsWrong_IsShownCleanAndShort(int status, FailureKind kind)
    {
        var body = new JsonObject { ["error"] = new JsonObject { ["code"] = "BadRequest", ["message"] = "Invalid\u0007 ThreadId\r\n" + new string('x', 1000) } };
        test.Answers(HttpAnswers.Json((HttpStatusCode)status, body.ToJsonString()));

        var failure = await test.FailAsync("post_channel_message", TeamsTest.Graph());

        Assert.Equal(kind, failure.Kind);
        Assert.Contains("Invalid ThreadId", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 100, 400);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Fact]
    public async Task Action_Forbidden_NamesThePermission()
    {
        test.Answers(HttpAnswers.Json(HttpStatusCode.Forbidden, """{"error":{"code":"Forbidden","message":"Missing scope permissions on the request."}}"""));

        Assert.Contains("ChannelMessage.Send", (await test.FailAsync("reply_to_message", TeamsTest.Graph())).Message, StringComparison.Ordinal);
        Assert.Contains("Team.ReadBasic.All", (await test.FailAsync("list_teams", TeamsTest.Graph())).Message, StringComparison.Ordinal);
        Assert.Contains("Channel.ReadBasic.All", (await test.FailAsync("list_channels", TeamsTest.Graph())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Actions_LendOnlyWhatTheConfigFixes() =>
        Assert.Equal(["post_message", "post_card"], TeamsTest.Provider.Actions.Where(action => action.IsTenantSafe).Select(action => action.Name));
}
