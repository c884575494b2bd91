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

    [Fact]
    public async Task LiveChoices_AreOfferedForWhatIsTypedAndForWhatIsSaved_AndMayBePassedOver()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync("/integrations/new/fixture_good");
        var page = visit.Page;
        var region = page.Locator("#f-region");
        var choices = page.Locator("#f-region-options option");
        var problem = page.Locator(".field", new() { Has = region }).GetByRole(AriaRole.Status);

        // What is typed does not suffice yet, then is refused: said at the field.
        await region.FocusAsync();
        await Assertions.Expect(problem).ToContainTextAsync("fill in or correct first: Endpoint.");
        await page.Locator("#f-endpoint").FillAsync("https://error.example.com/");
        await region.FocusAsync();
        await Assertions.Expect(problem).ToContainTextAsync("The token is refused: give a new one.");
        await visit.PictureAsync("live-choices-refused");
        Assert.Empty(await visit.FindBarriersAsync());

        await page.Locator("#f-endpoint").FillAsync("https://private.example.com/");
        await region.FocusAsync();
        await Assertions.Expect(problem).ToContainTextAsync("give one");
        await page.Locator("#f-token").FillAsync("hidden-canary");
        await region.FocusAsync();
        await Assertions.Expect(choices).ToHaveCountAsync(3);
        await Assertions.Expect(problem).ToHaveCountAsync(0);
        await region.PressSequentiallyAsync("Asia");
        await Assertions.Expect(choices).ToHaveCountAsync(1);
        await Assertions.Expect(choices).ToHaveAttributeAsync("value", "ap");

        // Anything else is taken, too.
        await region.FillAsync("mars");
        await page.Locator("#general-name").FillAsync("Far away");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and activate" }).ClickAsync();
        await page.WaitForURLAsync("**/integrations/0*");
        await Assertions.Expect(page.Locator(".secret .state")).ToContainTextAsync("fingerprint");
        Assert.Equal("mars", (await tenant.Admin.GetJsonAsync("integrations"))["items"]![0]!["config"]!.AsObject().Text("region"));

        // Saved: asked with the stored token, as it is and while something else is being changed.
        await page.ReloadAsync();
        await visit.ReadyAsync();
        await Assertions.Expect(region).ToHaveValueAsync("mars");
        await region.FocusAsync();
        await Assertions.Expect(choices).ToHaveCountAsync(3);
        await page.Locator("#f-timeout_seconds").FillAsync("12");
        await region.FillAsync("Europe");
        await Assertions.Expect(choices).ToHaveCountAsync(1);
        await Assertions.Expect(problem).ToHaveCountAsync(0);
        visit.AssertNoComplaints();
    }

    private static Task AddAsync(IPage page, string field) =>
        page.GetByRole(AriaRole.Button, new() { Name = $"Add to {field}", Exact = true }).ClickAsync();
}
