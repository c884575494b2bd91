using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>What was run: the list and one run.</summary>
public abstract class ExecutionsTests(Browser browser)
{
    [Fact]
    public async Task Executions_AreFilteredByTheAddressAndShownWhole()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await tenant.Admin.PostAsync("integrations", new { name = "Orders", integration_type = "webhook", config = new { url = browser.Host.Address + "healthz" } }, HttpStatusCode.Created)).Text("id");
        await PushAsync(tenant, "Orders", 3);
        await tenant.Admin.PostAsync("integrations", new { name = "Nobody", integration_type = "webhook", config = new { url = "http://127.0.0.1:9/" } }, HttpStatusCode.Created);
        await PushAsync(tenant, "Nobody", 1);
        await WaitForRunsAsync(tenant, 4);
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.ReadyAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Executions", Exact = true }).ClickAsync();
        var rows = visit.Page.Locator("tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(4);
        await visit.PictureAsync("executions");
        Assert.Empty(await visit.FindBarriersAsync());

        await visit.Page.GetByLabel("State").SelectOptionAsync("succeeded");
        await Assertions.Expect(visit.Page.GetByText("No execution matches")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Clear filters" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(4);
        await visit.Page.GetByLabel("Action").SelectOptionAsync("push_data");
        await visit.Page.GetByLabel("Provider").SelectOptionAsync("smtp");
        await Assertions.Expect(visit.Page.GetByText("No execution matches")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex("type=smtp"));
        await visit.GoAsync($"/integrations/executions?integration={id}&since=1h");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await Assertions.Expect(visit.Page.GetByLabel("Since")).ToHaveValueAsync("1h");

        await visit.GoAsync("/integrations/executions");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "push_data" }).First.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".problem-alert")).ToContainTextAsync("provider_unavailable");
        await Assertions.Expect(visit.Page.GetByLabel("Input").Last).ToContainTextAsync("[masked]");
        await Assertions.Expect(visit.Page.Locator(".steps li")).ToHaveCountAsync(1);
        await visit.PictureAsync("execution");
        Assert.Empty(await visit.FindBarriersAsync());
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Nobody" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Nobody" })).ToBeVisibleAsync();
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Executions_MoreThanAPage_ArePaged()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await PushAsync(tenant, null, 55, HttpStatusCode.Conflict);
        await WaitForRunsAsync(tenant, 55);
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync("/integrations/executions");
        await Assertions.Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(50);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(5);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "First page" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(50);
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Executions_ThatChange_AreShownByThemselvesWithoutLosingThePlace()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await PushAsync(tenant, null, 2, HttpStatusCode.Conflict);
        await WaitForRunsAsync(tenant, 2);
        await using var visit = await browser.SignInAsync(tenant.Id, Looks.Of(1280, ColorScheme.Light));
        await visit.GoAsync("/integrations/executions?state=dead");
        var rows = visit.Page.Locator("tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(visit.Page.Locator("h1")).ToBeFocusedAsync(); // what a new page begins with, and may come a moment after it is drawn
        var focused = rows.Last.GetByRole(AriaRole.Link).First;
        await focused.FocusAsync();
        var address = await focused.GetAttributeAsync("href") ?? "";
        await PushAsync(tenant, null, 1, HttpStatusCode.Conflict);
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await Assertions.Expect(rows.Last.GetByRole(AriaRole.Link).First).ToBeFocusedAsync();
        await Assertions.Expect(visit.Page.GetByLabel("State")).ToHaveValueAsync("dead");
        Assert.EndsWith("?state=dead", visit.Page.Url, StringComparison.Ordinal);

        // One that is looked at closely, too.
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForURLAsync($"**{address}");
        var problem = visit.Page.Locator(".problem-alert");
        await Assertions.Expect(problem).ToContainTextAsync("integration_not_configured");
        await browser.QueryAsync($"UPDATE executions SET state = 'succeeded', error_code = NULL, error_message = NULL WHERE lower(CAST(id AS TEXT)) = '{address[^36..]}'");
        await Assertions.Expect(visit.Page.Locator(".page-actions .chip")).ToHaveTextAsync("Succeeded");
        await Assertions.Expect(problem).ToHaveCountAsync(0);
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Executions_ThroughThePlatformsIntegration_AreThePlatformAdminsToSeeForEveryTenant()
    {
        browser.SkipUnlessAvailable();
        var (tenant, other) = (await browser.TenantAsync(), await browser.TenantAsync());
        var id = (await browser.Admin.PostAsync("integrations", new { name = "Everybody's", integration_type = "webhook", config = new { url = "http://127.0.0.1:9/" } }, HttpStatusCode.Created)).Text("id");
        try
        {
            foreach (var one in new[] { tenant, other }) await PushAsync(one, null, 1);
            foreach (var one in new[] { tenant, other }) await WaitForRunsAsync(one, 1);
            await using var visit = await browser.SignInAsync();
            await visit.ReadyAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for Everybody's" }).ClickAsync();
            await visit.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Executions" }).ClickAsync();
            var rows = visit.Page.Locator("tbody tr");
            await Assertions.Expect(rows).ToHaveCountAsync(2);
            await Assertions.Expect(rows.First).ToContainTextAsync($"Tenant {other.Id.ToString()[..8]}");
            await visit.AssertFitsAsync("executions-all");
            await rows.Last.GetByRole(AriaRole.Link, new() { Name = "push_data" }).ClickAsync();
            await Assertions.Expect(visit.Page.Locator(".facts")).ToContainTextAsync("Everybody's");
            Assert.Contains($"tenant={tenant.Id}", visit.Page.Url, StringComparison.Ordinal);

            // Of no other integration at once, and not for a tenant's admin.
            await visit.GoAsync("/integrations/executions?tenant=all");
            await Assertions.Expect(visit.Page.GetByText("listed for one integration")).ToBeVisibleAsync();
            visit.AssertNoComplaints();
            await using var own = await browser.SignInAsync(tenant.Id);
            await own.GoAsync($"/integrations/executions?integration={id}&tenant=all");
            await Assertions.Expect(own.Page.GetByText("Only a platform admin")).ToBeVisibleAsync();
            await Assertions.Expect(own.Page.GetByText("push_data")).ToHaveCountAsync(0);

            var all = $"executions?integration_id={id}&tenant=all";
            Assert.Equal(2, (await browser.Admin.GetJsonAsync(all))["items"]!.AsArray().Count);
            await browser.Admin.SendAsync(HttpMethod.Get, "executions?tenant=all", null, HttpStatusCode.BadRequest);
            using var service = await browser.KeyAsync("service", null);
            foreach (var refused in new[] { tenant.Admin, tenant.Service, service })
                await refused.SendAsync(HttpMethod.Get, all, null, HttpStatusCode.Forbidden);
        }
        finally
        {
            await browser.Admin.SendAsync(HttpMethod.Delete, $"integrations/{id}", null, HttpStatusCode.NoContent);
        }
    }

    [Fact]
    public async Task Executions_OfAnotherTenant_AreNotShown()
    {
        browser.SkipUnlessAvailable();
        var (tenant, other) = (await browser.TenantAsync(), await browser.TenantAsync());
        await PushAsync(other, null, 1, HttpStatusCode.Conflict);
        await WaitForRunsAsync(other, 1);
        var id = (await other.Admin.GetJsonAsync("executions"))["items"]![0]!["id"]!.GetValue<string>(); // there is one
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync("/integrations/executions");
        await Assertions.Expect(visit.Page.GetByText("Nothing was run yet")).ToBeVisibleAsync();
        await visit.PictureAsync("executions-empty");
        await visit.GoAsync($"/integrations/executions?tenant={other.Id}");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("push_data")).ToHaveCountAsync(0);
        await visit.GoAsync($"/integrations/executions/{id}");
        await Assertions.Expect(visit.Page.GetByText("There is no such execution.")).ToBeVisibleAsync();
        visit.AssertNoComplaints();
    }

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task Executions_OnAPhoneAndInTheDark_AreUsable(int width, ColorScheme scheme)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await PushAsync(tenant, null, 2, HttpStatusCode.Conflict);
        await WaitForRunsAsync(tenant, 2);
        await using var visit = await browser.SignInAsync(tenant.Id, Looks.Of(width, scheme));
        await visit.GoAsync("/integrations/executions");
        await visit.AssertFitsAsync($"executions-{width}-{scheme}");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "push_data" }).First.ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "push_data" })).ToBeVisibleAsync();
        await visit.AssertFitsAsync($"execution-{width}-{scheme}");
        visit.AssertNoComplaints();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Execution_ThatWillBeRetried_ShowsItsAttemptsAndIsCancelledAndReplayed(int width, ColorScheme scheme)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Orders", integration_type = "webhook", config = new { url = "http://127.0.0.1:9/" } }, HttpStatusCode.Created);
        var row = new DurableRow
        {
            TenantId = tenant.Id, IntegrationId = Guid.NewGuid(), State = "retry_scheduled", Attempts = 2, Error = "The endpoint cannot be reached.",
            AvailableAt = DateTimeOffset.UtcNow.AddMinutes(30),
        };
        foreach (var sql in new[] { row.Insert, row.Attempt(1, "The endpoint answered 503."), row.Attempt(2, "The endpoint cannot be reached.") }) await browser.QueryAsync(sql);
        await using var visit = await browser.SignInAsync(tenant.Id, Looks.Of(width, scheme));
        await visit.GoAsync("/integrations/executions?state=retry_scheduled");
        await Assertions.Expect(visit.Page.Locator("tbody tr")).ToContainTextAsync(new Regex(@"Next attempt in 2\d minutes"));
        await visit.AssertFitsAsync($"executions-waiting-{width}-{scheme}");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "push_data" }).ClickAsync();
        var attempts = visit.Page.GetByRole(AriaRole.List, new() { Name = "Attempts" }).GetByRole(AriaRole.Listitem);
        await Assertions.Expect(attempts).ToHaveCountAsync(3);
        await Assertions.Expect(attempts.First).ToContainTextAsync("unavailable: The endpoint answered 503.");
        await Assertions.Expect(attempts.Last).ToContainTextAsync("Next");
        await Assertions.Expect(visit.Page.GetByLabel("Input").Last).ToContainTextAsync("[masked]");
        await visit.AssertFitsAsync($"execution-waiting-{width}-{scheme}");

        // By the keyboard alone, and not when one thinks better of it.
        var chip = visit.Page.Locator(".page-actions .chip");
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);
        foreach (var (verb, answer, state) in new[] { ("Cancel…", "Keep it", "Will be retried"), ("Cancel…", "Cancel execution", "Cancelled"), ("Replay…", "Replay", "Queued|Running|Will be retried") })
        {
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = verb }).FocusAsync();
            await visit.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(dialog).ToContainTextAsync(verb == "Cancel…" ? "unless somebody replays it" : "tried at once with the input that it was given");
            await visit.AssertFitsAsync($"execution-{verb[..6]}-{width}-{scheme}");
            await dialog.GetByRole(AriaRole.Button, new() { Name = answer, Exact = true }).FocusAsync();
            await visit.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(dialog).ToHaveCountAsync(0);
            await Assertions.Expect(chip).ToHaveTextAsync(new Regex(state));
        }

        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Replay…" })).ToHaveCountAsync(0);
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Execution_ThatMayBeDoneTwice_SaysSoBeforeItIsReplayed()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id);
        foreach (var (state, warning) in new[] { ("succeeded", "It has succeeded"), ("unknown", "Nobody knows whether it was done") })
        {
            var row = new DurableRow { TenantId = tenant.Id, IntegrationId = Guid.NewGuid(), State = state };
            await browser.QueryAsync(row.Insert);
            await visit.GoAsync($"/integrations/executions/{row.Id}");
            await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel…" })).ToHaveCountAsync(0);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Replay…" }).ClickAsync();
            var dialog = visit.Page.GetByRole(AriaRole.Dialog);
            await Assertions.Expect(dialog).ToContainTextAsync(warning);
            await Assertions.Expect(dialog).ToContainTextAsync("done twice");
            await browser.QueryAsync($"UPDATE executions SET state = 'running', finished_at = NULL WHERE id = '{row.Id}'"); // somebody was faster
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Replay", Exact = true }).ClickAsync();
            await Assertions.Expect(visit.Page.GetByText("It runs at this moment.")).ToBeVisibleAsync();
        }

        visit.AssertNoComplaints();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    public async Task Executions_OfAnIntegration_AreReplayedWithinATime(int width, ColorScheme scheme)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await tenant.Admin.PostAsync("integrations", new { name = "Orders", integration_type = "webhook", config = new { url = "http://127.0.0.1:9/" } }, HttpStatusCode.Created)).Text("id");
        foreach (var state in new[] { "dead", "dead", "unknown", "succeeded" })
            await browser.QueryAsync(new DurableRow { TenantId = tenant.Id, IntegrationId = Guid.Parse(id), State = state, Error = state == "dead" ? "away" : null }.Insert);
        await using var visit = await browser.SignInAsync(tenant.Id, Looks.Of(width, scheme));
        await visit.GoAsync("/integrations/executions");
        await Assertions.Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(4);
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Replay…" })).ToHaveCountAsync(0);
        await visit.GoAsync($"/integrations/executions?integration={id}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Replay…" }).ClickAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("2 executions match.");
        await dialog.GetByLabel("Outcome unknown").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Space");
        await Assertions.Expect(dialog).ToContainTextAsync("3 executions match.");
        await visit.AssertFitsAsync($"replay-{width}-{scheme}");
        await dialog.GetByLabel("Accepted since (UTC)").FillAsync("2100-01-01T00:00:01");
        await Assertions.Expect(dialog).ToContainTextAsync("No execution matches.");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Replay" })).ToBeDisabledAsync();
        await dialog.GetByLabel("Accepted since (UTC)").FillAsync("2020-01-01T00:00:01");
        await Assertions.Expect(dialog).ToContainTextAsync("3 executions match.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("3 executions wait to be done again.")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator("tbody .chip", new() { HasTextRegex = new("Queued|Running|Will be retried") })).ToHaveCountAsync(3); // nobody listens there
        visit.AssertNoComplaints();
    }

    private static async Task PushAsync(Tenant tenant, string? integration, int count, HttpStatusCode? expected = null)
    {
        for (var i = 0; i < count; i++)
        {
            var body = new JsonObject { ["input"] = new JsonObject { ["data"] = new JsonObject { ["number"] = i } } };
            if (integration is not null) body["integration"] = integration;
            using var answer = await tenant.Service.PostAsync("actions/webhook/push_data", Wire.Raw(body.ToJsonString()));
            if (expected is not null) Assert.Equal(expected, answer.StatusCode);
        }
    }

    private static async Task WaitForRunsAsync(Tenant tenant, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await tenant.Admin.GetJsonAsync("executions?limit=100"))["items"]!.AsArray().Count < count) await Task.Delay(50, patience.Token);
    }
}

public sealed class ExecutionsOnSqliteTests(Browser browser) : ExecutionsTests(browser), IClassFixture<Browser>;

public sealed class ExecutionsOnPostgresTests(PostgresBrowser browser) : ExecutionsTests(browser), IClassFixture<PostgresBrowser>;
