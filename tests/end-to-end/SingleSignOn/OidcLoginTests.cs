using System.Net;
using System.Text.Json.Nodes;
using System.Web;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Vendors.IdentityProviders;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>OpenID Connect through a real provider.</summary>
public abstract class OidcLoginTests
{
    private const string ReturnTo = "https://app.example.com/signed-in";
    private const string Secret = "a-secret-of-the-tests-0123456789abcdef";

    private readonly HostFixture fixture;

    protected OidcLoginTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task LoginAndLogout_AtARealProvider()
    {
        var tenant = await fixture.TenantAsync();
        var draft = await tenant.Admin.PostAsync("integrations", new
        {
            name = "Company", integration_type = "sso", is_active = false, config = new { protocol = "oidc" },
        }, HttpStatusCode.Created);
        var at = $"{fixture.Host.Address}sso/{tenant.Id}/{draft.Text("id")}";
        await using var peer = await IdentityProviderPeers.StartOpenIdProviderAsync([new JsonObject
        {
            ["client_id"] = "vaka", ["client_secret"] = Secret, ["redirect_uris"] = new JsonArray($"{at}/callback"),
            ["post_logout_redirect_uris"] = new JsonArray($"{at}/slo"), ["response_types"] = new JsonArray("code"),
            ["scope"] = "openid email profile groups", ["backchannel_logout_uri"] = $"{at}/backchannel", ["backchannel_logout_session_required"] = true,
        }]);
        await tenant.Admin.PatchAsync($"integrations/{draft.Text("id")}", new
        {
            is_active = true,
            config = new { issuer = peer.Issuer, client_id = "vaka", client_secret = Secret, return_urls = new[] { ReturnTo } },
        });
        var test = await tenant.Admin.PostAsync($"integrations/{draft.Text("id")}/test", new { });
        Assert.True(test.Text("health_status") == "healthy", test.ToJsonString());

        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        using var browser = new ScriptedBrowser();
        var answer = await browser.LoginAsync((await login.LinkAsync()).AbsoluteUri, $"{at}/callback");
        using var stranger = new ScriptedBrowser();
        Assert.Contains("You could not be signed in.", (await stranger.OpenAsync($"{answer.Url}?{answer.RawQuery}")).Html);
        var back = await browser.OpenAsync($"{answer.Url}?{answer.RawQuery}", stopAt: ReturnTo);
        var who = await login.RedeemAsync(HttpUtility.ParseQueryString(back.Url.Query)["code"] ?? throw new InvalidOperationException($"No code in {back}"));
        Assert.Equal(peer.Issuer, who["identity"]?["issuer"]?.GetValue<string>());
        Assert.Equal("u-alice", who["identity"]?["subject"]?.GetValue<string>());
        Assert.Equal("alice@acme.test", who["attributes"]?["email"]?.GetValue<string>());

        // The provider asks before it signs out, and then tells this side by the back channel as well.
        var session = $"{who["session"]?["id"]}";
        var link = await tenant.Service.PostAsync("sso/logout", new { session_id = session, return_to = ReturnTo });
        var page = await browser.OpenAsync(link.Text("url"));
        var end = await browser.SubmitAsync(page, stopAt: ReturnTo);
        Assert.True(end.Arrived is not null, $"{end.Url} {end.Status} {end.Html}");
        Assert.False((await tenant.Service.GetJsonAsync($"sso/sessions/{session}"))["active"]?.GetValue<bool>());
    }
}

public sealed class OidcLoginOnSqliteTests(SqliteHost fixture) : OidcLoginTests(fixture), IClassFixture<SqliteHost>;

public sealed class OidcLoginOnPostgresTests(PostgresHost fixture) : OidcLoginTests(fixture), IClassFixture<PostgresHost>;
