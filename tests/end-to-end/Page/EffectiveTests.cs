using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>Which integration serves a tenant, and what happens when it is removed. The platform's rows of this host are made here.</summary>
public sealed class EffectiveTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Effective_SaysWhoServesAndWhy_AndDeletingSaysWhatFollows()
    {
        browser.SkipUnlessAvailable();
        var (tenant, second) = (await browser.TenantAsync(), await browser.TenantAsync());
        var shared = (await browser.Admin.PostAsync("integrations", new { name = "Shared hook", integration_type = "webhook", config = new { url = "https://platform.example.com/" } }, HttpStatusCode.Created)).Text("id");
        var own = await HookAsync(tenant, "Own hook");
        await HookAsync(second, "Second hook");
        await tenant.Admin.PostAsync("integrations", new { name = "Draft hook", integration_type = "webhook", config = new { }, is_active = false }, HttpStatusCode.Created);

        // The tenant's admin: its own serves. The platform's is not looked at, and never a link.
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.ReadyAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Effective" }).ClickAsync();
        var webhook = visit.Page.Locator(".effective > li", new() { HasText = "Webhook" });
        await Assertions.Expect(webhook).ToContainTextAsync("Taken: it is the default.");
        await Assertions.Expect(visit.Page.Locator(".effective > li", new() { HasText = "SMTP" })).ToContainTextAsync("SMTP integration not configured. Please configure in /integrations page.");
        await visit.PictureAsync("effective");
        Assert.Empty(await visit.FindBarriersAsync());

        // Deleting it: the platform's serves from then on.
        await visit.GoAsync("/integrations");
        await AskToDeleteAsync(visit, "Own hook");
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("Webhook of this tenant goes through the platform-wide “Shared hook” from then on.");
        await visit.PictureAsync("delete-own", isFullPage: false);
        Assert.Empty(await visit.FindBarriersAsync());
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Own hook is deleted.")).ToBeVisibleAsync();
        await tenant.Admin.SendAsync(HttpMethod.Get, $"integrations/{own}", null, HttpStatusCode.NotFound);

        await visit.GoAsync("/integrations/effective?type=webhook");
        await Assertions.Expect(visit.Page.Locator(".effective > li")).ToHaveCountAsync(1);
        await Assertions.Expect(webhook).ToContainTextAsync("Shared hook");
        await Assertions.Expect(webhook).ToContainTextAsync("a draft that was never activated");
        await Assertions.Expect(webhook.GetByRole(AriaRole.Link, new() { Name = "Shared hook" })).ToHaveCountAsync(0);
        var content = await visit.Page.ContentAsync();
        Assert.DoesNotContain("platform.example.com", content);
        Assert.DoesNotContain(shared, content);
        await visit.PictureAsync("effective-lent");

        // Somebody else's tenant, typed.
        await visit.GoAsync($"/integrations/effective?tenant={second.Id}");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        Assert.DoesNotContain("Second hook", await visit.Page.ContentAsync());
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Export" })).ToHaveCountAsync(0);
        Assert.Equal((int)HttpStatusCode.Forbidden, (await visit.Page.APIRequest.GetAsync($"/integrations/effective/export?tenant={second.Id}")).Status);
        Assert.Equal((int)HttpStatusCode.BadRequest, (await visit.Page.APIRequest.GetAsync("/integrations/effective/export?tenant=x")).Status);
        await using var stranger = await browser.OpenAsync();
        Assert.Equal((int)HttpStatusCode.Unauthorized, (await stranger.Page.APIRequest.GetAsync("/integrations/effective/export")).Status);
        await visit.GoAsync($"/integrations/{shared}/history");
        await Assertions.Expect(visit.Page.GetByText("There is no such integration.")).ToBeVisibleAsync();
        visit.AssertNoComplaints();

        // The platform's admin switches to the tenant and stays on the page; what the platform lends is a link there.
        await using var platform = await browser.SignInAsync();
        await platform.GoAsync("/integrations/effective");
        await Assertions.Expect(platform.Page.GetByText("Choose a tenant above")).ToBeVisibleAsync();
        await platform.Page.Locator("#tenant").FillAsync(tenant.Id.ToString());
        await platform.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(platform.Page.GetByText("Which integration serves this tenant")).ToBeVisibleAsync();
        Assert.Contains($"/integrations/effective?tenant={tenant.Id}", platform.Page.Url);

        // The file is the API's, to the byte.
        var download = await platform.Page.RunAndWaitForDownloadAsync(() => platform.Page.GetByRole(AriaRole.Link, new() { Name = "Export" }).ClickAsync());
        Assert.Equal($"effective-{tenant.Id}.json", download.SuggestedFilename);
        Assert.Equal(await tenant.Service.GetStringAsync("integrations/effective/export"), await File.ReadAllTextAsync(await download.PathAsync()));
        await platform.Page.GetByRole(AriaRole.Link, new() { Name = "Shared hook" }).ClickAsync();
        await Assertions.Expect(platform.Page.GetByRole(AriaRole.Heading, new() { Name = "Shared hook" })).ToBeVisibleAsync();

        // Deleting the platform's: one tenant of the two has none of its own, and then nothing serves it.
        await platform.GoAsync("/integrations");
        await AskToDeleteAsync(platform, "Shared hook");
        await Assertions.Expect(platform.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("1 tenant falls back to it");
        await Assertions.Expect(platform.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Nothing serves in its place: callers are told “Webhook integration not configured.");
        await platform.PictureAsync("delete-platform", isFullPage: false);
        platform.AssertNoComplaints();
    }

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task Effective_OnAPhoneAndInTheDark_IsUsable(int width, ColorScheme scheme)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await HookAsync(tenant, "Own hook");
        await using var visit = await browser.SignInAsync(tenant.Id, options =>
        {
            options.ViewportSize = new ViewportSize { Width = width, Height = 844 };
            options.ColorScheme = scheme;
        });
        await visit.GoAsync("/integrations/effective");
        await Assertions.Expect(visit.Page.GetByText("Taken: it is the default.")).ToBeVisibleAsync();
        await visit.PictureAsync($"effective-{width}-{scheme}");
        Assert.False(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "it scrolls sideways");
        Assert.Empty(await visit.FindBarriersAsync());
        visit.AssertNoComplaints();
    }

    private static async Task AskToDeleteAsync(Visit visit, string name)
    {
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = $"Actions for {name}" }).ClickAsync();
        await visit.Page.GetByText("Delete…").ClickAsync();
    }

    private static async Task<string> HookAsync(Tenant tenant, string name) =>
        (await tenant.Admin.PostAsync("integrations", new { name, integration_type = "webhook", config = new { url = "https://tenant.example.com/" } }, HttpStatusCode.Created)).Text("id");
}
