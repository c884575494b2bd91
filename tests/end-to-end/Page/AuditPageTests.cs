using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>The audit: who did what.</summary>
public abstract class AuditPageTests(Browser browser)
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Audit_SaysWhoChangedWhatAndLeadsThere(int width, ColorScheme scheme)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await CreateAsync(tenant, "Orders")).Text("id");
        await tenant.Admin.PatchAsync($"integrations/{id}", new { config = new { timeout_seconds = 12 } });
        var gone = (await CreateAsync(tenant, "Gone")).Text("id");
        await tenant.Admin.SendAsync(HttpMethod.Delete, $"integrations/{gone}", null, HttpStatusCode.NoContent);
        await using var visit = await browser.SignInAsync(tenant.Id, Looks.Of(width, scheme));
        await visit.GoAsync("/integrations/audit");
        var updated = visit.Page.Locator("tbody tr", new() { HasText = "Integration updated" });
        await Assertions.Expect(updated).ToContainTextAsync("timeout_seconds");
        await Assertions.Expect(updated).ToContainTextAsync("1 → 2");
        await Assertions.Expect(updated).ToContainTextAsync("test");
        var deleted = visit.Page.Locator("tbody tr", new() { HasText = "Integration deleted" });
        await Assertions.Expect(deleted).ToContainTextAsync("Gone");
        await Assertions.Expect(deleted.GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
        await visit.AssertFitsAsync($"audit-{width}-{scheme}");
        await updated.GetByRole(AriaRole.Link, new() { Name = "Orders" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Orders" })).ToBeVisibleAsync();
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Audit_IsPagedAndATenantsOwn()
    {
        browser.SkipUnlessAvailable();
        var (tenant, other) = (await browser.TenantAsync(), await browser.TenantAsync());
        await CreateAsync(other, "Foreign");
        var id = (await CreateAsync(tenant, "Orders")).Text("id");
        for (var i = 0; i < 55; i++) await tenant.Admin.PatchAsync($"integrations/{id}", new { config = new { timeout_seconds = 10 + i } });
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync("/integrations/audit");
        await Assertions.Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(50);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Integration created")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("Foreign")).ToHaveCountAsync(0);
        await visit.GoAsync($"/integrations/audit?tenant={other.Id}");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("Foreign")).ToHaveCountAsync(0);
        visit.AssertNoComplaints();
    }

    private static Task<System.Text.Json.Nodes.JsonObject> CreateAsync(Tenant tenant, string name) =>
        tenant.Admin.PostAsync("integrations", new { name, integration_type = "webhook", config = new { url = "https://example.com/" } }, HttpStatusCode.Created);
}

public sealed class AuditPageOnSqliteTests(Browser browser) : AuditPageTests(browser), IClassFixture<Browser>;

public sealed class AuditPageOnPostgresTests(PostgresBrowser browser) : AuditPageTests(browser), IClassFixture<PostgresBrowser>;
