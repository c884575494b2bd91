using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.Slack;

namespace Vaka.Plugins.Slack.Tests;

/// <summary>Every action against a Slack that keeps state, over real HTTP and TLS.</summary>
public sealed class SlackScenarioTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SlackServer slack;
    private readonly SlackWorkspace acme;
    private SlackTest? started;

    public SlackScenarioTests()
    {
        slack = new SlackServer(clock) { LargestPage = 2 };
        acme = slack.Add(new SlackWorkspace { Team = "Acme", Token = SlackTest.Token, WebhookPath = "T00000001/B00000001/s3cretpart" });
        foreach (var name in new[] { "general", "random", "deploys" }) acme.AddChannel(name);
        acme.AddUser("alice", "Alice Ash", "alice@example.com");
        acme.AddUser("bob", "Bob Birch", "bob@example.com");
    }

    private SlackTest Test => started ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        string[] names = ["slack.com", "hooks.slack.com", "files.slack.com"];
        var certificate = TestCertificates.SelfSigned(names);
        await slack.StartAsync(certificate);
        started = new SlackTest(
            new LoopbackNetwork
            {
                Ports = names.ToDictionary(name => name, _ => slack.Address.Port),
                TrustedRoots = [certificate],
            },
            clock);
    }

    public async ValueTask DisposeAsync()
    {
        await Test.DisposeAsync();
        await slack.DisposeAsync();
    }

    [Fact]
    public async Task Bot_DoesEverything()
    {
        var first = await Test.RunAsync("list_channels", "{}");
        Assert.Equal(2, first["channels"]!.AsArray().Count);
        var second = await Test.RunAsync("list_channels", new JsonObject { ["cursor"] = first["next_cursor"]!.DeepClone() });
        Assert.Equal(("deploys", null), (second["channels"]![0]!["name"]!.GetValue<string>(), second["next_cursor"]));
        Assert.Equal(2, (await Test.RunAsync("list_users", "{}"))["users"]!.AsArray().Count);
        var alice = (await Test.RunAsync("lookup_user_by_email", """{"email": "alice@example.com"}"""))["user"]!["id"]!.GetValue<string>();

        var posted = await Test.RunAsync("post_message", """{"channel": "#deploys", "markdown": "**Live**", "mentions": ["@alice"]}""");
        var (channel, ts) = (posted["channel"]!.GetValue<string>(), posted["ts"]!.GetValue<string>());
        Assert.Equal($"<@{alice}> *Live*", Assert.Single(acme.Messages).Text);

        clock.Advance(TimeSpan.FromSeconds(1));
        var reply = await Test.RunAsync("post_message", new JsonObject { ["channel"] = channel, ["text"] = "more", ["thread_ts"] = ts });
        Assert.Equal(ts, acme.Messages[1].ThreadTs);
        await Test.RunAsync("update_message", new JsonObject { ["channel"] = channel, ["ts"] = ts, ["text"] = "Live & well" });
        Assert.Equal("Live & well", acme.Messages[0].Text);
        var reaction = new JsonObject { ["channel"] = channel, ["timestamp"] = ts, ["name"] = ":tada:" };
        Assert.False((await Test.RunAsync("add_reaction", reaction))["already_reacted"]!.GetValue<bool>());
        Assert.True((await Test.RunAsync("add_reaction", reaction))["already_reacted"]!.GetValue<bool>());
        await Test.RunAsync("delete_message", new JsonObject { ["channel"] = channel, ["ts"] = reply["ts"]!.DeepClone() });
        Assert.Single(acme.Messages);

        var opened = await Test.RunAsync("open_conversation", """{"users": ["@alice", "bob@example.com"]}""");
        Assert.False(opened["already_open"]!.GetValue<bool>());
        await Test.RunAsync("post_message", new JsonObject { ["channel"] = opened["channel"]!.DeepClone(), ["text"] = "hi" });
        await Test.RunAsync("schedule_message", """{"channel": "alice@example.com", "text": "Later", "post_at": "2026-01-02T09:00:00Z"}""");
        Assert.Equal("Later", Assert.Single(acme.Scheduled).Text);

        var uploaded = await Test.RunAsync("upload_file", new JsonObject
        {
            ["channel"] = "#general",
            ["file"] = new JsonObject { ["filename"] = "log.txt", ["content_type"] = "text/plain", ["content_base64"] = Convert.ToBase64String("hello"u8) },
        });
        var file = acme.Files[uploaded["file_id"]!.GetValue<string>()];
        Assert.Equal(("hello", acme.Channels[0].Id), (Encoding.UTF8.GetString(file.Bytes!), file.Channel));
    }

    [Fact]
    public async Task Post_LimitOfTheChannel_IsKept()
    {
        var posts = Enumerable.Range(0, 2).Select(_ => Test.RunAsync("post_message", """{"channel": "#general", "text": "a"}""")).ToList();
        await await Task.WhenAny(posts); // time stands still until it has arrived
        while (posts.Exists(post => !post.IsCompleted))
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await Task.WhenAll(posts);
        Assert.Equal(2, acme.Messages.Count);
    }

    [Fact]
    public async Task Post_SlackLimitsAllTheSame_IsRetriedAfterwards()
    {
        slack.FailNext(HttpAnswers.Json(HttpStatusCode.TooManyRequests, """{"ok":false,"error":"ratelimited"}""").WithHeader("Retry-After", "30"));

        var failure = await Test.FailAsync("post_message", $$"""{"channel": "{{acme.Channels[0].Id}}", "text": "a"}""");
        clock.Advance(failure.RetryAfter!.Value);
        await Test.RunAsync("post_message", $$"""{"channel": "{{acme.Channels[0].Id}}", "text": "a"}""");

        Assert.Equal(TimeSpan.FromSeconds(30), failure.RetryAfter);
        Assert.Single(acme.Messages);
    }

    [Fact]
    public async Task Post_NewChannel_IsFoundOnceListed()
    {
        acme.AddChannel("new", listedFrom: clock.GetUtcNow().AddSeconds(30));

        Assert.Equal(FailureKind.NotFound, (await Test.FailAsync("post_message", """{"channel": "#new", "text": "a"}""")).Kind);
        clock.Advance(TimeSpan.FromSeconds(31));
        await Test.RunAsync("post_message", """{"channel": "#new", "text": "a"}""");

        Assert.Single(acme.Messages);
    }

    [Fact]
    public async Task Post_AfterAnAnswerThatNeverCame_IsFoundAgain()
    {
        await Test.RunAsync("post_message", """{"channel": "#general", "text": "a"}""");

        var action = Test.ActionOf("post_message");
        var found = await action.FindExistingAsync(
            Test.InputOf("post_message", new JsonObject { ["channel"] = "#general", ["text"] = "a" }),
            SlackTest.Bind(SlackTest.BotConfig()), Test.Host.Create(), CancellationToken.None);

        Assert.Equal(acme.Messages[0].Ts, Assert.IsType<Vaka.Plugins.Slack.Actions.PostMessageOutput>(found).Ts);
    }

    [Theory]
    [InlineData("archived", FailureKind.Rejected)]
    [InlineData("stranger", FailureKind.Forbidden)]
    [InlineData("scope", FailureKind.Forbidden)]
    [InlineData("token", FailureKind.Unauthorized)]
    public async Task Post_NotAllowed_SaysWhy(string trouble, FailureKind kind)
    {
        acme.Channels[0].IsArchived = trouble is "archived";
        acme.Channels[0].IsMember = trouble is not "stranger";
        if (trouble is "scope") acme.Scopes.Remove("chat:write");
        var config = SlackTest.BotConfig();
        if (trouble is "token") config["auth"]!["bot_token"] = "xoxb-somebody-elses";

        var failure = await Test.FailAsync("post_message", $$"""{"channel": "{{acme.Channels[0].Id}}", "text": "a"}""", config);

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Empty(acme.Messages);
    }

    [Fact]
    public async Task TwoWorkspaces_EachSeesItsOwn()
    {
        var other = slack.Add(new SlackWorkspace { Team = "Other", Token = "xoxb-other-token-0123456789", WebhookPath = "T2/B2/other" });
        other.AddChannel("general");
        var config = SlackTest.BotConfig();
        config["auth"]!["bot_token"] = other.Token;

        await Test.RunAsync("post_message", """{"channel": "#general", "text": "ours"}""");
        Test.Host.IntegrationId = Guid.NewGuid();
        await Test.RunAsync("post_message", """{"channel": "#general", "text": "theirs"}""", config);

        Assert.Equal(("ours", "theirs"), (Assert.Single(acme.Messages).Text, Assert.Single(other.Messages).Text));
    }

    [Fact]
    public async Task Webhook_PostsUntilItIsGone()
    {
        await Test.RunAsync("post_message", """{"markdown": "**a**"}""", SlackTest.WebhookConfig());
        acme.WebhookIsGone = true;
        clock.Advance(TimeSpan.FromSeconds(1));
        var failure = await Test.FailAsync("post_message", """{"text": "b"}""", SlackTest.WebhookConfig());

        Assert.Equal("*a*", Assert.Single(acme.Messages).Text);
        Assert.Equal(UnusableReason.EndpointGone, failure.MakesUnusable);
    }

    [Fact]
    public async Task Probe_SaysWhoItIs()
    {
        var result = await Test.ProbeAsync();

        Assert.Equal("Signed in to Acme as vaka_bot.", result.Message);
    }
}
