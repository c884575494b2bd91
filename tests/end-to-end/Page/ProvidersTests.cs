using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>The providers: what is loaded, why another is not, on and off.</summary>
public abstract class ProvidersTests(Browser browser)
{
    [Fact]
    public async Task PlatformAdmin_SwitchesAProviderOffAndOn()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync();
        await visit.GoAsync("/integrations/providers");
        var smtp = visit.Page.GetByRole(AriaRole.Region, new() { Name = "SMTP" });
        await smtp.GetByText("1 action").ClickAsync();
        await Assertions.Expect(smtp.GetByText("send_email")).ToBeVisibleAsync();
        await visit.PictureAsync("providers");
        Assert.Empty(await visit.FindBarriersAsync());
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "newer-contract" })).ToContainTextAsync("contract");

        await smtp.GetByRole(AriaRole.Button, new() { Name = "Disable SMTP" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("No integration of it is in use now");
        await visit.PictureAsync("provider-disable", isFullPage: false);
        Assert.Empty(await visit.FindBarriersAsync());
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Disable" }).ClickAsync();
        await Assertions.Expect(smtp.Locator(".provider-head .chip")).ToHaveTextAsync("Disabled");
        await visit.PictureAsync("provider-disabled");
        Assert.Empty(await visit.FindBarriersAsync());
        Assert.Equal("disabled", (await browser.Admin.GetJsonAsync("providers/smtp")).Text("state"));
        await smtp.GetByRole(AriaRole.Button, new() { Name = "Enable SMTP" }).ClickAsync();
        await Assertions.Expect(smtp.Locator(".provider-head .chip")).ToHaveTextAsync("Active");
        Assert.Equal("active", (await browser.Admin.GetJsonAsync("providers/smtp")).Text("state"));
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Reach_IsShownBeforeAnythingIsConfigured()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync();
        await visit.GoAsync("/integrations/providers");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "SMTP" })).ToContainTextAsync("Connects to smtp_host:smtp_port");
        await visit.GoAsync("/integrations/new");
        var catalog = visit.Page.GetByRole(AriaRole.List, new() { Name = "Providers" });
        await Assertions.Expect(catalog).ToContainTextAsync("Connects to the host of endpoint.");
        await Assertions.Expect(catalog).ToContainTextAsync("Connects to smtp_host:smtp_port, the host of oauth2_token_url.");
        Assert.Empty(await visit.FindBarriersAsync());
        await visit.GoAsync("/integrations/new/fixture_good");
        await Assertions.Expect(visit.Page.GetByText("Connects to the host of endpoint.")).ToBeVisibleAsync();
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task TenantAdmin_IsToldWhoSwitches()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync((await browser.TenantAsync()).Id, Looks.Of(390, ColorScheme.Dark));
        await visit.GoAsync("/integrations/providers");
        await Assertions.Expect(visit.Page.GetByText("Only platform admins switch a provider on or off")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Disable" })).ToHaveCountAsync(0);
        await visit.AssertFitsAsync("providers-390-Dark");
        visit.AssertNoComplaints();
    }
}

public sealed class ProvidersOnSqliteTests(PluginBrowser browser) : ProvidersTests(browser), IClassFixture<PluginBrowser>;

public sealed class ProvidersOnPostgresTests(PostgresPluginBrowser browser) : ProvidersTests(browser), IClassFixture<PostgresPluginBrowser>;
