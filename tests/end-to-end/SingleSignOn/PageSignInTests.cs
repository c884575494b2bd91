using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>Admins sign in to the page through the platform's identity provider, where the platform-wide integration says so.</summary>
public abstract class PageSignInTests : IAsyncLifetime
{
    private readonly HostFixture fixture;
    private OidcIssuer? issuer;
    private string row = "";

    protected PageSignInTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    private OidcIssuer Issuer => issuer ?? throw new InvalidOperationException("It does not run.");

    public async ValueTask InitializeAsync()
    {
        issuer = await OidcIssuer.StartAsync();
        var config = issuer.Config();
        config["page_sign_in"] = true;
        row = (await fixture.Admin.PostAsync("integrations", new { name = "Head office", integration_type = "sso", config }, HttpStatusCode.Created)).Text("id");
    }

    public async ValueTask DisposeAsync()
    {
        await fixture.Admin.SendAsync(HttpMethod.Delete, $"integrations/{row}", null, HttpStatusCode.NoContent);
        await Issuer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task SignIn_AsPlatformAdmin_OpensThePage()
    {
        using var browser = new Browser();
        using (var page = await browser.GetAsync(At("sign-in"))) Assert.Contains($"/sso/platform/{row}/login\">Sign in with Head office", await page.Content.ReadAsStringAsync());
        Assert.Contains("/integrations", await SignInAsync(browser, ("roles", new JsonArray("platform_admin"))));
        Assert.True(await IsInAsync(browser));
        var events = await fixture.Admin.GetJsonAsync("audit-events");
        var started = events["items"]!.AsArray().Select(item => item!.AsObject()).First(item => item.Text("action") == "session.started"); // a list of objects
        Assert.Equal("sso:root", started.Text("actor"));
        Assert.Equal("sso", started["details"]?["means"]?.GetValue<string>());
    }

    [Fact]
    public async Task SignIn_AsNobody_IsRefused()
    {
        foreach (var claims in new (string, JsonNode)[][]
        {
            [], [("roles", "admin")], [("roles", "tenant_admin")], [("roles", "tenant_admin"), ("tenant_id", "all")], [("role", "platform_admin")],
        })
        {
            using var browser = new Browser();
            Assert.Contains("You could not be signed in", await SignInAsync(browser, claims));
            Assert.False(await IsInAsync(browser));
        }

        string events;
        var patience = DateTime.UtcNow.AddSeconds(10);
        while (!(events = (await fixture.Admin.GetJsonAsync("audit-events")).ToJsonString()).Contains("sign_in.refused") && DateTime.UtcNow < patience)
            await Task.Delay(50);
        Assert.Contains("sign_in.refused", events);
    }

    [Fact]
    public async Task SignIn_AsTenantAdmin_IsOfThatTenantAlone()
    {
        var tenant = Guid.CreateVersion7();
        using var browser = new Browser();
        await SignInAsync(browser, ("roles", "tenant_admin"), ("tenant_id", tenant.ToString()));
        Assert.True(await IsInAsync(browser));
        using var own = await browser.GetAsync(At("integrations/effective/export"));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        using var foreign = await browser.GetAsync(At($"integrations/effective/export?tenant={Guid.CreateVersion7()}"));
        Assert.NotEqual(HttpStatusCode.OK, foreign.StatusCode);
    }

    [Fact]
    public async Task Session_WhoseLoginEnds_HasEnded()
    {
        using var browser = new Browser();
        await SignInAsync(browser, ("roles", "platform_admin"));
        using (var ordered = await browser.PostAsync(At($"sso/platform/{row}/backchannel"), ("logout_token", Issuer.LogoutToken("root"))))
            Assert.True(ordered.IsSuccessStatusCode, await ordered.Content.ReadAsStringAsync());
        Assert.False(await IsInAsync(browser));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_WhoseIntegrationLetsNobodyInAnyMore_HasEnded(bool isDeactivated)
    {
        using var browser = new Browser();
        await SignInAsync(browser, ("roles", "platform_admin"));
        if (isDeactivated) await fixture.Admin.PostAsync($"integrations/{row}/deactivate", new { });
        else await fixture.Admin.PatchAsync($"integrations/{row}", new { config = new { page_sign_in = false } });
        Assert.False(await IsInAsync(browser));
        using var login = await browser.GetAsync(At($"sso/platform/{row}/login"));
        Assert.Equal(HttpStatusCode.NotFound, login.StatusCode);
    }

    [Fact]
    public async Task SignOut_GoesOnToTheIdentityProvider()
    {
        using var browser = new Browser();
        await SignInAsync(browser, ("roles", "platform_admin"));
        var form = await FormAsync(browser, "integrations");
        using var left = await browser.PostAsync(At("sign-out"), form);
        var page = await left.Content.ReadAsStringAsync();
        Assert.False(await IsInAsync(browser));
        var onward = WebUtility.HtmlDecode(page.Split("0;url=")[1].Split('"')[0]);
        Assert.StartsWith($"{Issuer.Address}/end", (await browser.FollowAsync(new Uri(onward))).AbsoluteUri);
    }

    [Fact]
    public async Task TrialLogin_ShowsWhatArrivesAndSignsNobodyIn()
    {
        using var stranger = new Browser();
        using (var refused = await stranger.GetAsync(At($"sso/platform/{row}/login?trial=1"))) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);

        using var admin = new Browser();
        await SignInAsync(admin, ("roles", "platform_admin"));
        var sessions = (await fixture.QueryAsync("SELECT COUNT(*) FROM sso_sessions")).Single();
        var asked = await admin.FollowAsync(At($"sso/platform/{row}/login?trial=1"));
        using var shown = await admin.GetAsync(Issuer.SignIn(asked, "alice", ("department", "Research")));
        var page = await shown.Content.ReadAsStringAsync();
        Assert.Contains("Research", page);
        Assert.Contains("nonce", page);
        Assert.Equal(sessions, (await fixture.QueryAsync("SELECT COUNT(*) FROM sso_sessions")).Single());
    }

    private async Task<string> SignInAsync(Browser browser, params (string, JsonNode)[] claims)
    {
        var asked = await browser.FollowAsync(At($"sso/platform/{row}/login"));
        using var answer = await browser.GetAsync(Issuer.SignIn(asked, "root", claims));
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<bool> IsInAsync(Browser browser)
    {
        using var page = await browser.GetAsync(At("integrations/effective/export"));
        return page.StatusCode == HttpStatusCode.OK;
    }

    private async Task<(string, string)[]> FormAsync(Browser browser, string address)
    {
        using var page = await browser.GetAsync(At(address));
        var html = await page.Content.ReadAsStringAsync();
        return [.. System.Text.RegularExpressions.Regex.Matches(html, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
            .Select(match => (match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value)))];
    }

    private Uri At(string path) => new(fixture.Host.Address, path);
}

public sealed class PageSignInOnSqliteTests(SqliteHost host) : PageSignInTests(host), IClassFixture<SqliteHost>;

public sealed class PageSignInOnPostgresTests(PostgresHost host) : PageSignInTests(host), IClassFixture<PostgresHost>;
