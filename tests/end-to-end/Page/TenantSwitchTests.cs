using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>A platform admin goes from tenant to tenant.</summary>
public sealed class TenantSwitchTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Tenant_IsOfferedOrTyped_AndNonsenseChangesNothing(int width, ColorScheme scheme)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await tenant.Admin.PostAsync("integrations", new { name = "Own hook", integration_type = "webhook", config = new { url = "https://example.com/" } }, HttpStatusCode.Created);
        await using var visit = await browser.SignInAsync(set: Looks.Of(width, scheme));
        await visit.GoAsync("/integrations");
        var field = visit.Page.GetByLabel("Tenant, by its UUID");
        var problem = visit.Page.Locator("#tenant-problem");
        await Assertions.Expect(visit.Page.Locator($"#tenants option[value='{tenant.Id}']")).ToHaveCountAsync(1);
        await GoToAsync(tenant.Id.ToString());
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Own hook" })).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex($"/integrations\\?tenant={tenant.Id}$"));

        await GoToAsync("somebody's tenant");
        await Assertions.Expect(problem).ToHaveTextAsync("Not a UUID");
        await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex($"tenant={tenant.Id}$"));
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Own hook" })).ToBeVisibleAsync();
        await visit.AssertFitsAsync($"tenant-{width}-{scheme}");

        // One that the host has never heard of: its first integration is made there.
        var fresh = Guid.CreateVersion7();
        await GoToAsync($" {fresh} ");
        await Assertions.Expect(problem).ToBeEmptyAsync();
        await Assertions.Expect(visit.Page.GetByText("Nothing is configured yet")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Add the first integration" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Webhook", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "New Webhook integration" })).ToBeVisibleAsync();
        Assert.EndsWith($"/integrations/new/webhook?tenant={fresh}", visit.Page.Url, StringComparison.Ordinal);

        await GoToAsync("");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex("/integrations$"));
        await visit.GoAsync("/integrations?tenant=nonsense");
        await Assertions.Expect(visit.Page.GetByText("The tenant in the address is not a UUID.")).ToBeVisibleAsync();
        visit.AssertNoComplaints();

        async Task GoToAsync(string typed)
        {
            await field.FillAsync(typed);
            await visit.Page.Keyboard.PressAsync("Enter");
        }
    }
}
