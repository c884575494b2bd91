using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Data goes through a webhook to a real server.</summary>
public abstract class WebhookTests
{
    private static readonly byte[] SigningKey = RandomNumberGenerator.GetBytes(32);

    private readonly HostFixture fixture;

    protected WebhookTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task PushData_SignedWithSecretHeader_ArrivesByteForByte()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant, new
        {
            url = new Uri(sink.Address, "hook").ToString(),
            headers = new Dictionary<string, string> { ["X-Plain"] = "1" },
            secret_headers = new Dictionary<string, string> { ["X-Api-Key"] = "header-canary" },
            signing_secret = "whsec_" + Convert.ToBase64String(SigningKey),
        });

        const string data = """{"b":1.0,"a":[true,null,"ü"],"big":12345678901234567890}""";
        var done = await tenant.Service.SendAsync(
            HttpMethod.Post, "actions/webhook/push_data", Wire.Raw("{\"input\":{\"data\":" + data + "}}"), HttpStatusCode.OK);
        Assert.Equal(200, done["output"]!["status_code"]!.GetValue<int>());

        var request = Assert.Single(sink.Requests);
        Assert.Equal(data, Encoding.UTF8.GetString(request.Body));
        Assert.Equal("1", request.Header("X-Plain"));
        Assert.Equal("header-canary", request.Header("X-Api-Key"));
        Assert.Equal(done["output"]!["webhook_id"]!.GetValue<string>(), request.Header("webhook-id"));
        var signed = Encoding.UTF8.GetBytes($"{request.Header("webhook-id")}.{request.Header("webhook-timestamp")}.{data}");
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(SigningKey, signed)), request.Header("webhook-signature"));
    }

    [Fact]
    public async Task PushData_Gone_SwitchesTheIntegrationToErrorUntilItIsChanged()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(HttpAnswers.Status(HttpStatusCode.Gone));
        var tenant = await fixture.TenantAsync();
        var made = await CreateAsync(tenant, new { url = sink.Address.ToString() });
        await tenant.Service.PostAsync("actions/webhook/push_data", Push, HttpStatusCode.BadGateway);

        var refused = await tenant.Service.PostAsync("actions/webhook/push_data", Push, HttpStatusCode.Conflict);
        Assert.Equal("integration_unusable", refused.Text("code"));
        Assert.Equal("endpoint_gone", refused.Text("reason"));
        Assert.Equal("error", (await tenant.Admin.GetJsonAsync($"integrations/{made.Text("id")}")).Text("status"));
        Assert.Single(sink.Requests);

        sink.Otherwise(HttpAnswers.Status(HttpStatusCode.OK));
        var mended = await tenant.Admin.PatchAsync($"integrations/{made.Text("id")}", new { config = new { url = new Uri(sink.Address, "new").ToString() } });
        Assert.Equal("active", mended.Text("status"));
        await tenant.Service.PostAsync("actions/webhook/push_data", Push);
    }

    [Fact]
    public async Task PushData_RateLimited_PassesRetryAfterOn()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)));
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant, new { url = sink.Address.ToString() });
        var refused = await tenant.Service.PostAsync("actions/webhook/push_data", Push, HttpStatusCode.TooManyRequests);
        Assert.Equal("rate_limited", refused.Text("code"));
        Assert.Equal(7, refused["retry_after_seconds"]!.GetValue<int>());
    }

    [Fact]
    public async Task PushData_AddressOfTheMetadataService_IsRefused()
    {
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant, new { url = "http://169.254.169.254/latest/meta-data" });
        var refused = await tenant.Service.PostAsync("actions/webhook/push_data", Push, HttpStatusCode.BadGateway);
        Assert.Equal("invalid_configuration", refused.Text("failure_kind"));
        Assert.Contains("Network:AllowedNetworksForTenants", refused.Text("detail"));
    }

    [Fact]
    public async Task AgenticPush_Configured_Pushes()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant, new { url = sink.Address.ToString() });
        var outcome = await tenant.Service.PostAsync("agentic-actions/push-data", new { data = new { hello = "world" } });
        Assert.True(outcome["pushed"]!.GetValue<bool>(), outcome.ToJsonString());
        Assert.Equal(200, outcome["status_code"]!.GetValue<int>());
        Assert.Equal("""{"hello":"world"}""", Encoding.UTF8.GetString(Assert.Single(sink.Requests).Body));
    }

    [Fact]
    public async Task ChangedSecret_NextCall_UsesTheNewOne()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var url = sink.Address.ToString();
        var made = await CreateAsync(tenant, new { url, auth = new { type = "bearer", token = "first" } });
        await tenant.Service.PostAsync("actions/webhook/push_data", Push);
        await tenant.Admin.PatchAsync($"integrations/{made.Text("id")}", new { config = new { auth = new { token = "second" } } });
        await tenant.Service.PostAsync("actions/webhook/push_data", Push);
        Assert.Equal(["Bearer first", "Bearer second"], sink.Requests.Select(request => request.Header("Authorization")));
    }

    internal static readonly object Push = new { input = new { data = new { a = 1 } } };

    private static Task<JsonObject> CreateAsync(Tenant tenant, object config) =>
        tenant.Admin.PostAsync("integrations", new { name = "Hook", integration_type = "webhook", config }, HttpStatusCode.Created);
}

public sealed class WebhookOnSqliteTests(SqliteHost host) : WebhookTests(host), IClassFixture<SqliteHost>;

public sealed class WebhookOnPostgresTests(PostgresHost host) : WebhookTests(host), IClassFixture<PostgresHost>;
