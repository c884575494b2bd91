using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Who serves whom, and the trail that says why, as a client sees it. The platform-wide rows are shared by the tests of a class, so
/// each test takes the webhook type and its own tenant and the platform's row is made once.</summary>
public abstract class ResolutionTests
{
    private readonly HostFixture fixture;

    protected ResolutionTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Effective_OwnBeforePlatformAndInactivePassedOver()
    {
        await PlatformAsync();
        var tenant = await fixture.TenantAsync();
        await AssertServesAsync(tenant, "Platform hook", "platform");

        var own = await CreateAsync(tenant.Admin, "Own hook");
        var served = await AssertServesAsync(tenant, "Own hook", "tenant");
        Assert.Equal(own.Text("id"), served["trail"]![0]!["id"]!.GetValue<string>());

        await tenant.Admin.PostAsync($"integrations/{own.Text("id")}/deactivate", new { });
        var fallen = await AssertServesAsync(tenant, "Platform hook", "platform");
        var trail = fallen["trail"]!.AsArray();
        Assert.Equal(2, trail.Count);
        Assert.False(trail[0]!["taken"]!.GetValue<bool>());
        Assert.Equal("Own hook", trail[0]!["name"]!.GetValue<string>());
        Assert.True(trail[1]!["taken"]!.GetValue<bool>());
        Assert.Null(trail[1]!["id"]);
    }

    [Fact]
    public async Task Effective_NamedAndDefault()
    {
        await PlatformAsync();
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant.Admin, "First");
        var second = await CreateAsync(tenant.Admin, "Second");
        await AssertServesAsync(tenant, "First", "tenant");
        await AssertServesAsync(tenant, "Second", "tenant", "&name=Second");
        await tenant.Admin.PatchAsync($"integrations/{second.Text("id")}", new { is_default = true });
        await AssertServesAsync(tenant, "Second", "tenant");
        var list = await tenant.Admin.GetJsonAsync("integrations");
        Assert.Equal("Second", Assert.Single(list["items"]!.AsArray(), row => row!["is_default"]!.GetValue<bool>())!["name"]!.GetValue<string>());
        await tenant.Service.GetJsonAsync("integrations/effective?integration_type=webhook&name=Nobody", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Effective_FallbackNever_StopsAtTheTenant()
    {
        await PlatformAsync();
        var tenant = await fixture.TenantAsync();
        var own = await CreateAsync(tenant.Admin, "Own", fallback: "never");
        await tenant.Admin.PostAsync($"integrations/{own.Text("id")}/deactivate", new { });
        var refused = await tenant.Service.GetJsonAsync("integrations/effective?integration_type=webhook", HttpStatusCode.Conflict);
        Assert.Equal("integration_not_configured", refused.Text("code"));
        Assert.Equal("Webhook integration not configured. Please configure in /integrations page.", refused.Text("detail"));
        Assert.NotEmpty(refused["trail"]!.AsArray());
    }

    [Theory]
    [InlineData("when_inactive", false)]
    [InlineData("when_unusable", true)]
    public async Task Effective_UnusableOwnRow_StopsUnlessToldOtherwise(string fallback, bool falls)
    {
        await PlatformAsync();
        await using var gone = await HttpPeer.StartAsync();
        gone.Otherwise(HttpAnswers.Status(HttpStatusCode.Gone));
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant.Admin, "Own", gone.Address.ToString(), fallback);
        await tenant.Service.PostAsync("actions/webhook/push_data", WebhookTests.Push, HttpStatusCode.BadGateway);
        if (falls)
        {
            await AssertServesAsync(tenant, "Platform hook", "platform");
            return;
        }

        var refused = await tenant.Service.GetJsonAsync("integrations/effective?integration_type=webhook", HttpStatusCode.Conflict);
        Assert.Equal("integration_unusable", refused.Text("code"));
        Assert.Equal("endpoint_gone", refused.Text("reason"));
    }

