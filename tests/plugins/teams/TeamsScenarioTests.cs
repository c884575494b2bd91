using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Tests;

public sealed class TeamsScenarioTests
{
    private const string WorkflowHost = "https://prod-12.westeurope.logic.azure.com:443";

    [Fact]
    public async Task Graph_EveryAction_FromConsentToReply()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var (server, test) = (scenario.Server, scenario.Test);
        var sales = server.AddTeam("Sales", "General", "Deals", "Later");
        foreach (var name in new[] { "Dev", "Ops", "Board" }) server.AddTeam(name, "General");
        var config = scenario.Graph(sales, sales.Channels[0]);
        Assert.Equal(UnusableReason.NeedsReauthorization, (await test.FailAsync("list_teams", config)).MakesUnusable);
        await ConnectAsync(scenario, config);

        var teams = (await test.RunAsync("list_teams", config))["teams"]!.AsArray();
        var team = teams.Single(item => (string?)item!["display_name"] is "Sales")!["id"]!;
        var channels = (await test.RunAsync("list_channels", config, new JsonObject { ["team_id"] = team.DeepClone() }))["channels"]!.AsArray();
        var deals = channels.Single(item => (string?)item!["display_name"] is "Deals")!["id"]!;
        var thread = await test.RunAsync("post_channel_message", config, new JsonObject
        {
            ["team_id"] = team.DeepClone(), ["channel_id"] = deals.DeepClone(), ["content"] = "Deal <1>\nwon", ["card"] = Samples.Card,
        });
        var reply = await test.RunAsync("reply_to_message", config, new JsonObject
        {
            ["team_id"] = team.DeepClone(), ["channel_id"] = deals.DeepClone(), ["message_id"] = thread["message_id"]!.DeepClone(), ["content"] = "Thanks",
        });
        var message = await test.RunAsync("post_message", config);
        await test.RunAsync("post_card", config);

