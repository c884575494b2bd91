using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Vendors;

/// <summary>An incident goes through four vendors, for two tenants at once, each with credentials of its own.</summary>
public abstract class IncidentTests
{
    private readonly HostFixture fixture;
    private readonly Outside outside;

    protected IncidentTests(HostFixture fixture, Outside outside)
    {
        fixture.SkipUnlessAvailable();
        (this.fixture, this.outside) = (fixture, outside);
    }

    [Fact]
    public async Task Incident_OfTwoTenantsAtOnce_ReachesEachOnesOwnAccountsAndNoOther()
    {
        var told = await Task.WhenAll(outside.Companies.Select(TellAsync));
        outside.Teams.Workflows.CompleteRuns();
        foreach (var ((number, key), company) in told.Zip(outside.Companies))
        {
            var message = Assert.Single(company.Slack.Messages);
            Assert.Contains(number, message.Text);
            Assert.Contains($"https://{Outside.Instance}/", message.Text);
            var issue = Assert.Single(company.Jira.Issues);
            Assert.Equal(key, (string?)issue["key"]);
            Assert.Contains(number, (string?)issue["fields"]!["summary"]);
            Assert.Equal("In Progress", (string?)issue["fields"]!["status"]!["name"]);
            var card = Assert.Single(company.Channel.Messages).Card;
            Assert.Contains(key, card);
            Assert.Contains($"https://{company.Site}/browse/{key}", card);
        }

        var record = outside.ServiceNow.Requests.Where(request => request.Method == "POST").ToList();
        Assert.Equal(2, record.Count);
        Assert.Equal(2, record.Select(request => request.Header("Authorization")).Distinct().Count());
    }

    [Fact]
    public async Task Probe_OfEach_TurnsGreen_AndAWrongCredentialTurnsItRedAtTheSignIn()
    {
        var tenant = await fixture.TenantAsync();
        foreach (var (type, config) in Configs(outside.Companies[0]))
        {
            var report = await tenant.Admin.PostAsync("integrations/test", new { integration_type = type, config });
            Assert.True(report.Text("health_status") is "healthy" or "warning", report.ToJsonString());
            Assert.All(report["steps"]!.AsArray(), step => Assert.True(step!["ok"]!.GetValue<bool>(), report.ToJsonString()));
            if (type is "teams") continue; // a workflow's address cannot be tried without posting

            var wrong = JsonNode.Parse(config.ToJsonString().Replace("password-of-", "wrong-").Replace("jira-token-of-", "wrong-").Replace("xoxb-0-of-", "xoxb-wrong-"))!;
            report = await tenant.Admin.PostAsync("integrations/test", new { integration_type = type, config = wrong });
            Assert.Equal(("error", "unauthorized"), (report.Text("health_status"), report.Text("failure_kind")));
            Assert.Equal(["auth"], report["steps"]!.AsArray().Where(step => !step!["ok"]!.GetValue<bool>()).Select(step => (string?)step!["name"]));
            Assert.DoesNotContain("wrong-", report.ToJsonString());
        }
    }

    [Fact]
    public async Task Refusal_ByAVendor_IsAnswered_AndShownInTheRecord()
    {
        var tenant = await fixture.TenantAsync();
        await ConfigureAsync(tenant, outside.Companies[1]);
        await ProbedAsync(tenant); // or its probe meets the refusal
        outside.Companies[1].Jira.FailNext(HttpAnswers.Json(HttpStatusCode.TooManyRequests, "{}").WithHeader("Retry-After", "17"));
        var refused = await tenant.Service.PostAsync(
            "actions/jira/get_issue", new { input = new { issue = "OPS-1" } }, HttpStatusCode.TooManyRequests);
        Assert.Equal("rate_limited", refused.Text("code"));
        Assert.Equal(17, refused["retry_after_seconds"]!.GetValue<int>());
    }

    private static IEnumerable<(string Type, JsonObject Config)> Configs(Company company) =>
    [
        ("servicenow", new JsonObject
        {
            ["instance_url"] = $"https://{Outside.Instance}",
            ["auth"] = new JsonObject { ["type"] = "basic", ["username"] = company.ServiceNowUser, ["password"] = $"password-of-{company.ServiceNowUser}" },
        }),
        ("slack", new JsonObject
        {
            ["auth"] = new JsonObject { ["type"] = "bot_token", ["bot_token"] = company.Slack.Token }, ["default_channel"] = "#incidents",
        }),
        ("jira", new JsonObject
        {
            ["deployment"] = "cloud", ["site_url"] = $"https://{company.Site}", ["default_project"] = "OPS", ["default_issue_type"] = "Task",
            ["auth"] = new JsonObject { ["type"] = "api_token", ["email"] = $"bot@{company.Site}", ["token"] = $"jira-token-of-{company.Site}" },
        }),
        ("teams", new JsonObject { ["connection"] = new JsonObject { ["type"] = "workflow", ["workflow_url"] = company.WorkflowUrl } }),
    ];

    private static async Task ConfigureAsync(Tenant tenant, Company company)
    {
        foreach (var (type, config) in Configs(company))
            await tenant.Admin.PostAsync("integrations", new { name = type, integration_type = type, config }, HttpStatusCode.Created);
    }

    private static async Task ProbedAsync(Tenant tenant)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await tenant.Admin.GetJsonAsync("integrations?integration_type=jira"))["items"]![0]!["health_status"] is null)
            await Task.Delay(100, patience.Token);
    }

    private async Task<(string Number, string Key)> TellAsync(Company company)
    {
        var tenant = await fixture.TenantAsync();
        await ConfigureAsync(tenant, company);
        var incident = await RunAsync("servicenow/create_incident", new { short_description = $"The shop of {company.Site} is slow", urgency = "high" });
        var (number, link) = (incident.Text("number"), incident.Text("url"));
        await RunAsync("slack/post_message", new { markdown = $"Incident [{number}]({link}) is open." });
        var issue = await RunAsync("jira/create_issue", new { summary = $"{number}: the shop is slow", description = $"See **[{number}]({link})**." });
        var moved = await RunAsync("jira/transition_issue", new { issue = issue.Text("key"), transition = "Start" });
        Assert.Equal("In Progress", moved.Text("status"));
        var accepted = await RunAsync("teams/post_message", new
        {
            title = $"Incident {number}", text = $"{issue.Text("key")} is being worked on.", buttons = new[] { new { title = "Open", url = issue.Text("url") } },
        });
        Assert.True(accepted["accepted"]!.GetValue<bool>());
        return (number, issue.Text("key"));

        async Task<JsonObject> RunAsync(string action, object input) =>
            (await tenant.Service.PostAsync($"actions/{action}", new { input }))["output"]!.AsObject();
    }
}

public sealed class IncidentOnSqliteTests(OutsideOnSqlite host) : IncidentTests(host, host.Outside), IClassFixture<OutsideOnSqlite>;

public sealed class IncidentOnPostgresTests(OutsideOnPostgres host) : IncidentTests(host, host.Outside), IClassFixture<OutsideOnPostgres>;
