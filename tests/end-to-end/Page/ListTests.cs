using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>The list: what is configured and how it is doing.</summary>
public abstract class ListTests(Browser browser)
{
    [Fact]
    public async Task EmptyList_TeachesTheNextStep()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.ReadyAsync();
        await visit.PictureAsync("list-empty");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Add the first integration" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Add an integration" })).ToBeVisibleAsync();
        await visit.PictureAsync("catalog");
        Assert.Empty(await visit.FindBarriersAsync());
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task List_IsFilteredByTheAddressAndStaysSoOnTheWayBack()
    {
        browser.SkipUnlessAvailable();
        var tenant = await SeedAsync(60);
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.ReadyAsync();
        var rows = visit.Page.Locator("tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        await visit.PictureAsync("list");
        await visit.PictureAsync("list-top", isFullPage: false);
        Assert.Empty(await visit.FindBarriersAsync());

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(10);
        await visit.Page.GoBackAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(50);

        await visit.Page.GetByLabel("Search").FillAsync("hook 1");
        await Assertions.Expect(rows).ToHaveCountAsync(11);
        Assert.Contains("q=hook", visit.Page.Url);
        await visit.Page.GetByLabel("Status").SelectOptionAsync("inactive");
        await Assertions.Expect(visit.Page.GetByText("No integration matches")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Clear filters" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task List_HealthChanges_ShowsByItself()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id);
        await tenant.Admin.PostAsync("integrations", new { name = "Dead end", integration_type = "webhook", config = Hook("http://127.0.0.1:9/") }, HttpStatusCode.Created);
        await visit.GoAsync("/integrations");
        await Assertions.Expect(visit.Page.GetByText("Failing", new() { Exact = true }).Last).ToBeVisibleAsync(new() { Timeout = 60_000 });
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task RowActions_DeleteSaysWhatFollowsFirst()
    {
        browser.SkipUnlessAvailable();
        var tenant = await SeedAsync(2);
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.ReadyAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for Hook 0" }).ClickAsync();
        await visit.PictureAsync("row-menu", isFullPage: false);
        await visit.Page.GetByText("Delete…").ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("“Hook 1” serves in its place");
        await visit.PictureAsync("delete", isFullPage: false);
        Assert.Empty(await visit.FindBarriersAsync());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task ForeignTenant_InTheAddress_ShowsNothing()
    {
        browser.SkipUnlessAvailable();
        var tenant = await SeedAsync(1);
        var other = await SeedAsync(1);
        var id = (await other.Admin.GetJsonAsync("integrations"))["items"]![0]!["id"]!.GetValue<string>();
        await using var visit = await browser.SignInAsync(tenant.Id);
        foreach (var address in new[] { $"/integrations?tenant={other.Id}", "/integrations?tenant=all" })
        {
            await visit.GoAsync(address);
            await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
            await Assertions.Expect(visit.Page.GetByText("Hook 0")).ToHaveCountAsync(0);
        }

        await visit.GoAsync($"/integrations/{id}");
        await Assertions.Expect(visit.Page.GetByText("There is no such integration.")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task List_OnAPhoneAndInTheDark_IsUsable(int width, ColorScheme scheme)
    {
        browser.SkipUnlessAvailable();
        var tenant = await SeedAsync(3);
        await using var visit = await browser.SignInAsync(tenant.Id, options =>
        {
            options.ViewportSize = new ViewportSize { Width = width, Height = 844 };
            options.ColorScheme = scheme;
        });
        await visit.ReadyAsync();
        await visit.PictureAsync($"list-{width}-{scheme}");
        Assert.False(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "it scrolls sideways");
        Assert.Empty(await visit.FindBarriersAsync());
        if (width < 500)
        {
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu", Exact = true }).ClickAsync();
            await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Integrations", Exact = true })).ToBeVisibleAsync();
            await visit.PictureAsync($"menu-{width}-{scheme}", isFullPage: false);
            Assert.Empty(await visit.FindBarriersAsync());
        }

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Light or dark" }).ClickAsync(new() { Force = width < 500 });
        await visit.Page.ReloadAsync();
        var expected = scheme is ColorScheme.Dark ? "light" : "dark";
        Assert.Equal(expected, await visit.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        visit.AssertNoComplaints();
    }

    private async Task<Tenant> SeedAsync(int count)
    {
        var tenant = await browser.TenantAsync();
        for (var i = 0; i < count; i++)
            await tenant.Admin.PostAsync("integrations", new { name = $"Hook {i}", integration_type = "webhook", config = Hook("https://example.com/") }, HttpStatusCode.Created);
        return tenant;
    }

    private static JsonObject Hook(string url) => new() { ["url"] = url };
}

public sealed class ListOnSqliteTests(Browser browser) : ListTests(browser), IClassFixture<Browser>;

public sealed class ListOnPostgresTests(PostgresBrowser browser) : ListTests(browser), IClassFixture<PostgresBrowser>;