        Assert.Equal(4, teams.Count);
        var written = sales.Channels[1].Messages;
        Assert.Equal([(string?)thread["message_id"], (string?)reply["message_id"]], written.Select(item => item.Id));
        Assert.Equal(written[0].Id, written[1].ReplyToId);
        Assert.StartsWith("Deal &lt;1&gt;<br>won", written[0].Content, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(Samples.Card, JsonNode.Parse(written[0].Card!)));
        Assert.Equal([(string?)message["message_id"]], sales.Channels[0].Messages.Select(item => item.Id).Take(1));
        Assert.Equal(2, sales.Channels[0].Messages.Count);
    }

    [Fact]
    public async Task Graph_TokensTakenBack_AreRenewedAndThenMissed()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var config = scenario.Graph(refreshToken: scenario.Server.SignIn.IssueRefreshToken());
        await scenario.Test.RunAsync("list_teams", config);

        scenario.Server.SignIn.RevokeAccessTokens();
        await scenario.Test.RunAsync("list_teams", config);
        scenario.Server.SignIn.Revoke();

        Assert.Equal(UnusableReason.NeedsReauthorization, (await scenario.Test.FailAsync("list_teams", config)).MakesUnusable);
    }

    [Fact]
    public async Task Graph_RefusedByTheVendor_SaysWhy()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var team = scenario.Server.AddTeam("Sales", "General");
        var config = scenario.Graph(team, team.Channels[0], scenario.Server.SignIn.IssueRefreshToken());

        var stranger = await scenario.Test.FailAsync("list_channels", config, new JsonObject { ["team_id"] = TeamsTest.Team });
        var lost = await scenario.Test.FailAsync("post_channel_message", config, new JsonObject { ["content"] = "x", ["channel_id"] = TeamsTest.Channel });
        var thread = await scenario.Test.FailAsync("reply_to_message", config, new JsonObject { ["content"] = "x", ["message_id"] = "1" });

        Assert.Equal([FailureKind.Forbidden, FailureKind.NotFound, FailureKind.NotFound], new[] { stranger.Kind, lost.Kind, thread.Kind });
    }

    [Fact]
    public async Task Graph_ScopeMissing_IsNamed()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var team = scenario.Server.AddTeam("Sales", "General");
        scenario.Server.SignIn.Granted = ["Team.ReadBasic.All"];
        var config = scenario.Graph(team, team.Channels[0], scenario.Server.SignIn.IssueRefreshToken());

        var failure = await scenario.Test.FailAsync("post_message", config);

        Assert.Equal(FailureKind.Forbidden, failure.Kind);
        Assert.Contains("ChannelMessage.Send", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workflow_Accepted_IsThereOnlyOnceTheRunIsDone()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var channel = scenario.Server.AddTeam("Sales", "General").Channels[0];
        var url = scenario.Server.Workflows.Add(channel);
        var config = TeamsTest.Workflow(WorkflowHost + url);
        Assert.Empty(TeamsTest.Validate(config));

        var message = await scenario.Test.RunAsync("post_message", config);
        await scenario.Test.RunAsync("post_card", config);

        Assert.Equal((true, null), ((bool)message["accepted"]!, message["delivered"]));
        Assert.Empty(channel.Messages);
        scenario.Server.Workflows.CompleteRuns();
        Assert.Equal(2, channel.Messages.Count);
        Assert.Equal("Succeeded", scenario.Server.Workflows.Runs[(string)message["workflow_run_id"]!]);
        Assert.True(JsonNode.DeepEquals(Samples.Card, JsonNode.Parse(channel.Messages[1].Card!)));
    }

    [Fact]
    public async Task Workflow_LargestMessage_StillFitsWhenTheRunIsDone()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var channel = scenario.Server.AddTeam("Sales", "General").Channels[0];
        var config = TeamsTest.Workflow(WorkflowHost + scenario.Server.Workflows.Add(channel));
        var (fits, tooLarge) = (1, 28_000);
        while (tooLarge - fits > 1)
        {
            var middle = (fits + tooLarge) / 2;
            try
            {
                MessageCard.Of(new() { Text = new string('"', middle) });
                fits = middle;
            }
            catch (IntegrationException)
            {
                tooLarge = middle;
            }
        }

        await scenario.Test.RunAsync("post_message", config, new JsonObject { ["text"] = new string('"', fits) });
        scenario.Server.Workflows.CompleteRuns();

        Assert.Equal("Succeeded", Assert.Single(scenario.Server.Workflows.Runs).Value);
    }

    [Fact]
    public async Task Workflow_FiveInASecond_TheFifthIsToldToWait()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var scenario = await TeamsScenario.StartAsync(clock);
        var config = TeamsTest.Workflow(WorkflowHost + scenario.Server.Workflows.Add(scenario.Server.AddTeam("Sales", "General").Channels[0]));
        for (var count = 0; count < 4; count++) await scenario.Test.RunAsync("post_message", config);

        var failure = await scenario.Test.FailAsync("post_message", config);
        clock.Advance(TimeSpan.FromSeconds(1));
        await scenario.Test.RunAsync("post_message", config);

        Assert.Equal((FailureKind.RateLimited, Effect.None, TimeSpan.FromSeconds(1)), (failure.Kind, failure.Effect, failure.RetryAfter));
        Assert.Equal(5, scenario.Server.Workflows.Runs.Count);
    }

    [Fact]
    public async Task Workflow_OffDeletedForgottenOrForged_SaysWhich()
    {
        await using var scenario = await TeamsScenario.StartAsync();
        var workflows = scenario.Server.Workflows;
        var url = workflows.Add(scenario.Server.AddTeam("Sales", "General").Channels[0]);

        var forged = await scenario.Test.FailAsync("post_message", TeamsTest.Workflow(WorkflowHost + url + "x"));
        workflows.Disable(url);
        var off = await scenario.Test.FailAsync("post_message", TeamsTest.Workflow(WorkflowHost + url));
        workflows.Disable(url, delete: true);
        var deleted = await scenario.Test.FailAsync("post_message", TeamsTest.Workflow(WorkflowHost + url));
        workflows.Forget(url);
        var forgotten = await scenario.Test.FailAsync("post_message", TeamsTest.Workflow(WorkflowHost + url));

        Assert.Equal(
            [FailureKind.Unauthorized, FailureKind.InvalidConfiguration, FailureKind.NotFound, FailureKind.NotFound],
            new[] { forged.Kind, off.Kind, deleted.Kind, forgotten.Kind });
        Assert.Equal(
            [null, null, UnusableReason.EndpointGone, UnusableReason.EndpointGone],
            new[] { forged.MakesUnusable, off.MakesUnusable, deleted.MakesUnusable, forgotten.MakesUnusable });
    }

    /// <summary>What a person and the host do when Connect is pressed.</summary>
    private static async Task ConnectAsync(TeamsScenario scenario, TeamsConfig config)
    {
        var consent = TeamsTest.Provider.GetConsent(config)!;
        const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var redirect = new Uri("https://host.example/oauth2/callback");
        var context = scenario.Test.Host.Create();
        var query = new Dictionary<string, string>
        {
            ["client_id"] = consent.ClientId,
            ["response_type"] = "code",
            ["redirect_uri"] = redirect.AbsoluteUri,
            ["scope"] = consent.Scope!,
            ["state"] = "state",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        using var answer = await context.Http.GetAsync(
            $"{consent.AuthorizationUrl}?{string.Join('&', query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"))}");
        var code = answer.Headers.Location!.Query.TrimStart('?').Split('&').Single(pair => pair.StartsWith("code=", StringComparison.Ordinal))[5..];
        await OAuth2Tokens.RedeemAsync(consent, code, Verifier, redirect, context, CancellationToken.None);
    }
}
