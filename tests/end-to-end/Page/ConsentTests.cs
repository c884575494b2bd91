using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.EndToEnd.Tests.Vendors;
using Vaka.Plugins.Vendors.Jira;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>A person gives consent at the vendor's own page, and gives it again when it has lapsed.</summary>
public sealed class ConsentTests(OutsideBrowser browser) : IClassFixture<OutsideBrowser>
{
    private JiraServer Jira => browser.Outside.Companies[0].Jira;

    [Fact]
    public async Task Connect_GivesConsent_AndConnectingAgainMendsWhatHasLapsed()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id, options => options.IgnoreHTTPSErrors = true);
        var page = visit.Page;
        await visit.GoAsync("/integrations/new/jira");
        await Assertions.Expect(page.Locator("#consent-redirect")).ToHaveValueAsync(new Uri(browser.Host.Address, "integrations/connect/callback").AbsoluteUri);
        await visit.PictureAsync("consent-new");
        Assert.Empty(await visit.FindBarriersAsync());

        var made = await tenant.Admin.PostAsync("integrations", new
        {
            name = "Issues",
            integration_type = "jira",
            config = new
            {
                deployment = "cloud", site_url = Jira.Site.AbsoluteUri.TrimEnd('/'), default_project = "OPS", default_issue_type = "Task",
                auth = new { type = "oauth2", client_id = "our-app", client_secret = "our-app-secret" },
            },
        }, HttpStatusCode.Created);
        var refused = await CreateIssueAsync(tenant, HttpStatusCode.BadGateway);
        Assert.Contains("press Connect", refused.Text("detail"));
        Assert.Equal("needs_reauthorization", (await tenant.Admin.GetJsonAsync($"integrations/{made.Text("id")}")).Text("status_reason"));

        await visit.GoAsync($"/integrations/{made.Text("id")}");
        await visit.PictureAsync("consent-wanted");
        Assert.Empty(await visit.FindBarriersAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("Issues is connected.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".test .chip.good")).ToHaveTextAsync("Healthy");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Connect again" })).ToBeVisibleAsync();
        await visit.PictureAsync("consent-given");
        Assert.DoesNotContain("code=", page.Url);
        await CreateIssueAsync(tenant, HttpStatusCode.OK);
        Assert.Equal("active", (await tenant.Admin.GetJsonAsync($"integrations/{made.Text("id")}")).Text("status"));

        // The vendor takes it back.
        Jira.RevokeAccessTokens();
        Jira.RefreshToken = null;
        await CreateIssueAsync(tenant, HttpStatusCode.BadGateway);
        var row = await tenant.Admin.GetJsonAsync($"integrations/{made.Text("id")}");
        Assert.Equal(("error", "needs_reauthorization"), (row.Text("status"), row.Text("status_reason")));
        await visit.GoAsync($"/integrations/{made.Text("id")}");
        await Assertions.Expect(page.GetByText("no longer takes the consent")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect again" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Issues is connected.")).ToBeVisibleAsync();
        await CreateIssueAsync(tenant, HttpStatusCode.OK);
        var audit = (await tenant.Admin.GetJsonAsync("audit-events"))["items"]!.AsArray().Count(item => (string?)item!["action"] == "integration.connected");
        Assert.Equal(2, audit);
    }

    [Theory]
    [InlineData("?state=nonsense&code=1")]
    [InlineData("?error=access_denied")]
    [InlineData("")]
    public async Task ComingBack_WithWhatNobodyBegan_IsRefused(string query)
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync((await browser.TenantAsync()).Id);
        await visit.Page.GotoAsync($"/integrations/connect/callback{query}");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Press Connect again.");
        await visit.PictureAsync("consent-refused");
        Assert.Empty(await visit.FindBarriersAsync());
    }

    [Fact]
    public async Task ComingBack_BySomebodyElse_IsRefused_AndTheWayIsUsedUp()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var made = await tenant.Admin.PostAsync("integrations", new
        {
            name = "Issues", integration_type = "jira",
            config = new
            {
                deployment = "cloud", site_url = Jira.Site.AbsoluteUri.TrimEnd('/'),
                auth = new { type = "oauth2", client_id = "our-app", client_secret = "our-app-secret" },
            },
        }, HttpStatusCode.Created);
        await using var mine = await browser.SignInAsync(tenant.Id, options => options.IgnoreHTTPSErrors = true);
        await using var other = await browser.SignInAsync(tenant.Id);
        var asked = new TaskCompletionSource<Uri>();
        await mine.Page.RouteAsync("https://auth.atlassian.com/**", route =>
        {
            asked.TrySetResult(new Uri(route.Request.Url));
            return route.AbortAsync();
        });
        await mine.GoAsync($"/integrations/{made.Text("id")}");
        await mine.Page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        var consent = await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        using var vendor = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        });
        using var answer = await vendor.GetAsync(new Uri(Jira.Address, consent.PathAndQuery));
        var back = answer.Headers.Location!.AbsoluteUri; // the vendor sends everybody back

        await other.Page.GotoAsync(back);
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Somebody else began to connect this.");
        await other.Page.GotoAsync(back);
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("works once");
    }

    private static Task<System.Text.Json.Nodes.JsonObject> CreateIssueAsync(Tenant tenant, HttpStatusCode expected) =>
        tenant.Service.PostAsync("actions/jira/create_issue", new { input = new { summary = "Something broke" } }, expected);
}

/// <summary>A browser that is led to the vendors as its host is.</summary>
public sealed class OutsideBrowser : Browser
{
    private readonly OutsideOnSqlite host = new();

    public Outside Outside => host.Outside;

    protected override IEnumerable<string> Arguments => [$"--host-resolver-rules={Outside.ResolverRules}"];

    protected override HostFixture CreateHost() => host;
}
