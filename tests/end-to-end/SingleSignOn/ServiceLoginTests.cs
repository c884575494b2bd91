using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>A service has somebody signed in: link, identity provider, back with a code, and who it is.</summary>
public abstract class ServiceLoginTests
{
    private const string ReturnTo = "https://app.example.com/signed-in";

    private readonly HostFixture fixture;

    protected ServiceLoginTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Login_ByAService_SaysWhoItIs()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var row = await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var code = await login.CodeAsync(issuer.SignIn(await login.BeginAsync(), "alice", ("email", "alice@acme.example")));
        var who = await login.RedeemAsync(code);

        Assert.Equal(
            new JsonObject { ["connection"] = row, ["issuer"] = issuer.Address, ["subject"] = "alice" }.ToJsonString(), who["identity"]?.ToJsonString());
        Assert.Equal("alice@acme.example", who["attributes"]?["email"]?.GetValue<string>());
        Assert.Equal("sid-alice", who["session"]?["index"]?.GetValue<string>());
        var session = await tenant.Service.GetJsonAsync($"sso/sessions/{who["session"]?["id"]}");
        Assert.True(session["active"]?.GetValue<bool>());
    }

    [Fact]
    public async Task Code_ThatIsNotItsService_IsRefusedAndSpent()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var (tenant, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        async Task<string> NewCodeAsync() => await login.CodeAsync(issuer.SignIn(await login.BeginAsync(), "alice"));

        var twice = await NewCodeAsync();
        await login.RedeemAsync(twice);
        await login.RedeemAsync(twice, HttpStatusCode.BadRequest);

        var guessed = await NewCodeAsync();
        await login.RedeemAsync(guessed, HttpStatusCode.BadRequest, verifier: new string('x', 43));
        await login.RedeemAsync(guessed, HttpStatusCode.BadRequest);

        var stolen = await NewCodeAsync();
        await login.RedeemAsync(stolen, HttpStatusCode.BadRequest, by: other.Service);
        await login.RedeemAsync(stolen, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Answer_OfAnotherBrowser_IsRefused()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        using var other = new ServiceLogin(tenant.Service, ReturnTo);
        var answer = issuer.SignIn(await login.BeginAsync(), "alice");
        await other.BeginAsync();
        await AssertRefusedAsync(tenant, await other.Browser.GetAsync(answer), "state");
        await login.CodeAsync(answer); // it is still good where it belongs
    }

    [Fact]
    public async Task Answer_ThatIsReplayed_IsRefused()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var answer = issuer.SignIn(await login.BeginAsync(), "alice");
        var kept = login.Browser.Cookies.GetCookieHeader(answer);
        Assert.StartsWith("vaka_sso_", kept);
        await login.CodeAsync(answer);
        Assert.Empty(login.Browser.Cookies.GetCookieHeader(answer));

        using var again = new HttpRequestMessage(HttpMethod.Get, answer) { Headers = { { "Cookie", kept } } };
        await AssertRefusedAsync(tenant, await login.Browser.SendAsync(again));
    }

    [Fact]
    public async Task Answer_AtAnotherAddress_IsRefused()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        await using var foreign = await OidcIssuer.StartAsync();
        var (tenant, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        var mine = await AddAsync(tenant, issuer);
        var beside = await AddAsync(tenant, issuer, "Beside");
        var theirs = await AddAsync(other, foreign);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var answer = issuer.SignIn(await login.BeginAsync(mine), "alice");
        var cookie = login.Browser.Cookies.GetCookieHeader(answer);

        // With the cookie, as an attacker who holds it would send it.
        await AssertRefusedAsync(tenant, await SendAsync(answer.AbsoluteUri.Replace(mine, beside)), "state");
        await AssertRefusedAsync(other, await SendAsync(answer.AbsoluteUri.Replace(mine, theirs).Replace($"{tenant.Id}", $"{other.Id}")), "state");

        // A row has one address: neither another tenant nor the platform reaches it.
        foreach (var scope in new[] { $"{other.Id}", "platform", "PLATFORM", $"{tenant.Id:N}", "x" })
        {
            using var none = await SendAsync(answer.AbsoluteUri.Replace($"{tenant.Id}", scope));
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        await login.CodeAsync(answer);

        async Task<HttpResponseMessage> SendAsync(string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Cookie", cookie } } };
            using var stranger = new Browser();
            return await stranger.SendAsync(request);
        }
    }

    [Fact]
    public async Task Answer_ThatIsRefused_TellsTheBrowserNothingAndTheAdminWhy()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var row = await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var answer = issuer.SignIn(await login.BeginAsync(), "alice", ("nonce", "another"));
        await AssertRefusedAsync(tenant, await login.Browser.GetAsync(answer), "nonce");

        // What strangers send says nothing of the integration.
        var health = (await tenant.Admin.GetJsonAsync($"integrations/{row}"))["health_status"]?.GetValue<string>();
        Assert.NotEqual("error", health);
    }

    [Fact]
    public async Task Login_ThroughThePlatformsIntegration_IsTheTenants()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var (tenant, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        var row = (await fixture.Admin.PostAsync(
            "integrations", new { name = "Platform", integration_type = "sso", config = issuer.Config(ReturnTo) }, HttpStatusCode.Created)).Text("id");
        try
        {
            using var login = new ServiceLogin(tenant.Service, ReturnTo);
            var link = await login.LinkAsync();
            Assert.StartsWith($"/sso/platform/{row}/login", link.AbsolutePath);
            var code = await login.CodeAsync(issuer.SignIn(await login.Browser.FollowAsync(link), "alice"));
            await login.RedeemAsync(await login.CodeAsync(issuer.SignIn(await login.BeginAsync(), "alice")), HttpStatusCode.BadRequest, by: fixture.Admin);
            var session = (await login.RedeemAsync(code))["session"]?["id"];
            await tenant.Service.GetJsonAsync($"sso/sessions/{session}");
            await other.Service.GetJsonAsync($"sso/sessions/{session}", HttpStatusCode.NotFound);
            await fixture.Admin.GetJsonAsync($"sso/sessions/{session}", HttpStatusCode.NotFound);
        }
        finally
        {
            await fixture.Admin.SendAsync(HttpMethod.Delete, $"integrations/{row}", null, HttpStatusCode.NoContent);
        }
    }

    [Fact]
    public async Task Link_ThatAnApplicationWrites_ActsForTheIntegrationsTenant()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var row = await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var link = new Uri(fixture.Host.Address,
            $"sso/{tenant.Id}/{row}/login?return_to={Uri.EscapeDataString(ReturnTo)}&state=a+state&code_challenge={login.Challenge}&login_hint=alice");
        var asked = await login.Browser.FollowAsync(link);
        Assert.Contains("login_hint=alice", asked.Query);
        await login.RedeemAsync(await login.CodeAsync(issuer.SignIn(asked, "alice")));
        using var open = await login.Browser.GetAsync(new Uri(fixture.Host.Address, $"sso/{tenant.Id}/{row}/login"));
        Assert.Equal(HttpStatusCode.NotFound, open.StatusCode);
    }

    [Fact]
    public async Task Login_ThatIsOnlyBegun_WritesNothing()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        await login.BeginAsync();
        var before = await RowsAsync();
        for (var i = 0; i < 20; i++) await login.BeginAsync();
        for (var wait = DateTime.UtcNow.AddSeconds(1); DateTime.UtcNow < wait; await Task.Delay(100)) Assert.Equal(before, await RowsAsync());
        Assert.InRange(login.Browser.Cookies.Count, 1, 5);
    }

    [Theory]
    [InlineData("https://evil.example/signed-in")]
    [InlineData("https://app.example.com/signed-in/more")]
    [InlineData("https://app.example.com/signed-in?x=1")]
    [InlineData("https://app.example.com.evil.example/signed-in")]
    [InlineData("https://app.example.com@evil.example/signed-in")]
    [InlineData("https://app.example.com\\@evil.example/signed-in")]
    [InlineData("//app.example.com/signed-in")]
    [InlineData("javascript:alert(1)")]
    public async Task ReturnAddress_ThatIsNotAllowed_IsRefused(string address)
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var row = await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, address);
        await tenant.Service.PostAsync("sso/login", login.Body(), HttpStatusCode.BadRequest);
        using var direct = await login.Browser.GetAsync(
            new Uri(fixture.Host.Address, $"sso/{tenant.Id}/{row}/login?return_to={Uri.EscapeDataString(address)}&code_challenge={new string('x', 43)}"));
        Assert.Equal(HttpStatusCode.BadRequest, direct.StatusCode);
    }

    [Fact]
    public async Task Addresses_WithAForeignHostHeader_AreThePublicOnes()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        using var request = new HttpRequestMessage(HttpMethod.Get, await login.LinkAsync()) { Headers = { Host = "evil.example" } };
        using var response = await login.Browser.SendAsync(request);
        Assert.Contains(Uri.EscapeDataString(fixture.Host.Address.AbsoluteUri), response.Headers.Location?.AbsoluteUri);
        Assert.DoesNotContain("evil", response.Headers.Location?.AbsoluteUri);
    }

    [Fact]
    public async Task Session_ThatTheIdentityProviderEnds_HasEnded()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var row = await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var alice = (await login.RedeemAsync(await login.CodeAsync(issuer.SignIn(await login.BeginAsync(), "alice"))))["session"]?["id"];
        var bob = (await login.RedeemAsync(await login.CodeAsync(issuer.SignIn(await login.BeginAsync(), "bob"))))["session"]?["id"];
        var address = new Uri(fixture.Host.Address, $"sso/{tenant.Id}/{row}/backchannel");

        using (var forged = await login.Browser.PostAsync(address, ("logout_token", "nonsense"))) Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using (var ordered = await login.Browser.PostAsync(address, ("logout_token", issuer.LogoutToken("alice"))))
            Assert.True(ordered.IsSuccessStatusCode, await ordered.Content.ReadAsStringAsync());
        var ended = await tenant.Service.GetJsonAsync($"sso/sessions/{alice}");
        Assert.False(ended["active"]?.GetValue<bool>());
        Assert.Equal("identity_provider", ended.Text("ended_by"));
        Assert.True((await tenant.Service.GetJsonAsync($"sso/sessions/{bob}"))["active"]?.GetValue<bool>());
        var other = await fixture.TenantAsync();
        await other.Service.GetJsonAsync($"sso/sessions/{bob}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Logout_ByAService_EndsTheSessionAndGoesToTheIdentityProviderAndBack()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AddAsync(tenant, issuer);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var session = (await login.RedeemAsync(await login.CodeAsync(issuer.SignIn(await login.BeginAsync(), "alice"))))["session"]?["id"]?.GetValue<string>();
        await tenant.Service.PostAsync("sso/logout", new { session_id = session, return_to = "https://evil.example/" }, HttpStatusCode.BadRequest);
        var link = await tenant.Service.PostAsync("sso/logout", new { session_id = session, return_to = ReturnTo });
        Assert.Equal("service", (await tenant.Service.GetJsonAsync($"sso/sessions/{session}")).Text("ended_by"));

        var there = await login.Browser.FollowAsync(new Uri(link.Text("url")));
        Assert.StartsWith($"{issuer.Address}/end", there.AbsoluteUri);
        var asked = System.Web.HttpUtility.ParseQueryString(there.Query);
        var back = await login.Browser.FollowAsync(new Uri($"{asked["post_logout_redirect_uri"]}?state={asked["state"]}"));
        Assert.Equal(ReturnTo, back.AbsoluteUri);
    }

    private static async Task<string> AddAsync(Tenant tenant, OidcIssuer issuer, string name = "Company") =>
        (await tenant.Admin.PostAsync("integrations", new { name, integration_type = "sso", config = issuer.Config(ReturnTo) }, HttpStatusCode.Created)).Text("id");

    /// <summary>A neutral page with a reference, under which the admin finds the check that failed.</summary>
    private static async Task AssertRefusedAsync(Tenant tenant, HttpResponseMessage response, string? check = null)
    {
        using (response)
        {
            var page = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{(int)response.StatusCode} {response.Headers.Location} {page}");
            Assert.Contains("You could not be signed in.", page);
            var reference = page.Split("<code>")[1].Split("</code>")[0];
            if (check is null) return;
            Assert.DoesNotContain(check, page);
            JsonObject execution = [];
            for (var patience = DateTime.UtcNow.AddSeconds(10); DateTime.UtcNow < patience; await Task.Delay(50))
            {
                using var read = await tenant.Admin.GetAsync($"executions/{reference}");
                if (read.StatusCode != HttpStatusCode.OK) continue;
                execution = JsonNode.Parse(await read.Content.ReadAsStringAsync())?.AsObject() ?? [];
                break;
            }

            Assert.Equal("complete_login", execution.Text("action"));
            var failed = Assert.Single(execution["steps"]!.AsArray(), step => step?["ok"]?.GetValue<bool>() == false); // a refusal has a step
            Assert.Equal(check, failed?["name"]?.GetValue<string>());
        }
    }

    private async Task<string> RowsAsync()
    {
        var counts = new List<string>();
        foreach (var table in new[] { "executions", "one_time_tokens", "sso_sessions", "audit_events", "integration_state", "page_sessions", "data_protection_keys" })
            counts.Add($"{table} {(await fixture.QueryAsync($"SELECT COUNT(*) FROM {table}")).Single()}");
        return string.Join(", ", counts);
    }
}

public sealed class ServiceLoginOnSqliteTests(SqliteHost host) : ServiceLoginTests(host), IClassFixture<SqliteHost>;

public sealed class ServiceLoginOnPostgresTests(PostgresHost host) : ServiceLoginTests(host), IClassFixture<PostgresHost>;
