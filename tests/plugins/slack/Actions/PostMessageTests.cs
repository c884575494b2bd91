using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Actions;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests.Actions;

public sealed class PostMessageTests : IAsyncDisposable
{
    private readonly SlackTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task ExecuteAsync_Everything_IsSentAsSlackTakesIt()
    {
        test.Host.DeduplicationKey = "0198c0de0000700080000000000000aa";
        test.Wire.Next(SlackTest.Success("post_message"));

        var output = await test.RunAsync("post_message", $$"""
            {"channel": "C0GENERAL", "text": "Grüße & <https://e.com|more>", "blocks": [{"type": "divider"}], "thread_ts": "{{SlackTest.Ts}}",
             "reply_broadcast": true, "unfurl_links": false, "unfurl_media": true, "username": "Deploy", "icon_emoji": "rocket",
             "metadata": {"event_type": "deployed", "event_payload": {"id": 7} }
            }
            """);

        Assert.Equal(("POST", "https://slack.com/api/chat.postMessage"), (test.Sent.Method, test.Sent.Uri.AbsoluteUri));
        Assert.Equal($"Bearer {SlackTest.Token}", test.Sent.Header("Authorization"));
        Assert.Equal("application/json; charset=utf-8", test.Sent.Header("Content-Type"));
        SlackTest.AssertJson($$"""
            {"text": "Grüße & <https://e.com|more>", "blocks": [{"type": "divider"}], "thread_ts": "{{SlackTest.Ts}}", "reply_broadcast": true,
             "unfurl_links": false, "unfurl_media": true, "metadata": {"event_type": "deployed", "event_payload": {"id": 7} },
             "username": "Deploy", "icon_emoji": ":rocket:", "channel": "C0GENERAL",
             "client_msg_id": "0198c0de-0000-7000-8000-0000000000aa"}
            """, test.Sent.BodyJson);
        SlackTest.AssertJson(
            $$"""{"channel": "C0GENERAL", "ts": "{{SlackTest.Ts}}", "thread_ts": "{{SlackTest.Ts}}", "warnings": []}""", output);
    }

    [Fact]
    public async Task ExecuteAsync_DefaultChannel_IsUsed()
    {
        test.Wire.Next(SlackTest.Success("post_message"));

        await test.RunAsync("post_message", """{"text": "a"}""", SlackTest.BotConfig("\"default_channel\": \"C0DEFAULT\""));

        Assert.Equal("C0DEFAULT", test.Sent.BodyJson!["channel"]!.GetValue<string>());
    }

