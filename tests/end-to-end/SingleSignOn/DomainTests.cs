using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>Whose people sign in where, by the domain of their e-mail address.</summary>
public abstract class DomainTests
{
    private readonly HostFixture fixture;
    private readonly HttpPeer website;

    protected DomainTests(HostFixture fixture, HttpPeer? website)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
        this.website = website ?? throw new InvalidOperationException("The host has no website to look at.");
    }

    [Fact]
    public async Task Domain_OfATenant_CountsOnceItIsVerified()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var (one, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        var row = await AddAsync(one, issuer, "acme.example");
        var unknown = await DiscoverAsync(one, "alice@nobody.example");
        Assert.Equal(unknown, await DiscoverAsync(one, "alice@acme.example"));

        website.Otherwise(HttpAnswers.Status(HttpStatusCode.NotFound));
        var first = await VerifyAsync(one, row);
        Assert.False(first["verified"]?.GetValue<bool>());
        Assert.Equal("https://acme.example/.well-known/vaka-sso-verification", first.Text("url"));
        website.Otherwise(HttpAnswers.Content(HttpStatusCode.OK, () => new StringContent($"x\n{first.Text("token")}x\n")));
        Assert.False((await VerifyAsync(one, row))["verified"]?.GetValue<bool>());
        website.Otherwise(HttpAnswers.Content(HttpStatusCode.OK, () => new StringContent($"x\r\n{first.Text("token")}\r\n")));
        Assert.True((await VerifyAsync(one, row))["verified"]?.GetValue<bool>());
        Assert.Contains("sso_domain.verified", (await one.Admin.GetJsonAsync("audit-events")).ToJsonString());

        Assert.Contains(row, await DiscoverAsync(one, "Alice@ACME.example"));
        Assert.Equal(unknown, await DiscoverAsync(other, "alice@acme.example"));
        using var login = new ServiceLogin(one.Service, "https://app.example.com/");
        var link = await one.Service.PostAsync("sso/login", new
        {
            return_to = "https://app.example.com/", code_challenge = new string('x', 43), email = "alice@acme.example",
        });
        Assert.Contains(row, link.Text("url"));

        // Another tenant's file says nothing for this one, and the domain is taken as long as it is listed.
        var theirs = await AddAsync(other, issuer, "acme.example");
        var second = await VerifyAsync(other, theirs);
        Assert.False(second["verified"]?.GetValue<bool>());
        website.Otherwise(HttpAnswers.Content(HttpStatusCode.OK, () => new StringContent(second.Text("token"))));
        await other.Admin.PostAsync("sso/domains/verify", new { integration = theirs, domain = "acme.example" }, HttpStatusCode.Conflict);
        await one.Admin.PatchAsync($"integrations/{row}", new { config = new { email_domains = Array.Empty<string>() } });
        Assert.Equal(unknown, await DiscoverAsync(one, "alice@acme.example"));
        await EventuallyForgottenAsync();
        Assert.True((await VerifyAsync(other, theirs))["verified"]?.GetValue<bool>());
        await other.Admin.SendAsync(HttpMethod.Delete, $"integrations/{theirs}", null, HttpStatusCode.NoContent);
        Assert.Equal("0", (await fixture.QueryAsync("SELECT COUNT(*) FROM sso_domains")).Single());
    }

    [Fact]
    public async Task Domain_OfThePlatform_CountsAtOnce()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var config = issuer.Config();
        config["email_domains"] = new JsonArray("head-office.example");
        var row = (await fixture.Admin.PostAsync("integrations", new { name = "Platform", integration_type = "sso", config }, HttpStatusCode.Created)).Text("id");
        Assert.Contains(row, await DiscoverAsync(tenant, "root@head-office.example"));
        await fixture.Admin.SendAsync(HttpMethod.Delete, $"integrations/{row}", null, HttpStatusCode.NoContent);
    }

    private async Task EventuallyForgottenAsync()
    {
        for (var patience = DateTime.UtcNow.AddSeconds(10); await CountAsync() != "0" && DateTime.UtcNow < patience; await Task.Delay(50)) { }
        Assert.Equal("0", await CountAsync());

        async Task<string> CountAsync() => (await fixture.QueryAsync("SELECT COUNT(*) FROM sso_domains")).Single();
    }

    private static async Task<string> AddAsync(Tenant tenant, OidcIssuer issuer, string domain)
    {
        var config = issuer.Config("https://app.example.com/");
        config["email_domains"] = new JsonArray(domain);
        return (await tenant.Admin.PostAsync("integrations", new { name = "Company", integration_type = "sso", config }, HttpStatusCode.Created)).Text("id");
    }

    private static Task<JsonObject> VerifyAsync(Tenant tenant, string row) =>
        tenant.Admin.PostAsync("sso/domains/verify", new { integration = row, domain = "acme.example" });

    private static async Task<string> DiscoverAsync(Tenant tenant, string email) =>
        (await tenant.Service.PostAsync("sso/discover", new { email })).ToJsonString();

    /// <summary>The website of acme.example, to which the host is led.</summary>
    internal static async Task<(HttpPeer Website, string[] Settings, Dictionary<string, string> Environment)> WebsiteAsync(string directory)
    {
        var certificate = TestCertificates.SelfSigned("acme.example");
        var file = Path.Combine(directory, "website.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        var website = await HttpPeer.StartTlsAsync(certificate);
        return (website, [$"--Network:ConnectTo:0=acme.example:443=127.0.0.1:{website.Address.Port}"], new() { ["SSL_CERT_FILE"] = file });
    }
}

public sealed class DomainOnSqliteTests(DomainOnSqliteTests.LedHost host) : DomainTests(host, host.Website), IClassFixture<DomainOnSqliteTests.LedHost>
{
    public sealed class LedHost : SqliteHost
    {
        private (HttpPeer Website, string[] Settings, Dictionary<string, string> Environment)? outside;

        public HttpPeer? Website => outside?.Website;

        protected override IEnumerable<string> Settings => outside?.Settings ?? [];

        protected override IReadOnlyDictionary<string, string> Environment => outside?.Environment ?? [];

        protected override async Task PrepareAsync() => outside = await DomainTests.WebsiteAsync(Directory);
    }
}

public sealed class DomainOnPostgresTests(DomainOnPostgresTests.LedHost host) : DomainTests(host, host.Website), IClassFixture<DomainOnPostgresTests.LedHost>
{
    public sealed class LedHost : PostgresHost
    {
        private (HttpPeer Website, string[] Settings, Dictionary<string, string> Environment)? outside;

        public HttpPeer? Website => outside?.Website;

        protected override IEnumerable<string> Settings => outside?.Settings ?? [];

        protected override IReadOnlyDictionary<string, string> Environment => outside?.Environment ?? [];

        protected override async Task PrepareAsync() => outside = await DomainTests.WebsiteAsync(Directory);
    }
}
