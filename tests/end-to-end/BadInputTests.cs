using System.Net;
using System.Text;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Wrong, missing, extra, huge and hostile input: the listed code, words that help, no stack trace, nothing changed.</summary>
public abstract class BadInputTests
{
    private const string Good = """{"name":"x","integration_type":"webhook","config":{"url":"https://example.com/"},"is_active":false}""";

    private readonly HostFixture fixture;

    protected BadInputTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    public static TheoryData<string, string, string, int, string> Requests => new()
    {
        { "POST", "integrations", "", 400, "invalid_request" },
        { "POST", "integrations", "null", 400, "invalid_request" },
        { "POST", "integrations", "[]", 400, "invalid_request" },
        { "POST", "integrations", "{", 400, "invalid_request" },
        { "POST", "integrations", """{"name":1,"integration_type":"webhook","config":{}}""", 400, "invalid_request" },
        { "POST", "integrations", """{"integration_type":"webhook","config":{}}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":null}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":"{}"}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"x","name":"y","integration_type":"webhook","config":{}}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":{},"surprise":1}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":{},"fallback":"sometimes"}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"","integration_type":"webhook","config":{}}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"a\u0000b","integration_type":"webhook","config":{}}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"x","integration_type":"fax","config":{}}""", 400, "invalid_request" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":{}}""", 422, "invalid_config" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":{"url":5}}""", 422, "invalid_config" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":{"url":"https://example.com","urll":1}}""", 422, "invalid_config" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":{"url":"https://example.com","auth":{"type":"magic"}}}""", 422, "invalid_config" },
        { "POST", "integrations", """{"name":"x","integration_type":"webhook","config":{"url":"https://example.com","signing_secret":{"$secret":"x"}}}""", 422, "invalid_config" },
        { "POST", "integrations", """{"name":"x","integration_type":"smtp","config":{"smtp_host":"h","from_email":"a@b.cd","smtp_port":"587"}}""", 422, "invalid_config" },
        { "POST", "integrations", """{"name":"x","integration_type":"smtp","config":{"smtp_host":"h","from_email":"a@b.cd","smtp_port":70000}}""", 422, "invalid_config" },
        { "POST", "integrations/test", """{"config":{}}""", 400, "invalid_request" },
        { "POST", "integrations/test", """{"integration_type":"fax","config":{}}""", 400, "invalid_request" },
        { "POST", "integrations/test", """{"integration_type":"webhook","config":{"url":true}}""", 422, "invalid_config" },
        { "GET", "integrations?limit=0", "", 400, "invalid_request" },
        { "GET", "integrations?limit=201", "", 400, "invalid_request" },
        { "GET", "integrations?cursor=garbage", "", 400, "invalid_request" },
        { "GET", "integrations?statsu=active", "", 400, "invalid_request" },
        { "GET", "integrations?status=fine", "", 400, "invalid_request" },
        { "GET", "integrations?q=%00", "", 400, "invalid_request" },
        { "GET", "integrations/00000000-0000-0000-0000-000000000000", "", 404, "not_found" },
        { "GET", "integrations/not-a-uuid", "", 404, "not_found" },
        { "GET", "integrations/effective", "", 400, "invalid_request" },
        { "GET", "integrations/effective?integration_type=fax", "", 404, "not_found" },
        { "GET", "providers/fax", "", 404, "not_found" },
        { "GET", "providers/fax/icon", "", 404, "not_found" },
        { "POST", "providers/fax/disable", "", 404, "not_found" },
        { "POST", "providers/webhook/options/url", """{"config":1}""", 400, "invalid_request" },
        { "POST", "actions/fax/send", """{"input":{}}""", 404, "not_found" },
        { "POST", "actions/webhook/pull_data", """{"input":{}}""", 404, "not_found" },
        { "POST", "actions/webhook/push_data", """{"inptu":{}}""", 400, "invalid_request" },
        { "POST", "actions/webhook/push_data", """{"input":{"data":1},"integration":7}""", 400, "invalid_request" },
        { "POST", "agentic-actions/email", """{"to":"a@b.cd","subject":"s"}""", 400, "invalid_request" },
        { "POST", "agentic-actions/email", """{"to":{"a":1},"subject":"s","body":"b"}""", 400, "invalid_request" },
        { "POST", "agentic-actions/push-data", """{}""", 400, "invalid_request" },
        { "PUT", "smtp-settings", "[]", 400, "invalid_request" },
        { "PUT", "smtp-settings", """{"smtp_hots":"h"}""", 422, "invalid_config" },
        { "GET", "executions?state=finished", "", 400, "invalid_request" },
        { "GET", "executions?since=yesterday", "", 400, "invalid_request" },
        { "GET", "executions?integration_id=7", "", 400, "invalid_request" },
        { "GET", "executions/00000000-0000-0000-0000-000000000000", "", 404, "not_found" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", "", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """null""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """[]""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":["dead"]}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"since":"2026-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":[],"since":"2026-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":["succeeded"],"since":"2026-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":["running"],"since":"2026-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":"dead","since":"2026-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":[0],"since":"2026-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":[null],"since":"2026-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":["dead"],"since":"yesterday"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":["dead"],"since":null}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":["dead"],"since":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":["dead"],"since":"2026-01-01T00:00:00Z","all":true}""", 400, "invalid_request" },
        { "POST", "integrations/00000000-0000-0000-0000-000000000000/executions/replay", """{"states":["dead"],"since":"0001-01-01T00:00:00Z","until":"9999-12-31T23:59:59Z"}""", 404, "not_found" },
        { "POST", "executions/00000000-0000-0000-0000-000000000000/cancel", "", 404, "not_found" },
        { "POST", "executions/00000000-0000-0000-0000-000000000000/replay", "[[[", 404, "not_found" },
        { "POST", "executions/not-a-uuid/replay", "", 404, "not_found" },
        { "POST", "api-keys", """{"name":"x","role":"root"}""", 400, "invalid_request" },
        { "POST", "api-keys", """{"name":"x","role":0}""", 400, "invalid_request" },
        { "POST", "api-keys", """{"name":"x","role":"service","expires_at":"2020-01-01T00:00:00Z"}""", 400, "invalid_request" },
        { "DELETE", "api-keys/00000000-0000-0000-0000-000000000000", "", 404, "not_found" },
        { "GET", "audit-events?cursor=x", "", 400, "invalid_request" },
        { "DELETE", "providers", "", 405, "invalid_request" },
        { "GET", "nothing-here", "", 404, "not_found" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task BadRequest_EachEndpoint_IsRefusedWithItsCode(string method, string path, string body, int status, string code)
    {
        var before = await CountAsync();
        var answer = await fixture.Admin.SendAsync(
            new HttpMethod(method), path, method is "GET" or "DELETE" ? null : Wire.Raw(body), (HttpStatusCode)status);
        Assert.Equal(code, answer.Text("code"));
        Assert.Equal(status, answer["status"]!.GetValue<int>());
        Assert.NotEmpty(answer.Text("detail"));
        Assert.DoesNotContain("   at ", answer.ToJsonString());
        Assert.DoesNotContain("System.", answer.ToJsonString());
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task InvalidUtf8_IsRefused()
    {
        var bytes = Encoding.Latin1.GetBytes("""{"name":"xÃ(","integration_type":"webhook","config":{}}"""); // 0xC3 0x28 is no UTF-8
        var answer = await fixture.Admin.SendAsync(HttpMethod.Post, "integrations", Wire.Raw(bytes), HttpStatusCode.BadRequest);
        Assert.Equal("invalid_request", answer.Text("code"));
    }

    [Fact]
    public async Task NestedTooDeep_IsRefused()
    {
        var deep = new string('[', 5000) + new string(']', 5000);
        var answer = await fixture.Admin.SendAsync(
            HttpMethod.Post, "actions/webhook/push_data", Wire.Raw("{\"input\":{\"data\":" + deep + "}}"), HttpStatusCode.BadRequest);
        Assert.Equal("invalid_request", answer.Text("code"));
    }

    [Fact]
    public async Task BodyOverTheCap_IsTooLarge()
    {
        var answer = await fixture.Admin.SendAsync(
            HttpMethod.Post, "integrations", Wire.Raw(Good.Replace("\"x\"", $"\"{new string('x', 1024 * 1024)}\"")), HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("too_large", answer.Text("code"));
    }

    [Fact]
    public async Task ChunkedBodyOverTheCap_IsTooLarge()
    {
        using var body = new StreamContent(new MemoryStream(new byte[2 * 1024 * 1024])) { Headers = { ContentType = new("application/json") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "integrations") { Content = body, Headers = { TransferEncodingChunked = true } };
        using var response = await fixture.Admin.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task StaleRevision_IsRefusedWithAndWithoutChange()
    {
        var made = await fixture.Admin.SendAsync(HttpMethod.Post, "integrations", Wire.Raw(Good.Replace("\"x\"", $"\"{Guid.NewGuid()}\"")), HttpStatusCode.Created);
        var path = $"integrations/{made.Text("id")}";
        await fixture.Admin.PatchAsync(path, new { name = $"renamed {Guid.NewGuid()}" });
        var stale = await fixture.Admin.SendAsync(
            HttpMethod.Patch, path, Wire.Raw("""{"is_active":true}"""), HttpStatusCode.PreconditionFailed, ("If-Match", "\"1\""));
        Assert.Equal("revision_conflict", stale.Text("code"));
        Assert.Equal("configuring", (await fixture.Admin.GetJsonAsync(path)).Text("status"));
        await fixture.Admin.SendAsync(HttpMethod.Patch, path, Wire.Raw("{}"), HttpStatusCode.BadRequest, ("If-Match", "garbage"));
        await fixture.Admin.SendAsync(
            HttpMethod.Patch, path, Wire.Raw("{}"), HttpStatusCode.BadRequest, ("If-Match", "\"1\""), ("If-Match", "\"2\""));
    }

    [Fact]
    public async Task NoKeyOrWrongKey_IsUnauthenticated()
    {
        using var stranger = new HttpClient { BaseAddress = fixture.Admin.BaseAddress };
        Assert.Equal("unauthenticated", (await stranger.GetJsonAsync("integrations", HttpStatusCode.Unauthorized)).Text("code"));
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "vaka_" + new string('0', 32) + "_" + new string('A', 43));
        Assert.Equal("unauthenticated", (await stranger.GetJsonAsync("providers", HttpStatusCode.Unauthorized)).Text("code"));
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "nonsense");
        Assert.Equal("unauthenticated", (await stranger.GetJsonAsync("nothing", HttpStatusCode.Unauthorized)).Text("code"));
    }

    [Fact]
    public async Task ServiceKey_CannotReadOrChangeConfiguration()
    {
        var tenant = await fixture.TenantAsync();
        Assert.Equal("forbidden", (await tenant.Service.GetJsonAsync("integrations", HttpStatusCode.Forbidden)).Text("code"));
        await tenant.Service.SendAsync(HttpMethod.Post, "integrations", Wire.Raw(Good), HttpStatusCode.Forbidden);
        await tenant.Service.GetJsonAsync("api-keys", HttpStatusCode.Forbidden);
        await tenant.Service.GetJsonAsync("providers");
    }

    [Fact]
    public async Task RevokedKey_IsRefusedAtOnce()
    {
        var made = await fixture.Admin.PostAsync("api-keys", new { name = "short-lived", role = "service" }, HttpStatusCode.Created);
        using var client = new HttpClient { BaseAddress = fixture.Admin.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", made.Text("key"));
        await client.GetJsonAsync("providers");
        await fixture.Admin.SendAsync(HttpMethod.Delete, $"api-keys/{made.Text("id")}", null, HttpStatusCode.NoContent);
        await client.GetJsonAsync("providers", HttpStatusCode.Unauthorized);
        Assert.DoesNotContain(made.Text("key"), (await fixture.Admin.GetJsonAsync("api-keys")).ToJsonString());
    }

    private async Task<string> CountAsync() => (await fixture.QueryAsync("SELECT count(*) FROM integrations"))[0];
}

public sealed class BadInputOnSqliteTests(SqliteHost host) : BadInputTests(host), IClassFixture<SqliteHost>;

public sealed class BadInputOnPostgresTests(PostgresHost host) : BadInputTests(host), IClassFixture<PostgresHost>;