    [Fact]
    public async Task ExecuteAsync_SecondAttempt_CarriesTheSameId()
    {
        test.Wire.Next([SlackTest.Error("ratelimited"), .. SlackTest.Success("post_message")]);

        await test.FailAsync("post_message", SlackTest.Inputs["post_message"]);
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(5));
        test.Host.Attempt = 2;
        await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);

        Assert.Equal(
            test.Wire.Requests[0].BodyJson!["client_msg_id"]!.GetValue<string>(), test.Wire.Requests[1].BodyJson!["client_msg_id"]!.GetValue<string>());
        Assert.False(test.ActionOf("post_message").IsIdempotent);
    }

    [Fact]
    public async Task ExecuteAsync_Markdown_IsConverted()
    {
        test.Wire.Next(SlackTest.Success("post_message"));

        await test.RunAsync("post_message", """{"channel": "C0GENERAL", "markdown": "**Done** <!channel> [log](https://e.com)"}""");

        Assert.Equal("*Done* &lt;!channel&gt; <https://e.com|log>", test.Sent.BodyJson!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task ExecuteAsync_Mentions_BeginTheText()
    {
        test.Wire.Next([SlackTest.Ok("\"user\": {\"id\": \"U0BOB0001\"}"), .. SlackTest.Success("post_message")]);

        await test.RunAsync("post_message", """{"channel": "C0GENERAL", "text": "look", "mentions": ["U0ALICE01", "bob@example.com", "S0GROUP01", "here"]}""");

        Assert.Equal("https://slack.com/api/users.lookupByEmail?email=bob%40example.com", test.Wire.Requests[0].Uri.AbsoluteUri);
        Assert.Equal("<@U0ALICE01> <@U0BOB0001> <!subteam^S0GROUP01> <!here> look", test.Sent.BodyJson!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task ExecuteAsync_PersonUnderAnotherName_GoesToTheDirectMessageOfTheBot()
    {
        test.Wire.Next([.. SlackTest.Success("post_message"), .. SlackTest.Success("open_conversation"), .. SlackTest.Success("post_message")]);

        await test.RunAsync("post_message", """{"channel": "U0ALICE01", "text": "a"}""");
        await test.RunAsync("post_message", """{"channel": "U0ALICE01", "text": "a", "username": "Deploy"}""");

        Assert.Equal("U0ALICE01", test.Wire.Requests[0].BodyJson!["channel"]!.GetValue<string>());
        Assert.Equal("D0ALICE01", test.Sent.BodyJson!["channel"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"channel": "C0GENERAL"}""", "text")]
    [InlineData("""{"channel": "C0GENERAL", "blocks": [{"type": "divider"}]}""", "text")]
    [InlineData("""{"channel": "C0GENERAL", "text": "a", "markdown": "b"}""", "markdown")]
    [InlineData("""{"channel": "C0GENERAL", "text": "  \n "}""", "text")]
    [InlineData("""{"channel": "C0GENERAL", "text": "a", "blocks": []}""", "blocks")]
    [InlineData("""{"channel": "C0GENERAL", "text": "a", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]}""", "blocks[0].text.type")]
    [InlineData("""{"channel": "C0GENERAL", "text": "a", "reply_broadcast": true}""", "reply_broadcast")]
    [InlineData("""{"channel": "C0GENERAL", "text": "a", "icon_emoji": ":a:", "icon_url": "https://e.com/a.png"}""", "icon_url")]
    [InlineData("""{"channel": "C0GENERAL", "text": "a", "mentions": ["U0ALICE01"], "blocks": [{"type": "divider"}]}""", "mentions")]
    [InlineData("""{"channel": "C0GENERAL", "text": "a", "mentions": ["#general"]}""", "mentions[0]")]
    [InlineData("""{"channel": "C0GENERAL", "text": "a", "mentions": ["here", "<!channel>"]}""", "mentions[1]")]
    [InlineData("""{"text": "a"}""", "channel")]
    [InlineData("""{"channel": "Two Words", "text": "a"}""", "channel")]
    [InlineData("""{"channel": "general\",\"x\":\"y", "text": "a", "markdown": "b"}""", "markdown")]
    public async Task ExecuteAsync_WrongInput_SaysWhereAndSendsNothing(string input, string path)
    {
        var failure = await test.FailAsync("post_message", input);

        Assert.Equal((FailureKind.InvalidInput, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal(path, Assert.Single(failure.Errors).Path);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task ExecuteAsync_TextAtTheLimit_IsSentAndAboveIsNot()
    {
        test.Wire.Next(SlackTest.Success("post_message"));

        await test.RunAsync("post_message", new JsonObject { ["channel"] = "C0GENERAL", ["text"] = new string('a', 40_000) });
        var failure = await test.FailAsync("post_message", new JsonObject { ["channel"] = "C0GENERAL", ["markdown"] = new string('&', 8_001) });

        Assert.Equal("markdown", Assert.Single(failure.Errors).Path); // 40,005 once escaped
        Assert.Single(test.Wire.Requests);
    }

    [Fact]
    public async Task ExecuteAsync_ControlCharactersAndUnicode_StayData()
    {
        test.Wire.Next(SlackTest.Success("post_message"));
        const string text = "\"}, {\u0001 \u202E\\ 😀 ]";

        await test.RunAsync("post_message", new JsonObject { ["channel"] = "C0GENERAL", ["text"] = text });

        Assert.Equal(text, test.Sent.BodyJson!["text"]!.GetValue<string>());
        Assert.Equal(3, test.Sent.BodyJson.AsObject().Count);
    }

    [Theory]
    [InlineData("""{"text": "a"}""", true)]
    [InlineData("""{"markdown": "**a**", "unfurl_links": false}""", true)]
    [InlineData("""{"text": "a", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "a"}}]}""", true)]
    [InlineData("""{"text": "a", "channel": "#general"}""", false)]
    [InlineData("""{"text": "a", "thread_ts": "1.2"}""", false)]
    [InlineData("""{"text": "a", "username": "CEO"}""", false)]
    [InlineData("""{"text": "a", "icon_emoji": ":a:"}""", false)]
    [InlineData("""{"text": "a", "icon_url": "https://e.com"}""", false)]
    [InlineData("""{"text": "a", "metadata": {"event_type": "a", "event_payload": {}}}""", false)]
    [InlineData("""{"text": "a", "mentions": ["here"]}""", false)]
    [InlineData("""{"text": "<!channel> a"}""", false)]
    [InlineData("""{"text": "<@U0ALICE01> a"}""", false)]
    [InlineData("""{"text": "a", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "\u003c!here>"}}]}""", false)]
    [InlineData("""{"text": "a", "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "channel"}]}]}]}""", false)]
    [InlineData("""{"text": "a", "blocks": [{"type": "actions", "elements": [{"type": "button"}]}]}""", false)]
    public void IsTenantSafeFor_OnlyThePlatformsChannelAndNobodyAddressed(string input, bool safe) =>
        Assert.Equal(safe, test.ActionOf("post_message").IsTenantSafeFor(test.InputOf("post_message", JsonNode.Parse(input)!.AsObject())));

    [Fact]
    public void IsTenantSafe_NoOtherActionIs() =>
        Assert.Equal(["post_message"], new SlackProvider().Actions.Where(action => action.IsTenantSafe).Select(action => action.Name));

    [Fact]
    public async Task FindExistingAsync_MessageOfTheSameId_IsFound()
    {
        test.Host.DeduplicationKey = "0198c0de0000700080000000000000aa";
        test.Wire.Next(
            SlackTest.Ok("\"messages\": [{\"ts\": \"1.1\", \"client_msg_id\": \"other\"}, {\"ts\": \"1.2\", \"client_msg_id\": \"0198C0DE-0000-7000-8000-0000000000aa\"}]"),
            SlackTest.Ok("\"messages\": []"),
            SlackTest.Error("missing_scope", "\"needed\": \"channels:history\""));

        Assert.Equal("1.2", (await FindAsync())!.Ts);
        Assert.Null(await FindAsync());
        Assert.Null(await FindAsync());
        Assert.Equal("https://slack.com/api/conversations.history?channel=C0GENERAL&limit=100", test.Wire.Requests[0].Uri.AbsoluteUri);
    }

    [Fact]
    public async Task PreviewAsync_SaysWhereAndSendsNothing()
    {
        var action = new PostMessage();

        var preview = await action.PreviewAsync(
            (PostMessageInput)test.InputOf("post_message", SlackTest.Inputs["post_message"]), SlackTest.Bind(SlackTest.BotConfig()), test.Host.Create(), CancellationToken.None);

        Assert.Equal("Posts to C0GENERAL", preview!.Summary);
        Assert.Empty(test.Wire.Requests);
        await Assert.ThrowsAsync<IntegrationException>(() => action.PreviewAsync(
            new PostMessageInput { Text = "a" }, SlackTest.Bind(SlackTest.BotConfig()), test.Host.Create(), CancellationToken.None));
    }

    private Task<PostMessageOutput?> FindAsync() => new PostMessage().FindExistingAsync(
        (PostMessageInput)test.InputOf("post_message", SlackTest.Inputs["post_message"]), SlackTest.Bind(SlackTest.BotConfig()), test.Host.Create(), CancellationToken.None);
}
