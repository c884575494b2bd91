using System.Net;
using System.Web;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>SAML through real identity providers.</summary>
public sealed class SamlLoginTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    private const string ReturnTo = "https://app.example.com/signed-in";

    public static TheoryData<string> Kinds => ["samlp", "SimpleSAMLphp"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Login_AtARealIdentityProvider_SaysWhoItIs(string kind)
    {
        await using var peer = await StartAsync(kind);
        var (tenant, at) = await AddAsync(peer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        using var browser = new ScriptedBrowser();
        var response = await browser.LoginAsync((await login.LinkAsync()).AbsoluteUri, $"{at}/acs");
        Assert.True(response.IsPost);
        var who = await login.RedeemAsync(await DeliverAsync(browser, response));
        Assert.Equal(peer.EntityId, who["identity"]?["issuer"]?.GetValue<string>());
        Assert.Contains("alice", who["claims"]?.ToJsonString());

        // The same once more, with the cookie it came with gone, and from another browser.
        await AssertRefusedAsync(browser, response);
        using var stranger = new ScriptedBrowser();
        await AssertRefusedAsync(stranger, response);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Logout_AtTheIdentityProvider_EndsTheSession(string kind)
    {
        await using var peer = await StartAsync(kind);
        var (tenant, at) = await AddAsync(peer);
        using var browser = new ScriptedBrowser();
        var session = await SignInAsync(tenant, at, browser);
        await browser.OpenAsync(peer.LogoutEverywhereUrl);
        Assert.Equal("identity_provider", (await tenant.Service.GetJsonAsync($"sso/sessions/{session}")).Text("ended_by"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Logout_ByAService_GoesToTheIdentityProviderAndBack(string kind)
    {
        await using var peer = await StartAsync(kind);
        var (tenant, at) = await AddAsync(peer);
        using var browser = new ScriptedBrowser();
        var session = await SignInAsync(tenant, at, browser);
        var link = await tenant.Service.PostAsync("sso/logout", new { session_id = session, return_to = ReturnTo });
        var back = await browser.OpenAsync(link.Text("url"), stopAt: ReturnTo);
        Assert.True(back.Arrived is not null, $"{back.Url} {back.Status} {back.Html}");
        Assert.Equal("service", (await tenant.Service.GetJsonAsync($"sso/sessions/{session}")).Text("ended_by"));
    }

    [Fact]
    public async Task Response_AtTheAddressesOfOthers_IsRefused()
    {
        await using var one = await StartAsync("samlp");
        await using var two = await StartAsync("SimpleSAMLphp");
        var (first, firstAt) = await AddAsync(one);
        var (second, secondAt) = await AddAsync(two);
        var (_, besideAt) = await AddAsync(one, first);
        foreach (var (tenant, at, foreign) in new[] { (first, firstAt, secondAt), (second, secondAt, firstAt), (first, firstAt, besideAt) })
        {
            using var login = new ServiceLogin(tenant.Service, ReturnTo);
            using var browser = new ScriptedBrowser();
            var response = await browser.LoginAsync((await login.LinkAsync(at.Split('/')[^1])).AbsoluteUri, $"{at}/acs");
            await AssertRefusedAsync(browser, response with { Url = $"{foreign}/acs" });
            await login.RedeemAsync(await DeliverAsync(browser, response));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_ThatNobodyAskedFor_OpensNothing(bool isAllowed)
    {
        await using var peer = await StartAsync("samlp");
        var (tenant, at) = await AddAsync(peer);
        await tenant.Admin.PatchAsync($"integrations/{at.Split('/')[^1]}", new { config = new { allow_idp_initiated = isAllowed } });
        using var browser = new ScriptedBrowser();
        var response = await browser.LoginAsync(peer.IdpInitiatedUrl($"{at}/metadata"), $"{at}/acs");
        var page = await browser.OpenAsync(response.Url, response.Fields, ReturnTo);
        Assert.Contains(isAllowed ? "You are signed in at your identity provider." : "You could not be signed in.", page.Html);
        Assert.DoesNotContain(browser.Cookies.GetCookies(new Uri(at)), cookie => cookie.Name.StartsWith("vaka", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Response_WithoutItsCookieOnPlainHttp_IsPostedOnceMoreFromHere()
    {
        await using var peer = await StartAsync("samlp");
        var (tenant, at) = await AddAsync(peer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        using var browser = new ScriptedBrowser();
        var response = await browser.LoginAsync((await login.LinkAsync()).AbsoluteUri, $"{at}/acs");

        // As a browser sends it that keeps our cookies back, since another site had it post.
        using var crossSite = new ScriptedBrowser();
        var page = await crossSite.OpenAsync(response.Url, response.Fields);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("<script src=\"/sso.js\"></script>", page.Html);
        var back = await browser.SubmitAsync(page, stopAt: ReturnTo);
        await login.RedeemAsync(CodeOf(back));
    }

    [Fact]
    public async Task Acs_OfAnythingElse_RefusesItCheaply()
    {
        await using var peer = await StartAsync("samlp");
        var (_, at) = await AddAsync(peer);
        using var browser = new Browser();
        using var get = await browser.GetAsync(new Uri($"{at}/acs?SAMLResponse=x"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        using var twice = await browser.PostAsync(new Uri($"{at}/acs"), ("SAMLResponse", "x"), ("SAMLResponse", "y"));
        Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
        using var large = await browser.PostAsync(new Uri($"{at}/acs"), ("SAMLResponse", new string('x', 1600 * 1024)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var medium = await browser.PostAsync(new Uri($"{at}/slo"), ("SAMLResponse", new string('x', 70 * 1024)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, medium.StatusCode);
        using var json = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{at}/acs") { Content = Wire.Raw("{}") });
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        using var garbage = await browser.PostAsync(new Uri($"{at}/acs"), ("SAMLResponse", "x"));
        Assert.Equal(HttpStatusCode.Forbidden, garbage.StatusCode);
    }

    [Fact]
    public async Task Metadata_OfAnIntegration_NamesItsAddresses()
    {
        await using var peer = await StartAsync("samlp");
        var (_, at) = await AddAsync(peer);
        using var anyone = new HttpClient();
        using var answer = await anyone.GetAsync($"{at}/metadata");
        Assert.Equal("application/samlmetadata+xml", answer.Content.Headers.ContentType?.MediaType);
        var document = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"Location=\"{at}/acs\"", document);
        Assert.Contains($"entityID=\"{at}/metadata\"", document);
    }

    private static Task<SamlPeer> StartAsync(string kind) =>
        kind == "samlp" ? IdentityProviderPeers.StartSamlpAsync() : IdentityProviderPeers.StartSimpleSamlPhpAsync();

    private async Task<(Tenant Tenant, string At)> AddAsync(SamlPeer peer, Tenant? tenant = null)
    {
        var isFirst = tenant is null;
        tenant ??= await fixture.TenantAsync();
        var made = await tenant.Admin.PostAsync("integrations", new
        {
            name = isFirst ? "Company" : "Beside", integration_type = "sso",
            config = new { protocol = "saml", idp_metadata_url = peer.MetadataUrl, return_urls = new[] { ReturnTo } },
        }, HttpStatusCode.Created);
        var at = $"{fixture.Host.Address}sso/{tenant.Id}/{made.Text("id")}";
        peer.Register(new ServiceProvider { EntityId = $"{at}/metadata", Acs = $"{at}/acs", Slo = $"{at}/slo" });
        return (tenant, at);
    }

    /// <returns>The session.</returns>
    private static async Task<string> SignInAsync(Tenant tenant, string at, ScriptedBrowser browser)
    {
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var response = await browser.LoginAsync((await login.LinkAsync()).AbsoluteUri, $"{at}/acs");
        var who = await login.RedeemAsync(await DeliverAsync(browser, response));
        return who["session"]?["id"]?.GetValue<string>() ?? throw new InvalidOperationException($"No session in {who}");
    }

    private static async Task<string> DeliverAsync(ScriptedBrowser browser, ArrivedForm response) =>
        CodeOf(await browser.OpenAsync(response.Url, response.Fields, ReturnTo));

    private static string CodeOf(BrowserPage page)
    {
        Assert.True(page.Arrived is not null, $"{page.Status} {page.Html}");
        return HttpUtility.ParseQueryString(page.Url.Query)["code"] ?? throw new InvalidOperationException($"No code in {page.Url}");
    }

    private static async Task AssertRefusedAsync(ScriptedBrowser browser, ArrivedForm response)
    {
        var page = await browser.OpenAsync(response.Url + "?again=1", response.Fields, ReturnTo);
        Assert.True(page.Arrived is null, page.Url.ToString());
        Assert.Contains("You could not be signed in.", page.Html);
    }
}
