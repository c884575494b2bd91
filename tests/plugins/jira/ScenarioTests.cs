using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Issues;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.Jira;

namespace Vaka.Plugins.Jira.Tests;

/// <summary>Every action over real HTTP against a Jira that remembers.</summary>
public sealed class ScenarioTests
{
    private const string AttachedFiles = """[{"filename":"Übersicht \"1\".txt","content_type":"text/plain","content_base64":"aGVsbG8="}]""";

    private static async Task<(JiraServer Server, JiraTest Test)> StartAsync(bool isCloud, bool oauth = false)
    {
        var server = new JiraServer();
        if (oauth)
        {
            server.Site = new Uri("https://example.atlassian.net");
            return (server, new JiraTest(await JiraTest.StartAtAtlassianAsync(server)) { Config = JiraTest.OAuth() });
        }

        await server.StartAsync();
        server.Site = server.Address;
        var config = isCloud ? JiraTest.Cloud(server.Address.AbsoluteUri) : JiraTest.DataCenter($"{server.Address}jira");
        return (server, new JiraTest(new LoopbackNetwork()) { Config = config });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryAction_AgainstAJiraThatRemembers(bool isCloud)
    {
        var (server, test) = await StartAsync(isCloud);
        await using var _ = server;
        await using var __ = test;

        var made = await test.RunAsync("create_issue",
            """
            {"summary":"Disk full","project":"OPS","issue_type":"Task","description":"# Why\n\n- [ ] clean\n\n**now**","labels":["disk"],
             "assignee":"ada@example.com","fields":{"Severity":"High","Story Points":3,"Root cause":"*logs*"}}
            """);
        var key = (string)made["key"]!;
        Assert.Equal(("OPS-1", true), (key, (bool)made["created"]!));
        Assert.EndsWith("browse/OPS-1", (string)made["url"]!);

        await test.RunAsync("update_issue", $$"""{"issue":"{{key}}","summary":"Disk very full","add_labels":["urgent"],"remove_labels":["disk"]}""");
        await test.RunAsync("add_comment", $$"""{"issue":"{{key}}","body":"On it, `df -h` says 99%"}""");
        var assigned = await test.RunAsync("assign_issue", $$"""{"issue":"{{key}}","unassign":true}""");
        Assert.True((bool)assigned["changed"]!);
        var files = await test.RunAsync("add_attachment", $$"""{"issue":"{{key}}","attachments":{{AttachedFiles}}}""");
        Assert.Equal(("Übersicht %221%22.txt", 5), ((string)files["attachments"]![0]!["filename"]!, (int)files["attachments"]![0]!["size"]!));

        var moves = await test.RunAsync("list_transitions", $$"""{"issue":"{{key}}"}""");
        Assert.Equal(["Start", "Finish"], moves["transitions"]!.AsArray().Select(move => (string)move!["name"]!));
        var moved = await test.RunAsync("transition_issue", $$"""{"issue":"{{key}}","transition":"done","comment":"cleaned"}""");
        Assert.Equal(("Done", true), ((string)moved["status"]!, (bool)moved["changed"]!));
        var again = await test.RunAsync("transition_issue", $$"""{"issue":"{{key}}","transition":"Done"}""");
        Assert.False((bool)again["changed"]!);

        var read = await test.RunAsync("get_issue", $$"""{"issue":"{{key}}","fields":["Severity","Root cause"],"comments":5}""");
        Assert.Equal("Disk very full", (string)read["issue"]!["summary"]!);
        Assert.Equal("High", (string)read["issue"]!["fields"]!["Severity"]!);
        Assert.Equal(isCloud ? "# Why\n\n- [ ] clean\n\n**now**" : "h1. Why\n\n* ☐ clean\n\n*now*", (string)read["description"]!);
        Assert.Equal(isCloud ? "On it, `df -h` says 99%" : "On it, {{df \\-h}} says 99%", (string)read["comments"]![0]!["body"]!);
        Assert.Equal(["urgent"], read["issue"]!["labels"]!.AsArray().Select(label => (string)label!));

        var found = await test.RunAsync("search_issues", """{"jql":"project = OPS AND status = \"Done\""}""");
        Assert.Equal(key, (string)found["issues"]![0]!["key"]!);
        Assert.Null(found["next_page_token"]);
        var projects = await test.RunAsync("list_projects", """{"query":"oper"}""");
        Assert.Equal("OPS", (string)Assert.Single(projects["projects"]!.AsArray())!["key"]!);

        await test.RunAsync("delete_issue", $$"""{"issue":"{{key}}"}""");
        Assert.Equal(FailureKind.NotFound, (await test.FailAsync("get_issue", $$"""{"issue":"{{key}}"}""")).Kind);
        Assert.Empty(server.Issues);
        test.Host.Log.AssertNever(JiraTest.Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Search_ManyPages_EndsWithAllOfThemOnce(bool isCloud)
    {
        var (server, test) = await StartAsync(isCloud);
        await using var _ = server;
        await using var __ = test;
        for (var index = 0; index < 7; index++)
        {
            await test.RunAsync("create_issue", $$"""{"summary":"Issue {{index}}","project":"OPS","issue_type":"Bug"}""");
        }

        List<string> keys = [];
        string? token = null;
        do
        {
            var page = await test.RunAsync("search_issues", JsonSerializer.Serialize(new Dictionary<string, object?>
            {
                ["jql"] = "project = OPS", ["max_results"] = 3, ["next_page_token"] = token,
            }.Where(member => member.Value is not null).ToDictionary()));
            keys.AddRange(page["issues"]!.AsArray().Select(issue => (string)issue!["key"]!));
            token = (string?)page["next_page_token"];
        }
        while (token is not null);

        Assert.Equal(Enumerable.Range(1, 7).Select(number => $"OPS-{number}"), keys);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Create_RequiredFieldMissing_IsExplained(bool isCloud, bool old)
    {
        var (server, test) = await StartAsync(isCloud);
        await using var _ = server;
        await using var __ = test;
        server.HasOldCreateMeta = old;

        var failure = await test.FailAsync("create_issue", """{"summary":"x","project":"REQ","issue_type":"Task","fields":{"Story Points":"many"}}""");

        Assert.Equal((FailureKind.InvalidInput, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(failure.Errors, error => error is { Path: "fields.Story Points", Message: "Story Points: Operation value must be a number" });
        Assert.Contains(failure.Errors, error => error is { Path: "fields.Severity", Message: "Severity: Severity is required. One of: Low, High." });
        Assert.DoesNotContain(failure.Errors, error => error.Path.Contains("Reporter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task Create_SameDedupeKey_MakesOneIssue(int searchLag)
    {
        var (server, test) = await StartAsync(isCloud: true);
        await using var _ = server;
        await using var __ = test;
        server.SearchLag = searchLag;
        const string Input = """{"summary":"Alert","project":"OPS","issue_type":"Task","dedupe_key":"alert-4711"}""";

        var first = await test.RunAsync("create_issue", Input);
        await test.Host.DropResourcesAsync();
        var second = await test.RunAsync("create_issue", Input);
        test.Host.CallerTenantId = Guid.CreateVersion7();
        var others = await test.RunAsync("create_issue", Input);

        Assert.Equal(((string)first["key"]!, false), ((string)second["key"]!, (bool)second["created"]!));
        Assert.True((bool)others["created"]!);
        Assert.Equal(2, server.Issues.Count);
    }

    [Fact]
    public async Task Create_AnswerLost_IsNotMadeTwiceEvenWhileSearchLags()
    {
        var (server, test) = await StartAsync(isCloud: true);
        await using var _ = server;
        await using var __ = test;
        server.SearchLag = 2;
        const string Input = """{"summary":"Alert","project":"OPS","issue_type":"Task","dedupe_key":"alert-4711"}""";

        // Jira makes the issue, and the way back breaks.
        await using (var lossy = new JiraTest(new LosingNetwork(new LoopbackNetwork(), "POST", "/issue")) { Config = test.Config })
        {
            lossy.Host.IntegrationId = test.Host.IntegrationId;
            lossy.Host.CallerTenantId = test.Host.CallerTenantId;
            var lost = await lossy.FailAsync("create_issue", Input);
            Assert.Equal(Effect.Possible, lost.Effect);
            Assert.Single(server.Issues);

            var early = await lossy.FailAsync("create_issue", Input);
            Assert.Equal((FailureKind.Unavailable, Effect.None), (early.Kind, early.Effect));
            Assert.InRange(early.RetryAfter!.Value.TotalSeconds, 1, 90);

            lossy.Host.FakeClock.Advance(early.RetryAfter.Value);
            await lossy.FailAsync("get_issue", """{"issue":"OPS-99"}"""); // the world goes on
            await lossy.RunAsync("search_issues", """{"jql":"project = OPS"}""");
            var later = await lossy.RunAsync("create_issue", Input);
            Assert.Equal(("OPS-1", false), ((string)later["key"]!, (bool)later["created"]!));
        }

        Assert.Single(server.Issues);
    }

    [Fact]
    public async Task Create_MadeByAnotherBetweenLookAndClaim_IsFound()
    {
        var (server, test) = await StartAsync(isCloud: true);
        await using var _ = server;
        await using var __ = test;
        server.SearchLag = 1_000;
        var client = JiraClient.Of(test.Config, test.Host.Create());
        var (slow, fast) = (new DedupeKey("k", client), new DedupeKey("k", client));

        Assert.Null(await slow.FindAsync(CancellationToken.None));
        Assert.Null(await fast.FindAsync(CancellationToken.None));
        Assert.Null(await fast.ClaimAsync(CancellationToken.None));
        var waiting = await Assert.ThrowsAsync<IntegrationException>(() => slow.ClaimAsync(CancellationToken.None));
        Assert.Equal(TimeSpan.FromSeconds(90), waiting.RetryAfter);
        await fast.KeepAsync("OPS-1");

        Assert.Equal("OPS-1", await slow.ClaimAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Create_IssueOfTheKeyWasDeleted_MakesAnother()
    {
        var (server, test) = await StartAsync(isCloud: true);
        await using var _ = server;
        await using var __ = test;
        const string Input = """{"summary":"Alert","project":"OPS","issue_type":"Task","dedupe_key":"alert-4711"}""";
        await test.RunAsync("create_issue", Input);
        await test.RunAsync("delete_issue", """{"issue":"OPS-1"}""");

        Assert.True((bool)(await test.RunAsync("create_issue", Input))["created"]!);
    }

    [Fact]
    public async Task Create_RefusedWithKey_CanBeCorrectedAtOnce()
    {
        var (server, test) = await StartAsync(isCloud: true);
        await using var _ = server;
        await using var __ = test;
        await test.FailAsync("create_issue", """{"summary":"Alert","project":"NONE","issue_type":"Task","dedupe_key":"k"}""");

        Assert.True((bool)(await test.RunAsync("create_issue", """{"summary":"Alert","project":"OPS","issue_type":"Task","dedupe_key":"k"}"""))["created"]!);
    }

    [Fact]
    public async Task Create_ManyAtOnceWithOneKey_MakeOneIssue()
    {
        var (server, test) = await StartAsync(isCloud: true);
        await using var _ = server;
        await using var __ = test;
        server.SearchLag = 1_000;
        const string Input = """{"summary":"Alert","project":"OPS","issue_type":"Task","dedupe_key":"alert-4711"}""";

        await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            try
            {
                return (await test.RunAsync("create_issue", Input)).ToJsonString();
            }
            catch (IntegrationException failure) when (failure is { Kind: FailureKind.Unavailable, Effect: Effect.None })
            {
                return "later";
            }
        }));

        Assert.Single(server.Issues);
    }

    [Fact]
    public async Task OAuth_ConsentToCall_RefreshesAndRotates()
    {
        var (server, test) = await StartAsync(isCloud: true, oauth: true);
        await using var _ = server;
        await using var __ = test;
        var settings = ((IIntegrationProvider)new JiraProvider()).GetConsent(test.Config)!;

        var unconnected = await test.FailAsync("list_projects", "{}");
        Assert.Equal((FailureKind.Unauthorized, UnusableReason.NeedsReauthorization), (unconnected.Kind, unconnected.MakesUnusable));

        await OAuth2Tokens.RedeemAsync(settings, await ConsentAsync(test, settings), "verifier", new Uri("https://host.example/back"), test.Host.Create(), CancellationToken.None);
        await test.RunAsync("list_projects", "{}");
        var first = server.RefreshToken;
        server.RevokeAccessTokens();
        await test.RunAsync("list_projects", "{}");

        Assert.NotEqual(first, server.RefreshToken);
        Assert.Equal(1, server.Requests.Count(request => request.Uri.AbsolutePath == "/oauth/token/accessible-resources"));
        Assert.Contains(server.Requests, request => request.Uri.AbsolutePath == $"/ex/jira/{server.CloudId}/rest/api/3/project/search");

        server.RefreshToken = null;
        server.RevokeAccessTokens();
        var lapsed = await test.FailAsync("list_projects", "{}");
        Assert.Equal(UnusableReason.NeedsReauthorization, lapsed.MakesUnusable);
        test.Host.Log.AssertNever(JiraTest.ClientSecret, "access-token-");
    }

    [Fact]
    public async Task OAuth_SiteNotCovered_SaysSo()
    {
        var (server, test) = await StartAsync(isCloud: true, oauth: true);
        await using var _ = server;
        await using var __ = test;
        var settings = ((IIntegrationProvider)new JiraProvider()).GetConsent(test.Config)!;
        await OAuth2Tokens.RedeemAsync(settings, await ConsentAsync(test, settings), "verifier", new Uri("https://host.example/back"), test.Host.Create(), CancellationToken.None);
        server.Site = new Uri("https://moved.atlassian.net");

        var failure = await test.FailAsync("list_projects", "{}");

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("example.atlassian.net is not among them", failure.Message);
    }

    [Fact]
    public async Task Writes_TooManyOnOneIssue_CarryTheReasonAndTheWait()
    {
        var (server, test) = await StartAsync(isCloud: true);
        await using var _ = server;
        await using var __ = test;
        server.WritesPerIssue = 2;
        await test.RunAsync("create_issue", """{"summary":"x","project":"OPS","issue_type":"Task"}""");
        for (var index = 0; index < 2; index++) await test.RunAsync("add_comment", """{"issue":"OPS-1","body":"x"}""");

        var failure = await test.FailAsync("add_comment", """{"issue":"OPS-1","body":"x"}""");

        Assert.Equal((FailureKind.RateLimited, Effect.None, TimeSpan.FromSeconds(5)), (failure.Kind, failure.Effect, failure.RetryAfter));
        Assert.Contains("jira-per-issue-on-write", failure.Message);
    }

    [Fact]
    public async Task Credentials_Wrong_AreUnauthorizedWhateverJiraSays()
    {
        await using var server = new JiraServer { Secret = "another-one" };
        await server.StartAsync();
        await using var test = new JiraTest(new LoopbackNetwork()) { Config = JiraTest.Cloud(server.Address.AbsoluteUri) };

        Assert.Equal(FailureKind.Unauthorized, (await test.FailAsync("get_issue", """{"issue":"OPS-1"}""")).Kind);
        Assert.Equal(FailureKind.Unauthorized, (await test.FailAsync("search_issues", """{"jql":"project = OPS"}""")).Kind);
    }

    [Fact]
    public async Task DataCenterConfig_ForACloudSite_SaysSo()
    {
        await using var server = new JiraServer();
        await server.StartAsync();
        server.FailNext(HttpAnswers.Json(System.Net.HttpStatusCode.Gone, """{"errorMessages":["The requested API has been removed."]}"""));
        await using var test = new JiraTest(new LoopbackNetwork()) { Config = JiraTest.DataCenter($"{server.Address}jira") };

        Assert.Contains("set deployment to cloud", (await test.FailAsync("search_issues", """{"jql":"project = OPS"}""")).Message);
    }

    private static async Task<string> ConsentAsync(JiraTest test, OAuth2Settings settings)
    {
        using var http = test.Host.Network.CreateHttpClient(TlsOptions.Default);
        var parameters = settings.AuthorizationParameters.Select(parameter => $"&{parameter.Key}={Uri.EscapeDataString(parameter.Value)}");
        using var answer = await http.GetAsync(new Uri(
            settings.AuthorizationUrl!, $"?redirect_uri=https://host.example/back&state=s&scope={Uri.EscapeDataString(settings.Scope!)}{string.Concat(parameters)}"));
        return answer.Headers.Location!.Query.Split("code=")[1].Split('&')[0];
    }
}
