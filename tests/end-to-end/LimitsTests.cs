using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>How much an integration may be called, as its admin sets it and as its callers meet it.</summary>
public abstract class LimitsTests
{
    private readonly HostFixture fixture;

    protected LimitsTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "5", "limits" },
        { "\"none\"", "limits" },
        { "[]", "limits" },
        { "[1,2]", "limits" },
        { "true", "limits" },
        { """{"max_concurrent_calls":0}""", "limits.max_concurrent_calls" },
        { """{"max_concurrent_calls":-1}""", "limits.max_concurrent_calls" },
        { """{"max_concurrent_calls":257}""", "limits.max_concurrent_calls" },
        { """{"max_concurrent_calls":2147483648}""", "limits.max_concurrent_calls" },
        { """{"max_concurrent_calls":1e2}""", "limits.max_concurrent_calls" },
        { """{"max_concurrent_calls":1.5}""", "limits.max_concurrent_calls" },
        { """{"max_concurrent_calls":"5"}""", "limits.max_concurrent_calls" },
        { """{"max_concurrent_calls":true}""", "limits.max_concurrent_calls" },
        { """{"max_concurrent_calls":[5]}""", "limits.max_concurrent_calls" },
        { """{"max_calls_per_minute":0}""", "limits.max_calls_per_minute" },
        { """{"max_calls_per_minute":60001}""", "limits.max_calls_per_minute" },
        { """{"max_calls_per_minute":99999999999999999999999999}""", "limits.max_calls_per_minute" },
        { """{"max_calls_per_minute":{"a":1}}""", "limits.max_calls_per_minute" },
        { """{"max_calls_per_hour":5}""", "limits.max_calls_per_hour" },
        { """{"Max_calls_per_minute":5}""", "limits.Max_calls_per_minute" },
        { """{"max_calls_per_minute":5,"max_calls_per_minute":6}""", "limits.max_calls_per_minute" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Limits_Hostile_AreRefusedWithTheirPath(string limits, string path)
    {
        var tenant = await fixture.TenantAsync();
        var made = await CreateAsync(tenant, "https://example.com/", new { max_concurrent_calls = 7, max_calls_per_minute = 70 });
        var address = $"integrations/{made.Text("id")}";
        var whole = $$"""{"name":"Other","integration_type":"webhook","config":{"url":"https://example.com/"},"limits":{{limits}}}""";
        foreach (var (method, target, body) in new[]
        {
            (HttpMethod.Post, "integrations", whole), (HttpMethod.Put, address, whole), (HttpMethod.Patch, address, $$"""{"limits":{{limits}}}"""),
        })
        {
            var refused = await tenant.Admin.SendAsync(method, target, Wire.Raw(body), HttpStatusCode.BadRequest);
            Assert.Equal("invalid_request", refused.Text("code"));
            Assert.Contains(path, refused["errors"]!.AsArray().Select(error => error!["path"]!.GetValue<string>()));
        }

        var after = await tenant.Admin.GetJsonAsync(address);
        Assert.Equal("""{"max_concurrent_calls":7,"max_calls_per_minute":70}""", after["limits"]!.ToJsonString());
        Assert.Equal(1, after["revision"]!.GetValue<int>());
        Assert.Single((await tenant.Admin.GetJsonAsync("integrations"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Limits_AreAnsweredReplacedPatchedAndRestored()
    {
        var tenant = await fixture.TenantAsync();
        var made = await CreateAsync(tenant, "https://example.com/", null);
        var address = $"integrations/{made.Text("id")}";
        Assert.Equal("""{"max_concurrent_calls":null,"max_calls_per_minute":null}""", made["limits"]!.ToJsonString());

        await AssertAsync(HttpMethod.Patch, """{"limits":{"max_concurrent_calls":256}}""", 256, null);
        await AssertAsync(HttpMethod.Patch, """{"limits":{"max_calls_per_minute":60000}}""", 256, 60_000);
        await AssertAsync(HttpMethod.Patch, """{"name":"Renamed"}""", 256, 60_000);
        await AssertAsync(HttpMethod.Patch, """{"limits":{"max_concurrent_calls":null}}""", null, 60_000);
        await AssertAsync(HttpMethod.Patch, """{"limits":null}""", null, null);
        await AssertAsync(HttpMethod.Put, Whole(""","limits":{"max_concurrent_calls":1,"max_calls_per_minute":null}"""), 1, null);
        await AssertAsync(HttpMethod.Put, Whole(""","limits":{}"""), null, null);
        await AssertAsync(HttpMethod.Patch, """{"limits":{"max_concurrent_calls":2,"max_calls_per_minute":3}}""", 2, 3);

        // What was answered, edited and sent back, changes nothing.
        var shown = await tenant.Admin.GetJsonAsync(address);
        var again = await tenant.Admin.SendAsync(HttpMethod.Put, address, Wire.Raw(shown.ToJsonString()), HttpStatusCode.OK);
        Assert.Equal(shown["revision"]!.GetValue<int>(), again["revision"]!.GetValue<int>());
        await AssertAsync(HttpMethod.Put, Whole(""), null, null);

        var revisions = (await tenant.Admin.GetJsonAsync($"{address}/revisions"))["items"]!.AsArray();
        var then = revisions.First(revision => revision!["limits"]!["max_calls_per_minute"]?.GetValue<int>() == 3)!["revision"]!.GetValue<int>();
        var restored = await tenant.Admin.PostAsync($"{address}/revisions/{then}/restore", new { });
        Assert.Equal("""{"max_concurrent_calls":2,"max_calls_per_minute":3}""", restored["limits"]!.ToJsonString());

        async Task AssertAsync(HttpMethod method, string body, int? atOnce, int? perMinute)
        {
            var answer = await tenant.Admin.SendAsync(method, address, Wire.Raw(body), HttpStatusCode.OK);
            Assert.Equal((atOnce, perMinute), (Number(answer, "max_concurrent_calls"), Number(answer, "max_calls_per_minute")));
        }
    }

    [Fact]
    public async Task SmtpSettings_PutTheirConfig_KeepTheLimits()
    {
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PutAsync("smtp-settings", new { smtp_host = "mail.example.com", from_email = "a@example.com" }, HttpStatusCode.Created);
        var row = (await tenant.Admin.GetJsonAsync("integrations"))["items"]![0]!.AsObject();
        await tenant.Admin.PatchAsync($"integrations/{row.Text("id")}", new { limits = new { max_calls_per_minute = 30 } });
        await tenant.Admin.PutAsync("smtp-settings", new { smtp_host = "mail2.example.com", from_email = "a@example.com" });
        Assert.Equal(30, Number(await tenant.Admin.GetJsonAsync($"integrations/{row.Text("id")}"), "max_calls_per_minute"));
    }

    [Fact]
    public async Task Call_AboveTheRate_IsRefusedBeforeItReachesTheOtherSide()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var made = await CreateAsync(tenant, sink.Address.ToString(), new { max_calls_per_minute = 1 });
        await tenant.Service.SendAsync(HttpMethod.Post, "actions/webhook/push_data", Wire.Raw("""{"input":{}}"""), HttpStatusCode.UnprocessableEntity);
        await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { data = 1 } });

        using var refused = await tenant.Service.PostAsync("actions/webhook/push_data", Wire.Raw("""{"input":{"data":2}}"""));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 20, 60);
        var answer = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!.AsObject();
        Assert.Equal("rate_limited", answer.Text("code"));
        Assert.Contains("1 calls a minute", answer.Text("detail"));
        Assert.Single(sink.Requests);

        await tenant.Admin.PatchAsync($"integrations/{made.Text("id")}", new { limits = (object?)null });
        await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { data = 3 } });
        Assert.Equal(2, sink.Requests.Count);
    }

    [Fact]
    public async Task Call_OtherSideAskedToWait_IsRefusedUntilAnAdminChangesTheIntegration()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Next(HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(120)));
        var tenant = await fixture.TenantAsync();
        var made = await CreateAsync(tenant, sink.Address.ToString(), null);
        Assert.Equal("rate_limited", (await PushAsync(HttpStatusCode.TooManyRequests)).Text("failure_kind"));
        var refused = await PushAsync(HttpStatusCode.TooManyRequests);
        Assert.Contains("asked not to be called", refused.Text("detail"));
        Assert.InRange(refused["retry_after_seconds"]!.GetValue<int>(), 60, 120);
        Assert.Single(sink.Requests);

        await tenant.Admin.PatchAsync($"integrations/{made.Text("id")}", new { name = "Renamed" });
        await PushAsync(HttpStatusCode.OK);

        Task<JsonObject> PushAsync(HttpStatusCode expected) =>
            tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { data = 1 } }, expected);
    }

    private static string Whole(string limits) => $$"""{"name":"Hook","integration_type":"webhook","config":{"url":"https://example.com/"}{{limits}}}""";

    private static int? Number(JsonObject row, string limit) => row["limits"]![limit]?.GetValue<int>();

    private static Task<JsonObject> CreateAsync(Tenant tenant, string url, object? limits) => tenant.Admin.PostAsync(
        "integrations", new { name = "Hook", integration_type = "webhook", config = new { url }, limits }, HttpStatusCode.Created);
}

public sealed class LimitsOnSqliteTests(SqliteHost host) : LimitsTests(host), IClassFixture<SqliteHost>;

public sealed class LimitsOnPostgresTests(PostgresHost host) : LimitsTests(host), IClassFixture<PostgresHost>;
