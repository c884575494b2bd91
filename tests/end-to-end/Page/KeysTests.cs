using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>Keys are made, shown once and revoked.</summary>
public abstract class KeysTests(Browser browser)
{
    [Fact]
    public async Task Key_MadeOnThePage_WorksAtOnceAndNoLongerOnceRevoked()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id, options => options.Permissions = ["clipboard-read", "clipboard-write"]);
        await visit.GoAsync("/integrations/keys");
        await Assertions.Expect(visit.Page.GetByText("act for your tenant only")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "New key" }).ClickAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make key" }).ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("1 to 200 characters");
        await visit.PictureAsync("key-new", isFullPage: false);
        Assert.Empty(await visit.FindBarriersAsync());
        await dialog.GetByLabel("Name").FillAsync("Shop");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("It is not shown again");
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.PictureAsync("key-made", isFullPage: false);
        Assert.Empty(await visit.FindBarriersAsync());
        var key = await dialog.GetByLabel("Key of Shop").InputValueAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Status)).ToHaveTextAsync("Copied.");
        Assert.Equal(key, await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(key, "executions"));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(key, "integrations"));

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        Assert.DoesNotContain(key, await visit.Page.ContentAsync());
        var row = visit.Page.Locator("tbody tr", new() { HasText = "Shop" });
        await Assertions.Expect(row).ToContainTextAsync("Service");
        await visit.PictureAsync("keys");
        Assert.Empty(await visit.FindBarriersAsync());
        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke Shop" }).ClickAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("cannot be undone");
        await visit.PictureAsync("key-revoke", isFullPage: false);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(row.Locator(".chip")).ToHaveTextAsync("Revoked");
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(key, "executions"));
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Keys_OfOthers_AreNotATenantAdminsToSee()
    {
        browser.SkipUnlessAvailable();
        var other = await browser.TenantAsync();
        using var named = await browser.KeyAsync("admin", null);
        await named.PostAsync("api-keys", new { name = "Of the platform", role = "service" }, HttpStatusCode.Created);
        await named.PostAsync("api-keys", new { name = "Of another", role = "service", tenant_id = other.Id }, HttpStatusCode.Created);
        await using var visit = await browser.SignInAsync((await browser.TenantAsync()).Id);
        await visit.GoAsync("/integrations/keys");
        await Assertions.Expect(visit.Page.Locator("tbody tr").First).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("Of the platform")).ToHaveCountAsync(0);
        await visit.GoAsync($"/integrations/keys?tenant={other.Id}");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("Of another")).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "New key" })).ToHaveCountAsync(0);
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Key_MadeWithATenantChosen_ActsForThatTenantOnly()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(set: Looks.Of(390, ColorScheme.Dark));
        await visit.GoAsync("/integrations/keys");
        await visit.Page.GetByPlaceholder("Platform").FillAsync(tenant.Id.ToString());
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex($"/integrations/keys\\?tenant={tenant.Id}$"));
        await visit.AssertFitsAsync("keys-390-Dark");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "New key" }).ClickAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync($"{tenant.Id} only");
        await dialog.GetByLabel("Name").FillAsync("Phone");
        await dialog.GetByLabel("Admin", new() { Exact = true }).CheckAsync();
        await dialog.GetByLabel("Expires").SelectOptionAsync("30");
        await visit.AssertFitsAsync("key-new-390-Dark");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make key" }).ClickAsync();
        var key = await dialog.GetByLabel("Key of Phone").InputValueAsync();
        await visit.AssertFitsAsync("key-made-390-Dark");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(key, "integrations"));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(key, "integrations", Guid.CreateVersion7()));
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task OwnKey_Revoked_SignsOut()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync((await browser.TenantAsync()).Id);
        await visit.GoAsync("/integrations/keys");
        await visit.Page.Locator("tbody tr", new() { HasText = "You are signed in with it" }).GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("you will be signed out");
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex("/sign-in"));
        visit.AssertNoComplaints();
    }

    private async Task<HttpStatusCode> AskAsync(string key, string path, Guid? tenant = null)
    {
        using var client = new HttpClient { BaseAddress = browser.Admin.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        if (tenant is { } id) client.DefaultRequestHeaders.Add("X-Tenant-Id", id.ToString());
        using var answer = await client.GetAsync(path);
        return answer.StatusCode;
    }
}

public sealed class KeysOnSqliteTests(Browser browser) : KeysTests(browser), IClassFixture<Browser>;

public sealed class KeysOnPostgresTests(PostgresBrowser browser) : KeysTests(browser), IClassFixture<PostgresBrowser>;
