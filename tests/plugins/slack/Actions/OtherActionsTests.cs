using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests.Actions;

public sealed class OtherActionsTests : IAsyncDisposable
{
    private readonly SlackTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [InlineData("update_message", "chat.update", """{"text": "Hello again", "channel": "C0GENERAL", "ts": "1503435956.000247"}""",
        """{"channel": "C0GENERAL", "ts": "1503435956.000247", "warnings": []}""")]
    [InlineData("delete_message", "chat.delete", """{"channel": "C0GENERAL", "ts": "1503435956.000247"}""",
        """{"channel": "C0GENERAL", "ts": "1503435956.000247", "already_deleted": false, "warnings": []}""")]
    [InlineData("schedule_message", "chat.scheduleMessage", """{"text": "Later", "post_at": 1767340800, "channel": "C0GENERAL"}""",
        """{"scheduled_message_id": "Q1298393284", "channel": "C0GENERAL", "post_at": "2026-01-02T08:00:00+00:00", "warnings": []}""")]
    [InlineData("add_reaction", "reactions.add", """{"channel": "C0GENERAL", "timestamp": "1503435956.000247", "name": "thumbsup"}""",
        """{"channel": "C0GENERAL", "timestamp": "1503435956.000247", "name": "thumbsup", "already_reacted": false, "warnings": []}""")]
    [InlineData("open_conversation", "conversations.open", """{"users": "U0ALICE01"}""",
        """{"channel": "D0ALICE01", "already_open": true, "warnings": []}""")]
    public async Task Write_IsOnePost(string action, string method, string body, string output)
    {
        test.Wire.Next(SlackTest.Success(action));

        var answered = await test.RunAsync(action, SlackTest.Inputs[action]);

        var sent = Assert.Single(test.Wire.Requests);
        Assert.Equal(("POST", $"https://slack.com/api/{method}"), (sent.Method, sent.Uri.AbsoluteUri));
        Assert.Equal($"Bearer {SlackTest.Token}", sent.Header("Authorization"));
        Assert.Equal("application/json; charset=utf-8", sent.Header("Content-Type"));
        SlackTest.AssertJson(body, sent.BodyJson);
        SlackTest.AssertJson(output, answered);
    }

    [Theory]
    [InlineData("list_channels", "conversations.list?types=public_channel&exclude_archived=true&limit=100")]
    [InlineData("list_users", "users.list?limit=100")]
    [InlineData("lookup_user_by_email", "users.lookupByEmail?email=alice%40example.com")]
    public async Task Read_IsOneGet(string action, string address)
    {
        test.Wire.Next(SlackTest.Success(action));

        await test.RunAsync(action, SlackTest.Inputs[action]);

        var sent = Assert.Single(test.Wire.Requests);
        Assert.Equal(("GET", $"https://slack.com/api/{address}", 0), (sent.Method, sent.Uri.AbsoluteUri, sent.Body.Length));
        Assert.Equal($"Bearer {SlackTest.Token}", sent.Header("Authorization"));
        Assert.True(test.ActionOf(action).IsReadOnly);
    }

    [Fact]
    public async Task UploadFile_ThreeSteps()
    {
        test.Wire.Next(SlackTest.Success("upload_file"));

        var output = await test.RunAsync("upload_file", $$"""
            {"channel": "C0GENERAL", "title": "Log", "initial_comment": "see *this*", "thread_ts": "{{SlackTest.Ts}}", "alt_txt": "a log", "snippet_type": "text",
             "file": {"filename": "a b&c.txt", "content_type": "text/plain", "content_base64": "aGVsbG8="}
            }
            """);

        var (ask, send, complete) = (test.Wire.Requests[0], test.Wire.Requests[1], test.Wire.Requests[2]);
        Assert.Equal(("POST", "https://slack.com/api/files.getUploadURLExternal"), (ask.Method, ask.Uri.AbsoluteUri));
        Assert.Equal("filename=a+b%26c.txt&length=5&alt_txt=a+log&snippet_type=text", ask.BodyText);
        Assert.Equal(("POST", "https://files.slack.com/upload/v1/ABC123"), (send.Method, send.Uri.AbsoluteUri));
        Assert.Equal(("hello", "application/octet-stream", null), (send.BodyText, send.Header("Content-Type"), send.Header("Authorization")));
        Assert.Equal("https://slack.com/api/files.completeUploadExternal", complete.Uri.AbsoluteUri);
        SlackTest.AssertJson($$"""
            {"files": [{"id": "F0FILE001", "title": "Log"}], "channel_id": "C0GENERAL", "initial_comment": "see *this*", "thread_ts": "{{SlackTest.Ts}}"}
            """, complete.BodyJson);
        SlackTest.AssertJson(
            """{"file_id": "F0FILE001", "channel": "C0GENERAL", "permalink": "https://acme.slack.com/files/F0FILE001", "warnings": []}""", output);
    }

