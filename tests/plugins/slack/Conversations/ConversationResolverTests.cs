using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests.Conversations;

public sealed class ConversationResolverTests : IAsyncDisposable
{
    private readonly SlackTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    private int Lists => test.Wire.Requests.Count(request => request.Uri.AbsolutePath.EndsWith(".list", StringComparison.Ordinal));

    [Fact]
    public async Task Channel_ByName_IsFoundOverPagesAndKept()
    {
        test.Wire.Next(Channels("next", ("C1AAAAAAA", "random")), Channels("", ("C2AAAAAAA", "deploys")), Post(), Post(), Post());

        await PostToAsync("#deploys");
        await PostToAsync("Deploys".ToLowerInvariant());
        await PostToAsync("#random");

        Assert.Equal(2, Lists);
        Assert.Equal(
            "?types=public_channel%2Cprivate_channel&exclude_archived=true&limit=999&cursor=next", test.Wire.Requests[1].Uri.Query);
        Assert.Equal(["C2AAAAAAA", "C2AAAAAAA", "C1AAAAAAA"], test.Wire.Requests.Skip(2).Select(request => request.BodyJson!["channel"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Channel_AfterTenMinutes_IsLookedUpAgain()
    {
        test.Wire.Next(Channels("", ("C1AAAAAAA", "a")), Post(), Channels("", ("C2AAAAAAA", "a")), Post());

        await PostToAsync("#a");
        test.Host.FakeClock.Advance(TimeSpan.FromMinutes(11));
        await PostToAsync("#a");

        Assert.Equal("C2AAAAAAA", test.Sent.BodyJson!["channel"]!.GetValue<string>());
    }

    [Fact]
    public async Task Channel_MadeAMomentAgo_IsFoundOnceSlackShowsIt()
    {
        test.Wire.Next(Channels("", ("C1AAAAAAA", "a")), Channels("", ("C1AAAAAAA", "a"), ("C2AAAAAAA", "new")), Post());

        var failure = await test.FailAsync("post_message", """{"channel": "#new", "text": "a"}""");
        await test.FailAsync("post_message", """{"channel": "#new", "text": "a"}"""); // not asked again within 15 seconds
        Assert.Equal(1, Lists);
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(16));
        await PostToAsync("#new");

        Assert.Equal((FailureKind.NotFound, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal("channel", Assert.Single(failure.Errors).Path);
        Assert.Equal("C2AAAAAAA", test.Sent.BodyJson!["channel"]!.GetValue<string>());
    }

    [Fact]
    public async Task Channel_ManyCallersAtOnce_ShareOneList()
    {
        var gate = new TaskCompletionSource();
        test.Wire.Next(async (request, cancellationToken) =>
        {
            await gate.Task;
            return await Channels("", ("C1AAAAAAA", "a"), ("C2AAAAAAA", "b"))(request, cancellationToken);
        }).Otherwise(Post());

        var posts = new[] { PostToAsync("#a"), PostToAsync("#b") };
        gate.SetResult();
        await Task.WhenAll(posts);

        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task Channel_WithoutTheScopeForPrivateOnes_IsFoundAmongThePublic()
    {
        test.Wire.Next(SlackTest.Error("missing_scope", "\"needed\": \"groups:read\", \"provided\": \"channels:read\""), Channels("", ("C1AAAAAAA", "a")), Post());

        await PostToAsync("#a");

        Assert.StartsWith("?types=public_channel&", test.Wire.Requests[1].Uri.Query);
    }

    [Fact]
    public async Task Channel_WithoutAnyScope_NamesIt()
    {
        test.Wire.Next(SlackTest.Error("missing_scope", "\"needed\": \"channels:read\", \"provided\": \"chat:write\""));

        var failure = await test.FailAsync("post_message", """{"channel": "#a", "text": "a"}""");

        Assert.Equal((FailureKind.Forbidden, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("channels:read", failure.Message);
    }

    [Fact]
    public async Task Channel_CursorThatNeverEnds_IsGivenUp()
    {
        var page = 0;
        test.Wire.Otherwise((request, cancellationToken) => Channels($"c{page++}")(request, cancellationToken));

        var failure = await test.FailAsync("post_message", """{"channel": "#a", "text": "a"}""");

        Assert.Equal(FailureKind.NotFound, failure.Kind);
        Assert.Contains("give its id", failure.Message);
        Assert.Equal(20, Lists);
    }

    [Fact]
    public async Task Person_ByName_IsTheOneOfThatName()
    {
        test.Wire.Next(People(), Post());

        await PostToAsync("@alice");
        var several = await test.FailAsync("post_message", """{"channel": "@Sam Smith", "text": "a"}""");

        Assert.Equal("U0ALICE01", test.Wire.Requests[1].BodyJson!["channel"]!.GetValue<string>());
        Assert.Equal(FailureKind.InvalidInput, several.Kind);
        Assert.Contains("2 people", several.Message);
    }

    [Fact]
    public async Task Person_ByEmail_IsAsked()
    {
        test.Wire.Next(SlackTest.Ok("\"user\": {\"id\": \"U0ALICE01\"}"), Post(), SlackTest.Error("users_not_found"));

        await PostToAsync("alice@example.com");
        var nobody = await test.FailAsync("post_message", """{"channel": "nobody@example.com", "text": "a"}""");

        Assert.Equal("U0ALICE01", test.Wire.Requests[1].BodyJson!["channel"]!.GetValue<string>());
        Assert.Equal((FailureKind.NotFound, Effect.None, "channel"), (nobody.Kind, nobody.Effect, Assert.Single(nobody.Errors).Path));
    }

    [Theory]
    [InlineData("default_channel", null, new[] { "#alpha", "#beta" })]
    [InlineData("post_message.channel", "#BET", new[] { "#beta" })]
    [InlineData("upload_file.channel", "C0ALPHA01", new[] { "#alpha" })]
    [InlineData("auth.bot_token", null, new string[0])]
    public async Task Options_Channels(string field, string? query, string[] labels)
    {
        test.Wire.Next(Channels("", ("C0BETA001", "beta"), ("C0ALPHA01", "alpha")));

        var options = await test.OptionsAsync(field, query);

        Assert.Equal(labels, options.Items.Select(option => option.Label));
        Assert.False(options.HasMore);
    }

    [Fact]
    public async Task Options_People_AreHumans()
    {
        test.Wire.Next(People());

        var options = await test.OptionsAsync("open_conversation.users", "@ali");

        Assert.Equal(new Option("U0ALICE01", "Alice", "alice@example.com"), Assert.Single(options.Items));
        Assert.Equal(3, (await test.OptionsAsync("post_message.mentions")).Items.Count); // from what was fetched a moment ago
        Assert.Single(test.Wire.Requests);
    }

    [Fact]
    public async Task Options_MoreThan200_AreCut()
    {
        test.Wire.Next(Channels("", [.. Enumerable.Range(0, 201).Select(number => ($"C{number:D8}", $"c{number:D3}"))]));

        var options = await test.OptionsAsync("default_channel");

        Assert.Equal((200, true), (options.Items.Count, options.HasMore));
    }

    [Fact]
    public async Task Options_Webhook_HasNone()
    {
        Assert.Empty((await test.OptionsAsync("post_message.channel", config: SlackTest.WebhookConfig())).Items);
        Assert.Empty(test.Wire.Requests);
    }

    private Task PostToAsync(string channel)
    {
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(1)); // the channel is free again
        return test.RunAsync("post_message", $$"""{"channel": "{{channel}}", "text": "a"}""");
    }

    private static HttpAnswer Post() => SlackTest.Success("post_message")[0];

    private static HttpAnswer Channels(string cursor, params (string Id, string Name)[] channels) => SlackTest.Ok($$"""
        "channels": [{{string.Join(", ", channels.Select(channel => $$"""{"id": "{{channel.Id}}", "name": "{{channel.Name}}", "is_member": true}"""))}}],
        "response_metadata": {"next_cursor": "{{cursor}}"}
        """);

    private static HttpAnswer People() => SlackTest.Ok("""
        "members": [{"id": "U0ALICE01", "name": "alice", "real_name": "Alice", "profile": {"email": "alice@example.com"}},
                    {"id": "U0SAM0001", "name": "sam1", "real_name": "Sam Smith"}, {"id": "U0SAM0002", "name": "sam2", "profile": {"real_name": "Sam Smith"}},
                    {"id": "U0GONE001", "name": "alice", "deleted": true}, {"id": "U0BOT0001", "name": "bot", "is_bot": true}]
        """);
}