    [Fact]
    public async Task Export_EveryProvider_AsServedOrRefused()
    {
        var platform = await PlatformAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync("integrations", new
        {
            name = "Draft", integration_type = "smtp", config = new { smtp_host = "mail.example.com" }, is_active = false,
        }, HttpStatusCode.Created);

        using var answer = await tenant.Service.GetAsync("integrations/effective/export");
        var text = await answer.Content.ReadAsStringAsync();
        var export = JsonNode.Parse(text)!.AsObject(); // every body is an object

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(("attachment", $"effective-{tenant.Id}.json"), (answer.Content.Headers.ContentDisposition?.DispositionType, answer.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal(tenant.Id.ToString(), export.Text("tenant_id"));
        var items = export["items"]!.AsArray().Select(item => item!.AsObject()).ToList();
        var providers = (await tenant.Service.GetJsonAsync("providers"))["items"]!.AsArray().Select(provider => provider!.AsObject().Text("type"));
        Assert.Equal(providers.Order(StringComparer.Ordinal), items.Select(item => item.Text("integration_type")));

        foreach (var item in items)
        {
            // Each says what it would say on its own.
            var type = item.Text("integration_type");
            var serves = item["integration"] is not null;
            var one = await tenant.Service.GetJsonAsync(
                $"integrations/effective?integration_type={type}", serves ? HttpStatusCode.OK : HttpStatusCode.Conflict);
            Assert.True(JsonNode.DeepEquals(one["trail"], item["trail"]), item.ToJsonString());
            if (serves) Assert.True(JsonNode.DeepEquals(one["integration"], item["integration"]));
            else Assert.Equal((one.Text("code"), one.Text("detail")), (item["refusal"]!["code"]!.GetValue<string>(), item["refusal"]!["detail"]!.GetValue<string>()));
            Assert.Equal(serves, item["refusal"] is null);
        }

        var hook = items.Single(item => item.Text("integration_type") == "webhook")["trail"]!.AsArray();
        Assert.Equal("Platform hook", hook[0]!["name"]!.GetValue<string>());
        Assert.All(hook, row => Assert.Null(row!["id"]));
        Assert.DoesNotContain(platform.Text("id"), hook.ToJsonString());
        Assert.Equal("integration_not_configured", items.Single(item => item.Text("integration_type") == "smtp")["refusal"]!["code"]!.GetValue<string>());
        Assert.Equal(text, await tenant.Service.GetStringAsync("integrations/effective/export"));
        await tenant.Service.GetJsonAsync("integrations/effective/export?integration_type=smtp", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Export_ForATenantOrThePlatform_SaysForWhom()
    {
        await PlatformAsync();
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant.Admin, "Theirs");

        var platform = await fixture.Admin.GetJsonAsync("integrations/effective/export");
        var theirs = await fixture.Admin.SendAsync(
            HttpMethod.Get, "integrations/effective/export", null, HttpStatusCode.OK, ("X-Tenant-Id", tenant.Id.ToString()));

        Assert.Null(platform["tenant_id"]);
        Assert.DoesNotContain("Theirs", platform.ToJsonString());
        Assert.True(JsonNode.DeepEquals(await tenant.Admin.GetJsonAsync("integrations/effective/export"), theirs));
        Assert.Contains("Theirs", theirs.ToJsonString());
    }

    [Fact]
    public async Task Export_ADisabledProvider_IsAnItemAndNoError()
    {
        var tenant = await fixture.TenantAsync();
        await fixture.Admin.PostAsync("providers/smtp/disable", new { });
        var export = await tenant.Service.GetJsonAsync("integrations/effective/export");
        await fixture.Admin.PostAsync("providers/smtp/enable", new { });
        var mail = Assert.Single(export["items"]!.AsArray(), item => item!["integration_type"]!.GetValue<string>() == "smtp")!;
        Assert.Equal("provider_disabled", mail["refusal"]!["code"]!.GetValue<string>());
        Assert.Empty(mail["trail"]!.AsArray());
    }

    [Fact]
    public async Task PlatformRow_LendsOnlyWhatIsSafeOrShared()
    {
        var platform = await PlatformAsync();
        var tenant = await fixture.TenantAsync();
        var own = new { input = new { data = 1, path = "elsewhere" } };
        var refused = await tenant.Service.PostAsync("actions/webhook/push_data", own, HttpStatusCode.Forbidden);
        Assert.Equal("action_not_shared", refused.Text("code"));

        await fixture.Admin.PatchAsync($"integrations/{platform.Text("id")}", new { shared_actions = new[] { "push_data" } });
        var unreachable = await tenant.Service.PostAsync("actions/webhook/push_data", own, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("provider_unavailable", unreachable.Text("code"));
        await fixture.Admin.PatchAsync($"integrations/{platform.Text("id")}", new { shared_actions = (string[]?)null });
    }

    [Fact]
    public async Task ForeignTenant_SeesAndChangesNothing()
    {
        var one = await fixture.TenantAsync();
        var other = await fixture.TenantAsync();
        var id = (await CreateAsync(one.Admin, "Mine")).Text("id");
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, $"integrations/{id}"), (HttpMethod.Delete, $"integrations/{id}"), (HttpMethod.Post, $"integrations/{id}/activate"),
            (HttpMethod.Post, $"integrations/{id}/deactivate"), (HttpMethod.Post, $"integrations/{id}/test"), (HttpMethod.Get, $"integrations/{id}/health"),
            (HttpMethod.Get, $"integrations/{id}/revisions"), (HttpMethod.Post, $"integrations/{id}/revisions/1/restore"),
        })
        {
            var foreign = await other.Admin.SendAsync(method, path, null, HttpStatusCode.NotFound);
            var unknown = await other.Admin.SendAsync(method, path.Replace(id, Guid.NewGuid().ToString()), null, HttpStatusCode.NotFound);
            Assert.Equal(unknown.ToJsonString(), foreign.ToJsonString());
        }

        Assert.Empty((await other.Admin.GetJsonAsync("integrations"))["items"]!.AsArray());
        await other.Service.GetJsonAsync($"integrations/effective?integration_type=webhook&name={id}", HttpStatusCode.Conflict);
        await other.Admin.SendAsync(HttpMethod.Get, "integrations", null, HttpStatusCode.Forbidden, ("X-Tenant-Id", one.Id.ToString()));
        Assert.Equal("active", (await one.Admin.GetJsonAsync($"integrations/{id}")).Text("status"));
    }

    [Fact]
    public async Task PlatformAdmin_NamingATenant_ActsForIt()
    {
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant.Admin, "Theirs");
        var list = await fixture.Admin.SendAsync(HttpMethod.Get, "integrations", null, HttpStatusCode.OK, ("X-Tenant-Id", tenant.Id.ToString()));
        Assert.Equal("Theirs", Assert.Single(list["items"]!.AsArray())!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task DisabledProvider_ServesNobodyAndKeepsItsRows()
    {
        var tenant = await fixture.TenantAsync();
        var own = await tenant.Admin.PostAsync("integrations", new
        {
            name = "Mail", integration_type = "smtp", config = new { smtp_host = "mail.example.com", from_email = "a@example.com" },
        }, HttpStatusCode.Created);
        await fixture.Admin.PostAsync("providers/smtp/disable", new { });
        var refused = await tenant.Service.PostAsync("actions/smtp/send_email", MailTests.Mail("a@example.com"), HttpStatusCode.Forbidden);
        Assert.Equal("provider_disabled", refused.Text("code"));
        Assert.Equal("Mail", (await tenant.Admin.GetJsonAsync($"integrations/{own.Text("id")}")).Text("name"));
        await fixture.Admin.PostAsync("providers/smtp/enable", new { });
        await tenant.Service.GetJsonAsync("integrations/effective?integration_type=smtp");
        await tenant.Admin.SendAsync(HttpMethod.Post, "providers/smtp/disable", null, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Table_TheDocumentedQuery_RunsAsWritten()
    {
        var tenant = await fixture.TenantAsync();
        var own = await tenant.Admin.PostAsync("integrations", new
        {
            name = "Mail", integration_type = "smtp", config = new { smtp_host = "mail.example.com", from_email = "a@example.com" },
        }, HttpStatusCode.Created);
        var ids = await fixture.QueryAsync("SELECT * FROM integrations WHERE integration_type = 'smtp' AND is_active = true;");
        Assert.Contains(own.Text("id"), ids, StringComparer.OrdinalIgnoreCase);
    }

    private async Task<JsonObject> PlatformAsync()
    {
        var there = await fixture.Admin.GetJsonAsync("integrations?name=Platform%20hook");
        return there["items"]!.AsArray() is [JsonObject row] ? row : await CreateAsync(fixture.Admin, "Platform hook");
    }

    /// <summary>Port 1 accepts nobody, so that a call that is let through ends in provider_unavailable.</summary>
    private static Task<JsonObject> CreateAsync(HttpClient admin, string name, string url = "http://127.0.0.1:1/", string? fallback = null) =>
        admin.PostAsync("integrations", fallback is null
            ? new { name, integration_type = "webhook", config = new { url } }
            : new { name, integration_type = "webhook", config = new { url }, fallback }, HttpStatusCode.Created);

    private static async Task<JsonObject> AssertServesAsync(Tenant tenant, string name, string scope, string query = "")
    {
        var answer = await tenant.Service.GetJsonAsync($"integrations/effective?integration_type=webhook{query}");
        Assert.Equal((name, scope), (answer["integration"]!["name"]!.GetValue<string>(), answer["integration"]!["scope"]!.GetValue<string>()));
        return answer;
    }
}

public sealed class ResolutionOnSqliteTests(SqliteHost host) : ResolutionTests(host), IClassFixture<SqliteHost>;

public sealed class ResolutionOnPostgresTests(PostgresHost host) : ResolutionTests(host), IClassFixture<PostgresHost>;