    [Theory]
    [InlineData("https://evil.example/upload")]
    [InlineData("http://files.slack.com/upload")]
    [InlineData("https://files.slack.com.evil.example/upload")]
    [InlineData("https://files.slack.com:8443/upload")]
    [InlineData("https://evilslack.com/upload")]
    [InlineData("not an address")]
    public async Task UploadFile_AddressThatIsNotSlacks_GetsNothing(string address)
    {
        test.Wire.Next(SlackTest.Ok($"\"upload_url\": \"{address}\", \"file_id\": \"F1\""));

        var failure = await test.FailAsync("upload_file", SlackTest.Inputs["upload_file"]);

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
        Assert.Single(test.Wire.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, FailureKind.Rejected)]
    [InlineData(HttpStatusCode.InternalServerError, FailureKind.Unavailable)]
    public async Task UploadFile_BytesRefused_NothingWasShared(HttpStatusCode status, FailureKind kind)
    {
        test.Wire.Next(SlackTest.Success("upload_file")[0], HttpAnswers.Status(status));

        var failure = await test.FailAsync("upload_file", SlackTest.Inputs["upload_file"]);

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal(2, test.Wire.Requests.Count);
    }

    [Fact]
    public async Task UploadFile_Empty_IsRefused() => Assert.Equal("file.content_base64", Assert.Single((await test.FailAsync(
        "upload_file", """{"channel": "C0GENERAL", "file": {"filename": "a", "content_type": "text/plain", "content_base64": ""}}""")).Errors).Path);

