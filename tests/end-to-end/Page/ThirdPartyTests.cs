using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>A plugin that the host has never heard of gets the whole page, without a line of code of its own.</summary>
public sealed class ThirdPartyTests(PluginBrowser browser) : IClassFixture<PluginBrowser>
{
    [Fact]
    public async Task EveryKindOfField_IsFilledInAndKept()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync("/integrations/new/fixture_good");
        var page = visit.Page;
        await page.Locator("#general-name").FillAsync("Everything");
        await page.Locator("#f-endpoint").FillAsync("https://example.com/");
        await page.Locator("#f-port").FillAsync("8443");
        await page.Locator("#f-use_tls").UncheckAsync();
        await page.Locator("#f-token").FillAsync("hidden-canary");
        await Assertions.Expect(page.Locator("#f-account-user")).ToHaveCountAsync(0);
        await page.Locator("#f-mode").SelectOptionAsync("careful");
        await page.Locator("#f-account-user").FillAsync("me");
        await page.Locator("#f-account-password").FillAsync("hidden-canary");
        await AddAsync(page, "Tags");
        await page.GetByLabel("Tags 1", new() { Exact = true }).FillAsync("one");
        await AddAsync(page, "Tags");
        await page.GetByLabel("Tags 2", new() { Exact = true }).FillAsync("two");
        await AddAsync(page, "Labels");
        await page.GetByLabel("Labels: name 1", new() { Exact = true }).FillAsync("colour");
        await page.GetByLabel("Labels: value 1", new() { Exact = true }).FillAsync("blue");
        await AddAsync(page, "Secret labels");
        await page.GetByLabel("Secret labels: name 1", new() { Exact = true }).FillAsync("key");
        await page.GetByLabel("Secret labels: value 1", new() { Exact = true }).FillAsync("hidden-canary");
        await page.Locator("#f-timeout_seconds").FillAsync("12");
        await visit.PictureAsync("third-party");
        Assert.Empty(await visit.FindBarriersAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and activate" }).ClickAsync();
        await page.WaitForURLAsync("**/integrations/0*");

        var row = (await tenant.Admin.GetJsonAsync("integrations"))["items"]![0]!.AsObject();
        var expected = JsonNode.Parse("""
            {"endpoint":"https://example.com/","port":8443,"use_tls":false,"mode":"careful","account":{"user":"me"},"tags":["one","two"],
             "labels":{"colour":"blue"},"secret_labels":{},"timeout_seconds":12}
            """);
        Assert.True(JsonNode.DeepEquals(expected, row["config"]), row["config"]!.ToJsonString());
        foreach (var secret in new[] { "token", "account.password", "secret_labels.key" }) Assert.True(row["secrets"]![secret]!["set"]!.GetValue<bool>(), secret);
        await Assertions.Expect(page.GetByText("fingerprint")).ToHaveCountAsync(3);
        Assert.DoesNotContain("hidden-canary", await page.ContentAsync());
        visit.AssertNoComplaints();
    }

    private static Task AddAsync(IPage page, string field) =>
        page.GetByRole(AriaRole.Button, new() { Name = $"Add to {field}", Exact = true }).ClickAsync();
}
