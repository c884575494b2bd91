using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>What an integration was before, and bringing it back.</summary>
public sealed class HistoryTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task History_ShowsWhatChangedAndRestores()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = await MakeAsync(tenant);
        var first = (await tenant.Admin.GetJsonAsync($"integrations/{id}/revisions"))["items"]!.AsArray().Last()!;
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync($"/integrations/{id}");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "History" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "History of Orders" })).ToBeVisibleAsync();
        var rows = visit.Page.Locator("table.list > tbody > tr");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await Assertions.Expect(rows.Nth(0)).ToContainTextAsync("Current");
        await Assertions.Expect(rows.Nth(2)).ToContainTextAsync("Created");
        await rows.Nth(1).Locator("summary").ClickAsync();
        await Assertions.Expect(rows.Nth(1)).ToContainTextAsync("https://two.example.com/");
        await Assertions.Expect(rows.Nth(1)).ToContainTextAsync("auth.token");
        await visit.PictureAsync("history");
        Assert.Empty(await visit.FindBarriersAsync());

        await rows.Nth(2).GetByRole(AriaRole.Link, new() { Name = "Compare" }).ClickAsync();
        var compared = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Compare" });
        await Assertions.Expect(compared).ToContainTextAsync("set, fingerprint");
        await Assertions.Expect(compared).ToContainTextAsync("Name");
        await visit.PictureAsync("history-compare");
        Assert.Empty(await visit.FindBarriersAsync());
        await compared.GetByLabel("with").SelectOptionAsync("2");
        await Assertions.Expect(compared).Not.ToContainTextAsync("Renamed");
        await visit.Page.ReloadAsync();
        await visit.ReadyAsync();
        await Assertions.Expect(compared).ToContainTextAsync("https://two.example.com/");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Restore… revision 1" }).ClickAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("A new revision 4 brings back");
        await Assertions.Expect(dialog).ToContainTextAsync("https://one.example.com/");
        await visit.PictureAsync("history-restore", isFullPage: false);
        Assert.Empty(await visit.FindBarriersAsync());
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Revision 1 is restored, as revision 4.")).ToBeVisibleAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(4);

        var now = await tenant.Admin.GetJsonAsync($"integrations/{id}");
        // Another address than now, and no secret is asked for again: the one that was given for it comes back with it.
        Assert.Equal(first["config"]!.ToJsonString(), now["config"]!.ToJsonString());
        Assert.Equal(first["secrets"]!.ToJsonString(), now["secrets"]!.ToJsonString());
        Assert.Equal("Orders", now.Text("name"));
        Assert.DoesNotContain("first-token", await visit.Page.ContentAsync());

        // The newest settings are the first ones again.
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Restore… revision 1" }).ClickAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("there is nothing to restore");
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Restore_SomebodySavedMeanwhile_ChangesNothingAndSaysSo()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = await MakeAsync(tenant);
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync($"/integrations/{id}/history");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Restore… revision 1" }).ClickAsync();
        await tenant.Admin.PatchAsync($"integrations/{id}", new { name = "Theirs" });
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".problem-alert")).ToContainTextAsync("revision 4");
        Assert.Equal(4, (await tenant.Admin.GetJsonAsync($"integrations/{id}"))["revision"]!.GetValue<int>());
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Restore_OldSettingsNoLongerSuffice_SaysWhatIsMissingAndWhereToGiveIt()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await tenant.Admin.PostAsync("integrations", new { name = "Draft", integration_type = "webhook", config = new { method = "PUT" }, is_active = false }, HttpStatusCode.Created)).Text("id");
        await tenant.Admin.PatchAsync($"integrations/{id}", new { config = new { url = "https://example.com/" }, is_active = true });
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync($"/integrations/{id}/history");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Restore… revision 1" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true }).ClickAsync();
        var problem = visit.Page.Locator(".problem-alert");
        await Assertions.Expect(problem).ToContainTextAsync("url");
        await Assertions.Expect(problem.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", $"/integrations/{id}");
        await visit.PictureAsync("history-refused");
        Assert.Empty(await visit.FindBarriersAsync());
        visit.AssertNoComplaints();
    }

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task History_OnAPhoneAndInTheDark_IsUsable(int width, ColorScheme scheme)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = await MakeAsync(tenant);
        await using var visit = await browser.SignInAsync(tenant.Id, options =>
        {
            options.ViewportSize = new ViewportSize { Width = width, Height = 844 };
            options.ColorScheme = scheme;
        });
        await visit.GoAsync($"/integrations/{id}/history?from=1&to=3");
        await visit.Page.Locator("summary").First.ClickAsync();
        await visit.PictureAsync($"history-{width}-{scheme}");
        Assert.False(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "it scrolls sideways");
        Assert.Empty(await visit.FindBarriersAsync());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Restore… revision 1" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await visit.PictureAsync($"history-restore-{width}-{scheme}", isFullPage: false);
        Assert.Empty(await visit.FindBarriersAsync());
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Address_OfAnotherTenantOrOfNothing_ShowsNothing()
    {
        browser.SkipUnlessAvailable();
        var owner = await browser.TenantAsync();
        var id = await MakeAsync(owner);
        var other = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(other.Id);
        foreach (var address in new[] { $"/integrations/{id}/history", $"/integrations/{id}/history?from=1&to=2", $"/integrations/{id}/history?tenant={owner.Id}" })
        {
            await visit.GoAsync(address);
            await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
            Assert.DoesNotContain("example.com", await visit.Page.ContentAsync());
            Assert.DoesNotContain("Orders", await visit.Page.ContentAsync());
        }

        await using var own = await browser.SignInAsync(owner.Id);
        foreach (var address in new[] { "?from=1&to=99", "?from=0&to=2147483647" })
        {
            await own.GoAsync($"/integrations/{id}/history{address}");
            await Assertions.Expect(own.Page.GetByText("This integration has no revision")).ToBeVisibleAsync();
        }

        await own.GoAsync($"/integrations/{id}/history?from=x&to=y&before=z");
        await Assertions.Expect(own.Page.Locator("table.list > tbody > tr")).ToHaveCountAsync(3);
    }

    /// <summary>Three revisions: made, sent elsewhere with another token, renamed.</summary>
    private static async Task<string> MakeAsync(Tenant tenant)
    {
        var id = (await tenant.Admin.PostAsync("integrations", new
        {
            name = "Renamed", integration_type = "webhook", config = new { url = "https://one.example.com/", auth = new { type = "bearer", token = "first-token" } },
        }, HttpStatusCode.Created)).Text("id");
        await tenant.Admin.PatchAsync($"integrations/{id}", new { config = new { url = "https://two.example.com/", auth = new { token = "second-token" }, headers = new { X_Team = "blue" } } });
        await tenant.Admin.PatchAsync($"integrations/{id}", new { name = "Orders" });
        return id;
    }
}
