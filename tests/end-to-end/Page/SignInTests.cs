using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>How people get into the page, and out of it.</summary>
public sealed class SignInTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task FirstLink_OpensThePageOnceByItsButton()
    {
        browser.SkipUnlessAvailable();
        var (code, link, error) = await browser.Host.RunCommandAsync("keys", "sign-in");
        Assert.True(code == 0, error);
        await using var visit = await browser.OpenAsync();
        await visit.Page.GotoAsync(link.Trim());
        await visit.PictureAsync("sign-in");
        Assert.Empty(await visit.FindBarriersAsync());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Integrations", Exact = true })).ToBeVisibleAsync();
        await visit.ReadyAsync();
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Page_WithoutASession_AsksWhoIsThere()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.OpenAsync();
        await visit.Page.GotoAsync("/integrations/new");
        Assert.Contains("/sign-in", visit.Page.Url);
    }

    [Fact]
    public async Task OpenPage_ItsKeyIsRevoked_LeavesWithinSeconds()
    {
        browser.SkipUnlessAvailable();
        using var client = await browser.KeyAsync("admin", null);
        var key = client.DefaultRequestHeaders.Authorization!.Parameter!; // the client was made with one
        await using var visit = await browser.OpenAsync();
        await visit.SignInAsync(key);
        await visit.ReadyAsync();
        var id = Guid.ParseExact(key["vaka_".Length..][..32], "N");
        await browser.Admin.SendAsync(HttpMethod.Delete, $"api-keys/{id}", null, HttpStatusCode.NoContent);
        await visit.Page.WaitForURLAsync("**/sign-in**", new() { Timeout = 10_000 });
    }

    [Fact]
    public async Task SignOut_EndsTheSessionItself()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync();
        await visit.ReadyAsync();
        var cookies = await visit.Page.Context.CookiesAsync();
        var session = Assert.Single(cookies, cookie => cookie.Name == "vaka_session");
        Assert.True(session.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, session.SameSite);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await visit.Page.WaitForURLAsync("**/sign-in**");

        // Who kept the cookie has nothing by it.
        await visit.Page.Context.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = session.Name, Value = session.Value, Domain = session.Domain, Path = "/" }]);
        await visit.Page.GotoAsync("/integrations");
        Assert.Contains("/sign-in", visit.Page.Url);
        var audit = (await browser.Admin.GetJsonAsync("audit-events?limit=200"))["items"]!.AsArray().Select(e => e!["action"]!.GetValue<string>()).ToList();
        Assert.Contains("session.started", audit);
        Assert.Contains("session.ended", audit);
    }
}
