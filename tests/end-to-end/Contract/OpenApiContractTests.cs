using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Contract;

/// <summary>What really goes over the wire is what the OpenAPI document says, by the judgement of a proxy that knows nothing but the document.</summary>
public sealed class OpenApiContractTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    [Fact]
    public async Task Integrations_FromFirstToLast_AreAsTheDocumentSays()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync();
        var body = new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString(), auth = new { type = "bearer", token = "t" } } };
        var made = await tenant.Admin.PostAsync("integrations", body, HttpStatusCode.Created);
        var path = $"integrations/{made.Text("id")}";
        await tenant.Admin.PostAsync("integrations", body, HttpStatusCode.Conflict);
        await tenant.Admin.PostAsync("integrations", new { name = "Hook" }, HttpStatusCode.BadRequest);
        await tenant.Admin.PostAsync("integrations", new { name = "Bad", integration_type = "webhook", config = new { url = "nowhere" } }, HttpStatusCode.UnprocessableEntity);
        await tenant.Service.GetJsonAsync("integrations", HttpStatusCode.Forbidden);
        await tenant.Admin.GetJsonAsync("integrations?limit=1&is_active=true&q=hoo");
        await tenant.Admin.GetJsonAsync("integrations?limit=1000", HttpStatusCode.BadRequest);
        var whole = await tenant.Admin.GetJsonAsync(path);
        whole["limits"] = new JsonObject { ["max_calls_per_minute"] = 100 };
        await tenant.Admin.PutAsync(path, whole); // an answer, edited and sent back
        await tenant.Admin.SendAsync(HttpMethod.Patch, path, JsonContent.Create(new { is_default = true }), HttpStatusCode.PreconditionFailed, ("If-Match", "\"1\""));
        var patch = new StringContent("""{"name":"Hook 2","config":{"headers":{"X-A":"1"}}}""", null, "application/merge-patch+json");
        await tenant.Admin.SendAsync(HttpMethod.Patch, path, patch, HttpStatusCode.OK, ("If-Match", "\"2\""));
        await tenant.Admin.SendAsync(HttpMethod.Post, "integrations", new StringContent("x", null, "text/plain"), HttpStatusCode.UnsupportedMediaType);
        await tenant.Admin.PostAsync($"{path}/deactivate", new { });
        await tenant.Admin.PostAsync($"{path}/activate", new { });
        await tenant.Admin.PostAsync($"{path}/test", new { });
        await tenant.Admin.PostAsync("integrations/test", new { integration_type = "webhook", body.config });
        await tenant.Admin.GetJsonAsync($"{path}/health");
        await tenant.Admin.GetJsonAsync($"{path}/revisions");
        await tenant.Admin.PostAsync($"{path}/revisions/1/restore", new { });
        await tenant.Service.GetJsonAsync("integrations/effective?integration_type=webhook");
        await tenant.Service.GetJsonAsync("integrations/effective?integration_type=smtp", HttpStatusCode.Conflict);
        await tenant.Service.GetJsonAsync("integrations/effective", HttpStatusCode.BadRequest);
        await tenant.Service.GetJsonAsync("integrations/effective/export");
        await tenant.Admin.SendAsync(HttpMethod.Delete, path, null, HttpStatusCode.NoContent);
        await tenant.Admin.GetJsonAsync(path, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Actions_AndWhatComesOfThem_AreAsTheDocumentSays()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync();
        await tenant.Service.PostAsync("actions/webhook/push_data", WebhookTests.Push, HttpStatusCode.Conflict);
        var hook = await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        for (var time = 0; time < 2; time++)
        {
            await tenant.Service.SendAsync(
                HttpMethod.Post, "actions/webhook/push_data", JsonContent.Create(WebhookTests.Push), HttpStatusCode.OK, ("Idempotency-Key", "once"));
        }

        await tenant.Service.SendAsync(HttpMethod.Post, "actions/webhook/push_data", Wire.Raw("""{"input":{"data":2}}"""), HttpStatusCode.Conflict, ("Idempotency-Key", "once"));
        await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { } }, HttpStatusCode.UnprocessableEntity);
        await tenant.Service.PostAsync("actions/webhook/push_data", new { other = 1 }, HttpStatusCode.BadRequest);
        sink.Otherwise(HttpAnswers.Status(HttpStatusCode.Forbidden));
        await tenant.Service.PostAsync("actions/webhook/push_data", WebhookTests.Push, HttpStatusCode.BadGateway);
        sink.Otherwise(HttpAnswers.Status(HttpStatusCode.OK));

        var later = new { input = new { data = 1 }, not_before = DateTimeOffset.UtcNow.AddHours(1) };
        var kept = await tenant.Service.SendAsync(
            HttpMethod.Post, "actions/webhook/push_data", JsonContent.Create(later), HttpStatusCode.Accepted, ("Prefer", "respond-async"));
        var execution = $"executions/{kept.Text("execution_id")}";
        await tenant.Service.GetJsonAsync(execution);
        await tenant.Service.PostAsync($"{execution}/replay", new { }, HttpStatusCode.Conflict);
        await tenant.Service.PostAsync($"{execution}/cancel", new { });
        await tenant.Service.PostAsync($"{execution}/replay", new { }, HttpStatusCode.Accepted);
        await tenant.Service.GetJsonAsync("executions?integration_type=webhook&limit=3");
        var window = new { states = new[] { "dead" }, since = DateTimeOffset.UtcNow.AddHours(-1) };
        await tenant.Admin.PostAsync($"integrations/{hook.Text("id")}/executions/replay", window, HttpStatusCode.Accepted);

        await tenant.Service.PostAsync("agentic-actions/email", new { to = new[] { "a@example.com" }, subject = "s", body = "b" });
        await tenant.Service.PostAsync("agentic-actions/email", new { to = 7, subject = "s", body = "b" }, HttpStatusCode.BadRequest);
        await tenant.Service.PostAsync("agentic-actions/push-data", new { data = new { a = 1 } });
    }

    [Fact]
    public async Task ApprovalsDocumentsAndTheAudit_AreAsTheDocumentSays()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync();
        var hook = await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        var policies = $"integrations/{hook.Text("id")}/policies";
        await tenant.Admin.PutAsync(policies, new { policies = new[] { new { channel = "api", action = "push_data", effect = "ask" } } });
        await tenant.Admin.PutAsync(policies, new { policies = new[] { new { action = "nothing", effect = "ask" } } }, HttpStatusCode.BadRequest);
        await tenant.Admin.GetJsonAsync(policies);
        var dry = await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { data = 1 }, dry_run = true });
        Assert.NotEmpty(dry["preview"]!["summary"]!.GetValue<string>());

        var waiting = await tenant.Service.PostAsync("actions/webhook/push_data", WebhookTests.Push, HttpStatusCode.Accepted);
        var execution = $"executions/{waiting.Text("execution_id")}";
        var hash = (await tenant.Admin.GetJsonAsync(execution))["approval"]!["input_sha256"]!.GetValue<string>();
        await tenant.Admin.GetJsonAsync($"{execution}/input");
        await tenant.Admin.PostAsync($"{execution}/approve", new { input_sha256 = new string('0', 64) }, HttpStatusCode.Conflict);
        await tenant.Admin.PostAsync($"{execution}/approve", new { input_sha256 = hash }, HttpStatusCode.Accepted);
        await tenant.Admin.GetJsonAsync($"{execution}/input", HttpStatusCode.Conflict);
        var other = await tenant.Service.PostAsync("actions/webhook/push_data", WebhookTests.Push, HttpStatusCode.Accepted);
        await tenant.Admin.PostAsync($"executions/{other.Text("execution_id")}/deny", new { reason = "No." });

        var document = await tenant.Admin.GetJsonAsync("integrations/export");
        await tenant.Admin.PostAsync("integrations/plan", document);
        var withPassphrase = new { document, passphrase = "correct horse battery" };
        var plan = await tenant.Admin.PostAsync("integrations/plan", withPassphrase);
        await tenant.Admin.PostAsync($"integrations/apply?plan_hash={plan.Text("plan_hash")}", withPassphrase);
        await tenant.Admin.PostAsync("integrations/apply?plan_hash=other", document, HttpStatusCode.Conflict);
        await tenant.Admin.PostAsync("integrations/export", new { passphrase = "correct horse battery" }, HttpStatusCode.Forbidden);
        using var lines = await tenant.Admin.GetAsync("audit-events/export");
        Assert.Equal("application/x-ndjson", lines.Content.Headers.ContentType?.MediaType);
        using var platform = Judged(fixture.Admin);
        Assert.True((await platform.GetJsonAsync("audit-events/verification"))["intact"]!.GetValue<bool>());
    }

    [Fact]
    public async Task SettingsKeysAndCatalog_AreAsTheDocumentSays()
    {
        var tenant = await TenantAsync();
        await tenant.Admin.GetJsonAsync("smtp-settings", HttpStatusCode.Conflict);
        var mail = new { smtp_host = "mail.example.com", smtp_port = 587, from_email = "a@example.com", smtp_user = "u", smtp_password = "p" };
        await tenant.Admin.PutAsync("smtp-settings", mail, HttpStatusCode.Created);
        await tenant.Admin.PutAsync("smtp-settings", mail);
        await tenant.Admin.PutAsync("smtp-settings", new { smtp_host = "other.example.com" }, HttpStatusCode.UnprocessableEntity);
        await tenant.Admin.GetJsonAsync("smtp-settings");
        await tenant.Admin.SendAsync(HttpMethod.Delete, "smtp-settings", null, HttpStatusCode.NoContent);

        var key = await tenant.Admin.PostAsync("api-keys", new { name = "k", role = "service" }, HttpStatusCode.Created);
        await tenant.Admin.PostAsync("api-keys", new { name = "k", role = "king" }, HttpStatusCode.BadRequest);
        await tenant.Admin.GetJsonAsync("api-keys");
        await tenant.Admin.SendAsync(HttpMethod.Delete, $"api-keys/{key.Text("id")}", null, HttpStatusCode.NoContent);
        await tenant.Admin.GetJsonAsync("audit-events?limit=2");
        await tenant.Service.PostAsync("sso/discover", new { email = "a@example.com" });

        await tenant.Service.GetJsonAsync("providers");
        await tenant.Service.GetJsonAsync("providers/jira");
        using var icon = await tenant.Service.GetAsync("providers/jira/icon");
        Assert.Equal(HttpStatusCode.OK, icon.StatusCode);
        using var platform = Judged(fixture.Admin);
        await platform.PostAsync("providers/teams/disable", new { });
        await platform.PostAsync("providers/teams/enable", new { });
        using var stranger = fixture.Host.NewJudgedClient();
        await stranger.GetJsonAsync("providers", HttpStatusCode.Unauthorized);
    }

    /// <summary>Each with its example as the body, and with what there is not: also those that are not asked above.</summary>
    [Fact]
    public async Task EveryOperation_OfTheDocument_AnswersAsItSays()
    {
        using var anyone = new HttpClient { BaseAddress = fixture.Host.Address };
        var paths = (await anyone.GetFromJsonAsync<JsonObject>("openapi/v1.json"))!["paths"]!.AsObject(); // both are there, or it throws
        using var admin = Judged(await fixture.KeyAsync("admin", Guid.CreateVersion7()));
        foreach (var (path, operations) in paths)
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var filled = path.Replace("{type}", "webhook").Replace("{action}", "push_data").Replace("{field}", "url").Replace("{n}", "1")
                    .Replace("{id}", $"{Guid.CreateVersion7()}");
                using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), filled);
                if (operation!["requestBody"]?["content"]?.AsObject().First() is { } content)
                {
                    var isJson = content.Key.EndsWith("json", StringComparison.Ordinal);
                    var example = content.Value?["example"]?.ToJsonString();
                    Assert.True(example is not null || !isJson, $"{method} {path}: BodyExamples has none.");
                    request.Content = isJson ? new StringContent(example ?? "", null, content.Key) : new ByteArrayContent([1]) { Headers = { ContentType = new(content.Key) } };
                }

                using var response = await admin.SendAsync(request);
                Assert.True((int)response.StatusCode < 500, $"{method} {path} answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            }
        }
    }

    private HttpClient Judged(HttpClient caller)
    {
        var judged = fixture.Host.NewJudgedClient();
        judged.DefaultRequestHeaders.Authorization = caller.DefaultRequestHeaders.Authorization;
        return judged;
    }

    private async Task<Tenant> TenantAsync()
    {
        var tenant = await fixture.TenantAsync();
        return new Tenant(tenant.Id, Judged(tenant.Admin), Judged(tenant.Service));
    }
}
