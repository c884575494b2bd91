using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>An admin connects a real identity provider in the form, tries it out, and then signs in to the page through it.</summary>
public sealed class SingleSignOnTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task SingleSignOn_ConnectedTriedAndUsed()
    {
        browser.SkipUnlessAvailable();
        await using var provider = await IdentityProviderPeers.StartSamlpAsync();
        await using var visit = await browser.SignInAsync();
        var page = visit.Page;
        await visit.GoAsync("/integrations/new/sso");
        await Assertions.Expect(page.GetByText("Save a draft first")).ToBeVisibleAsync();

        // Only what belongs to the chosen protocol is asked for.
        await page.Locator("#f-protocol").SelectOptionAsync("oidc");
        await Assertions.Expect(page.Locator("#f-issuer")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#f-idp_metadata_url")).ToHaveCountAsync(0);
        await page.Locator("#f-protocol").SelectOptionAsync("saml");
        await Assertions.Expect(page.Locator("#f-idp_metadata_url")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#f-issuer")).ToHaveCountAsync(0);
        await visit.PictureAsync("sso-new");
        Assert.Empty(await visit.FindBarriersAsync());

        await page.Locator("#general-name").FillAsync("Head office");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as draft" }).ClickAsync();
        await Assertions.Expect(page.Locator("#sso-acs")).ToBeVisibleAsync();
        var (acs, entity, slo) = (await ValueAsync(page, "#sso-acs"), await ValueAsync(page, "#sso-entity"), await ValueAsync(page, "#sso-slo"));
        Assert.Equal(new Uri(browser.Host.Address, new Uri(acs).AbsolutePath).AbsoluteUri, acs);
        provider.Register(new ServiceProvider { EntityId = entity, Acs = acs, Slo = slo, Sign = "both" });

        await page.Locator("#f-idp_metadata_url").FillAsync(provider.MetadataUrl);

        // Another site for the browser, which sends our cookies with its form only where we have the form sent once more from here.
        await page.Locator("#f-idp_sso_url").FillAsync(provider.SsoUrl.Replace("127.0.0.1", "localhost"));
        await page.Locator("#f-page_sign_in").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and activate" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Head office is saved and in use.")).ToBeVisibleAsync();
        var id = page.Url.Split('/', '?').First(part => Guid.TryParse(part, out _));
        await MapRolesAsync(id);
        await visit.GoAsync($"/integrations/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".test .chip.good")).ToHaveTextAsync("Healthy");
        await visit.PictureAsync("sso-saved");
        Assert.Empty(await visit.FindBarriersAsync());

        var trial = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Trial login" }).ClickAsync());
        await SignInAtProviderAsync(trial, "alice");
        await Assertions.Expect(trial.GetByRole(AriaRole.Heading, new() { Name = "Trial login: it works" })).ToBeVisibleAsync();
        await Assertions.Expect(trial.GetByText("platform_admin")).ToBeVisibleAsync();
        await Assertions.Expect(trial.GetByText("alice@acme.test").First).ToBeVisibleAsync();
        await PictureAsync(trial, "sso-trial");
        await trial.CloseAsync();

        // The way back works without the session that the test began with.
        await using var other = await browser.OpenAsync();
        await other.Page.GotoAsync("/integrations/providers");
        await other.PictureAsync("sso-sign-in");
        Assert.Empty(await other.FindBarriersAsync());
        await other.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Head office" }).ClickAsync();
        await SignInAtProviderAsync(other.Page, "alice");
        await other.Page.WaitForURLAsync("**/integrations**");
        await other.ReadyAsync();
        await visit.GoAsync("/integrations/executions");
        await page.GetByRole(AriaRole.Link, new() { Name = "complete_login" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Checks" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("body")).Not.ToContainTextAsync("alice@acme.test");
        await visit.PictureAsync("sso-execution");
        Assert.Empty(await visit.FindBarriersAsync());

        // Bob is known to the identity provider and nobody here.
        await using var stranger = await browser.OpenAsync();
        await stranger.Page.GotoAsync("/sign-in");
        await stranger.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Head office" }).ClickAsync();
        await SignInAtProviderAsync(stranger.Page, "bob");
        await Assertions.Expect(stranger.Page.GetByText("You could not be signed in")).ToBeVisibleAsync();
        await PictureAsync(stranger.Page, "sso-refused");
        await stranger.Page.GotoAsync("/integrations");
        await Assertions.Expect(stranger.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"));
        await browser.Admin.SendAsync(HttpMethod.Delete, $"integrations/{id}", null, HttpStatusCode.NoContent);
        visit.AssertNoComplaints();
    }

    private async Task MapRolesAsync(string id) => await browser.Admin.PatchAsync($"integrations/{id}", new
    {
        config = new
        {
            attributes = new object[]
            {
                new { target = "email", sources = new[] { "email" }, required = true },
                new { target = "roles", sources = new[] { "groups" }, multiple = true, values = new { admins = "platform_admin" } },
            },
        },
    });

    private static async Task SignInAtProviderAsync(IPage page, string person)
    {
        await page.Locator("input[name=username]").FillAsync(person);
        await page.Locator("input[name=password]").FillAsync($"{person}-pw");
        await page.Locator("button").ClickAsync();
    }

    private static Task<string> ValueAsync(IPage page, string field) => page.Locator(field).InputValueAsync();

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("VAKA_TEST_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }
}