    [Fact]
    public async Task UploadFile_ToAPerson_OpensTheDirectMessageFirst()
    {
        test.Wire.Next([.. SlackTest.Success("open_conversation"), .. SlackTest.Success("upload_file")]);
        var input = SlackTest.Inputs["upload_file"];
        input["channel"] = "U0ALICE01";

        await test.RunAsync("upload_file", input);

        Assert.Equal("https://slack.com/api/conversations.open", test.Wire.Requests[0].Uri.AbsoluteUri);
        Assert.Equal("D0ALICE01", test.Sent.BodyJson!["channel_id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("2026-01-01T12:00:00Z", false)]
    [InlineData("2025-12-31T00:00:00Z", false)]
    [InlineData("2026-05-01T12:00:00Z", true)]
    [InlineData("2026-05-01T12:00:01Z", false)]
    [InlineData("2026-01-01T13:00:01+01:00", true)]
    public async Task ScheduleMessage_Within120Days(string time, bool good)
    {
        test.Wire.Next(SlackTest.Success("schedule_message"));
        var input = SlackTest.Inputs["schedule_message"];
        input["post_at"] = time;

        if (good) await test.RunAsync("schedule_message", input);
        else Assert.Equal("post_at", Assert.Single((await test.FailAsync("schedule_message", input)).Errors).Path);
    }

    [Theory]
    [InlineData(4000, true)]
    [InlineData(4001, false)]
    public async Task UpdateMessage_TakesLessThanAPost(int length, bool good)
    {
        test.Wire.Next(SlackTest.Success("update_message"));
        var input = SlackTest.Inputs["update_message"];
        input["text"] = new string('a', length);

        if (good) await test.RunAsync("update_message", input);
        else Assert.Equal("text", Assert.Single((await test.FailAsync("update_message", input)).Errors).Path);
    }

    [Fact]
    public async Task DeleteMessage_GoneOnASecondAttempt_WasDeleted()
    {
        test.Wire.Next(SlackTest.Error("message_not_found"), SlackTest.Error("message_not_found"));

        Assert.Equal(FailureKind.NotFound, (await test.FailAsync("delete_message", SlackTest.Inputs["delete_message"])).Kind);
        test.Host.Attempt = 2;

        Assert.True((await test.RunAsync("delete_message", SlackTest.Inputs["delete_message"]))["already_deleted"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData(":thumbsup:", "thumbsup")]
    [InlineData("thumbsup::skin-tone-3", "thumbsup::skin-tone-3")]
    public async Task AddReaction_ThereAlready_IsNoFailure(string given, string sent)
    {
        test.Wire.Next(SlackTest.Error("already_reacted"));
        var input = SlackTest.Inputs["add_reaction"];
        input["name"] = given;

        var output = await test.RunAsync("add_reaction", input);

        Assert.True(output["already_reacted"]!.GetValue<bool>());
        Assert.Equal(sent, test.Sent.BodyJson!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task ListChannels_Page_IsTypedAndContinued()
    {
        test.Wire.Next(SlackTest.Ok("""
            "channels": [{"id": "C1", "name": "a", "is_private": true, "is_member": true, "num_members": 7, "topic": {"value": "T"}, "purpose": {"value": ""}},
                         {"id": "D1", "is_im": true, "user": "U1"}, {"name": "without id"}, 7],
            "response_metadata": {"next_cursor": "dGVhbTpDMQ=="}
            """));

        var output = await test.RunAsync("list_channels", """{"types": ["public_channel", "im", "im"], "exclude_archived": false, "limit": 2, "cursor": "a=&b"}""");

        Assert.Equal(
            "https://slack.com/api/conversations.list?types=public_channel%2Cim&exclude_archived=false&limit=2&cursor=a%3D%26b", test.Sent.Uri.AbsoluteUri);
        SlackTest.AssertJson("""
            {"channels": [{"id": "C1", "name": "a", "is_private": true, "is_archived": false, "is_member": true, "num_members": 7, "topic": "T"},
                          {"id": "D1", "is_private": true, "is_archived": false, "is_member": false, "user": "U1"}],
             "next_cursor": "dGVhbTpDMQ==", "warnings": []}
            """, output);
    }

    [Fact]
    public async Task ListChannels_UnknownType_IsRefused() =>
        Assert.Equal("types[1]", Assert.Single((await test.FailAsync("list_channels", """{"types": ["im", "a,b"]}""")).Errors).Path);

    [Fact]
    public async Task ListUsers_BotsAndTheDeleted_AreListedWhenAskedFor()
    {
        const string members = """
            "members": [{"id": "U1", "name": "alice", "real_name": "Alice", "tz": "Europe/Berlin",
                         "profile": {"display_name": "ali", "email": "alice@example.com", "title": ""}},
                        {"id": "U2", "name": "bot", "is_bot": true}, {"id": "USLACKBOT", "name": "slackbot"}, {"id": "U3", "deleted": true}]
            """;
        test.Wire.Next(SlackTest.Ok(members), SlackTest.Ok(members));

        var people = await test.RunAsync("list_users", "{}");
        var all = await test.RunAsync("list_users", """{"include_bots": true, "include_deleted": true}""");

        SlackTest.AssertJson("""
            {"users": [{"id": "U1", "name": "alice", "real_name": "Alice", "display_name": "ali", "email": "alice@example.com", "tz": "Europe/Berlin",
                        "is_bot": false, "deleted": false}], "warnings": []}
            """, people);
        Assert.Equal(4, all["users"]!.AsArray().Count);
    }

    [Fact]
    public async Task LookupUserByEmail_Hostile_StaysOneArgument()
    {
        test.Wire.Next(SlackTest.Success("lookup_user_by_email"));

        await test.RunAsync("lookup_user_by_email", new JsonObject { ["email"] = "a&token=x#@e.com?y" });

        Assert.Equal("?email=a%26token%3Dx%23%40e.com%3Fy", test.Sent.Uri.Query);
    }

    [Fact]
    public async Task LookupUserByEmail_Nobody_IsNotFound()
    {
        test.Wire.Next(SlackTest.Error("users_not_found"));

        Assert.Equal(FailureKind.NotFound, (await test.FailAsync("lookup_user_by_email", SlackTest.Inputs["lookup_user_by_email"])).Kind);
    }

    [Fact]
    public async Task OpenConversation_Several_AreLookedUpAndJoined()
    {
        test.Wire.Next([SlackTest.Ok("\"user\": {\"id\": \"U0BOB0001\"}"), .. SlackTest.Success("open_conversation")]);

        await test.RunAsync("open_conversation", """{"users": ["U0ALICE01", "bob@example.com", "U0ALICE01"]}""");

        Assert.Equal("U0ALICE01,U0BOB0001", test.Sent.BodyJson!["users"]!.GetValue<string>());
    }

    [Fact]
    public async Task OpenConversation_Channel_IsNoPerson() =>
        Assert.Equal("users[1]", Assert.Single((await test.FailAsync("open_conversation", """{"users": ["U0ALICE01", "#general"]}""")).Errors).Path);
}
