using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>Policies are made on the page, and what waits by them is approved there.</summary>
public sealed class ApprovalsTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Ask_IsMadeApprovedAndDeniedOnThePage()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var hook = (await tenant.Admin.PostAsync(
            "integrations", new { name = "Orders", integration_type = "webhook", config = new { url = browser.Host.Address + "healthz" } }, HttpStatusCode.Created)).Text("id");
        using var admin = await browser.KeyAsync("admin", tenant.Id);
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await visit.SignInAsync(admin.DefaultRequestHeaders.Authorization!.Parameter!); // the client was made with one
        await visit.GoAsync($"/integrations/{hook}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add policy" }).ClickAsync();
        await page.GetByLabel("Action of policy 1").SelectOptionAsync("push_data");
        await page.GetByLabel("Effect of policy 1").SelectOptionAsync("ask");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save policies" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The policies are saved.")).ToBeVisibleAsync();
        await visit.PictureAsync("policies");
        Assert.Empty(await visit.FindBarriersAsync());
        var rule = Assert.Single((await tenant.Admin.GetJsonAsync($"integrations/{hook}/policies"))["policies"]!.AsArray())!.AsObject();
        Assert.Equal(("push_data", "ask"), (rule.Text("action"), rule.Text("effect")));

        var (first, second, own) = (await CallAsync(tenant.Service), await CallAsync(tenant.Service), await CallAsync(admin));
        await visit.GoAsync("/integrations/executions");
        await page.GetByLabel("State").SelectOptionAsync("awaiting_approval");
        await Assertions.Expect(page.Locator("tbody .chip", new() { HasText = "Awaits approval" })).ToHaveCountAsync(3);

        await visit.GoAsync($"/integrations/executions/{first.Text("id")}");
        await Assertions.Expect(page.GetByText(first["approval"]!["input_sha256"]!.GetValue<string>())).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByLabel("Input").Last).ToContainTextAsync("[masked]");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what is masked" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("What would be sent").Last).ToContainTextAsync("\"data\": 1");
        Assert.Contains((await tenant.Admin.GetJsonAsync("audit-events"))["items"]!.AsArray(), note => note!["action"]!.GetValue<string>() == "execution.input_read");
        await visit.PictureAsync("approval");
        Assert.Empty(await visit.FindBarriersAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Assertions.Expect(page.GetByText("It is approved and will be done.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToHaveCountAsync(0);
        await tenant.Service.WaitForAsync(first.Text("id"), "dead", 60); // a host takes no POST there

        await visit.GoAsync($"/integrations/executions/{second.Text("id")}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Deny…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Deny", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("An admin has denied it.")).ToBeVisibleAsync();

        await visit.GoAsync($"/integrations/executions/{own.Text("id")}");
        await Assertions.Expect(page.GetByText("Another admin has to approve it.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToHaveCountAsync(0);
        visit.AssertNoComplaints();
    }

    private static async Task<JsonObject> CallAsync(HttpClient caller)
    {
        var accepted = await caller.PostAsync("actions/webhook/push_data", new { input = new { data = 1 } }, HttpStatusCode.Accepted);
        return await caller.GetExecutionAsync(accepted.Text("execution_id"));
    }
}
