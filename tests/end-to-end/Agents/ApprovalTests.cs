using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Agents;

/// <summary>Policies: agents and services are allowed, made to wait for an admin, or refused; and a dry run does nothing.</summary>
public abstract class ApprovalTests
{
    private const string Push = "webhook_push_data";

    private static readonly object Call = new { input = new { data = new { order = 4711 } } };

    private readonly HostFixture fixture;

    protected ApprovalTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Agent_MadeToWait_IsAnsweredTheOutcomeAfterTheApproval()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AskAsync(tenant, sink, new { channel = "mcp", effect = "ask" });
        await using var agent = McpClient.Of(tenant.Service);
        await agent.ListAsync(); // from now on the client holds answers to the schema
        var call = new { data = new { order = 4711 }, idempotency_key = "order-4711" };

        var waits = await agent.CallAsync(Push, call);
        var id = Id(waits);
        Assert.False(IsError(waits), waits.ToJsonString());
        Assert.Equal(("awaiting_approval", id), (waits["structuredContent"]!["not_done"]!["why"]!.GetValue<string>(), waits["structuredContent"]!["not_done"]!["execution_id"]!.GetValue<string>()));
        Assert.Contains("an admin has to approve it first", Words(waits));
        Assert.EndsWith($"/api/v1/executions/{id}", waits["content"]!.AsArray()[1]!["uri"]!.GetValue<string>());
        Assert.Equal(id, Id(await agent.CallAsync(Push, call))); // asked again, and not another one
        Assert.Empty(sink.Requests);

        var listed = Assert.Single((await tenant.Admin.GetJsonAsync("executions?state=awaiting_approval"))["items"]!.AsArray())!.AsObject();
        Assert.Equal(id, listed.Text("id"));
        await ApproveAsync(tenant.Admin, id);
        await tenant.Service.WaitForAsync(id, "succeeded", 60);
        var done = await agent.CallAsync(Push, call);

        Assert.False(IsError(done), done.ToJsonString());
        Assert.Equal((id, 200), (Id(done), done["structuredContent"]!["status_code"]!.GetValue<int>()));
        Assert.True(done["_meta"]!["vaka/is_replayed"]!.GetValue<bool>());
        Assert.Contains("4711", Assert.Single(sink.Requests).BodyText);
        await tenant.Service.PostAsync("actions/webhook/push_data", Call); // by the API nobody is asked
    }

    [Fact]
    public async Task Agent_Denied_IsToldSoAndNothingIsDone()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AskAsync(tenant, sink);
        await using var agent = McpClient.Of(tenant.Service);
        var call = new { data = 1, idempotency_key = "k" };
        var id = Id(await agent.CallAsync(Push, call));

        var denied = await tenant.Admin.PostAsync($"executions/{id}/deny", new { reason = "Not on a Friday." });

        Assert.Equal(("cancelled", "not_approved"), (denied.Text("state"), denied.Text("error_code")));
        var answer = await agent.CallAsync(Push, call);
        Assert.True(IsError(answer));
        Assert.Contains("Not on a Friday.", Words(answer));
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Agent_Blocked_IsNotOfferedTheToolAndToldWhy()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await using var agent = McpClient.Of(tenant.Service);
        await using var other = McpClient.Of(tenant.Admin);
        var caller = await CallerAsync(tenant);
        await AskAsync(tenant, sink, new { caller, effect = "block" });

        Assert.DoesNotContain(Push, (await agent.ListAsync()).Keys);
        Assert.Contains(Push, (await other.ListAsync()).Keys);
        Assert.Contains("blocks push_data", Words(await agent.CallAsync(Push, new { data = 1 })));
        var refused = await tenant.Service.PostAsync("actions/webhook/push_data", Call, HttpStatusCode.Forbidden);
        Assert.Equal("forbidden", refused.Text("code"));
        Assert.Contains($"for {caller} over any channel, every action", refused.Text("detail"));
        await tenant.Service.SendAsync(HttpMethod.Post, "actions/webhook/push_data", JsonContent.Create(Call), HttpStatusCode.Forbidden, ("Prefer", "respond-async"));
        await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { data = 1 }, dry_run = true }, HttpStatusCode.Forbidden);
        var words = await tenant.Service.PostAsync("agentic-actions/push-data", new { data = 1 });
        Assert.False(words["pushed"]!.GetValue<bool>());
        Assert.Contains("blocks push_data", words.Text("reason"));
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Agent_DryRun_ShowsAndDoesNothing()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AskAsync(tenant, sink);
        await using var agent = McpClient.Of(tenant.Service);
        await agent.ListAsync(); // from now on the client holds answers to the schema

        var shown = await agent.CallAsync(Push, new { data = 1, dry_run = true });
        Assert.False(IsError(shown), shown.ToJsonString());
        Assert.Contains("Nothing was done", Words(shown));
        Assert.Equal("dry_run", shown["structuredContent"]!["not_done"]!["why"]!.GetValue<string>());
        Assert.True(IsError(await agent.CallAsync(Push, new { data = 1, dry_run = true, idempotency_key = "k" })));
        Assert.True(IsError(await agent.CallAsync(Push, new { data = 1, dry_run = "yes" })));

        var body = new { input = new { data = 1 }, dry_run = true };
        var answer = await tenant.Service.PostAsync("actions/webhook/push_data", body);
        Assert.Equal("Hook", answer["integration"]!["name"]!.GetValue<string>());
        Assert.Contains("Sends 1 bytes with POST", answer["preview"]!["summary"]!.GetValue<string>());
        Assert.Contains(answer["preview"]!["details"]!.AsArray(), detail => detail!["key"]!.GetValue<string>() == "method");
        foreach (var header in new[] { ("Prefer", "respond-async"), ("Idempotency-Key", "k") })
            await tenant.Service.SendAsync(HttpMethod.Post, "actions/webhook/push_data", JsonContent.Create(body), HttpStatusCode.BadRequest, header);
        await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { wrong = 1 }, dry_run = true }, HttpStatusCode.UnprocessableEntity);

        var board = new { deployment = "cloud", site_url = "https://example.atlassian.net", auth = new { type = "api_token", email = "a@example.com", token = "t" } };
        await tenant.Admin.PostAsync("integrations", new { name = "Board", integration_type = "jira", config = board }, HttpStatusCode.Created);
        var none = await tenant.Service.PostAsync("actions/jira/list_projects", new { input = new { }, dry_run = true }, HttpStatusCode.UnprocessableEntity);
        Assert.Contains("has no preview", none.Text("detail"));
        Assert.Empty(sink.Requests);
        Assert.Empty((await tenant.Service.GetJsonAsync("executions?integration_type=webhook"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Service_MadeToWait_IsAcceptedByEveryWay()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AskAsync(tenant, sink);

        using var response = await tenant.Service.PostAsJsonAsync("actions/webhook/push_data", Call);
        var accepted = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        var id = accepted.Text("execution_id");
        Assert.Equal((HttpStatusCode.Accepted, "awaiting_approval"), (response.StatusCode, accepted.Text("state")));
        Assert.Equal($"/api/v1/executions/{id}", response.Headers.Location?.ToString());
        var durable = await tenant.Service.AcceptAsync(Call);
        var words = await tenant.Service.PostAsync("agentic-actions/push-data", new { data = 1 });
        Assert.False(words["pushed"]!.GetValue<bool>());
        Assert.Contains("an admin has to approve it first", words.Text("reason"));
        await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { wrong = 1 } }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(3, (await tenant.Admin.GetJsonAsync("executions?state=awaiting_approval"))["items"]!.AsArray().Count);
        Assert.Empty(sink.Requests);

        var shown = await tenant.Service.GetExecutionAsync(id);
        Assert.Equal(("[masked]", 64), (shown["input"]!["data"]!.GetValue<string>(), shown["approval"]!["input_sha256"]!.GetValue<string>().Length));
        await tenant.Service.PostAsync($"executions/{id}/approve", new { input_sha256 = "x" }, HttpStatusCode.Forbidden);
        var wrong = await tenant.Admin.PostAsync($"executions/{id}/approve", new { input_sha256 = new string('0', 64) }, HttpStatusCode.Conflict);
        Assert.Equal("not_approved", wrong.Text("code"));
        foreach (var one in new[] { id, durable }) await ApproveAsync(tenant.Admin, one);
        foreach (var one in new[] { id, durable }) Assert.Null((await tenant.Service.WaitForAsync(one, "succeeded", 60))["approval"]);
        Assert.Equal(2, sink.Requests.Count);

        await tenant.Service.PostAsync($"executions/{id}/replay", new { }, HttpStatusCode.Accepted);
        await tenant.Service.WaitForAsync(id, "awaiting_approval", 60); // what was approved was approved once
        Assert.Equal(2, sink.Requests.Count);
    }

    [Fact]
    public async Task Approve_OnesOwnCall_IsForbidden()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await AskAsync(tenant, sink);
        var id = (await tenant.Admin.PostAsync("actions/webhook/push_data", Call, HttpStatusCode.Accepted)).Text("execution_id");
        var hash = (await tenant.Admin.GetExecutionAsync(id))["approval"]!["input_sha256"]!.GetValue<string>();
        await tenant.Admin.PostAsync($"executions/{id}/approve", new { input_sha256 = hash }, HttpStatusCode.Forbidden);
        using var another = await fixture.KeyAsync("admin", tenant.Id);
        await ApproveAsync(another, id);
        await tenant.Service.WaitForAsync(id, "succeeded", 60);
    }

    [Theory]
    [InlineData("payload")]
    [InlineData("integration")]
    public async Task Approved_ButNotWhatWouldBeDone_WaitsAnew(string changed)
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var hook = await AskAsync(tenant, sink);
        var id = await tenant.Service.AcceptAsync(new { input = new { data = 1 }, not_before = DateTimeOffset.UtcNow.AddDays(1) });
        await ApproveAsync(tenant.Admin, id);
        await tenant.Service.WaitForAsync(id, "queued");

        if (changed == "payload") await fixture.QueryAsync($$"""UPDATE executions SET payload = '{"data":2}' WHERE id = '{{id}}'""");
        else await tenant.Admin.PatchAsync($"integrations/{hook}", new { config = new { url = sink.Address + "elsewhere" } });
        await DueAsync(id);

        var held = await tenant.Service.WaitForAsync(id, "awaiting_approval", 60);
        Assert.Contains("is not what was approved", held.Text("error_message"));
        Assert.Empty(sink.Requests);
        await ApproveAsync(tenant.Admin, id);
        await tenant.Service.WaitForAsync(id, "succeeded", 60);
        Assert.Single(sink.Requests);
    }

    [Theory]
    [InlineData("ask", "awaiting_approval")]
    [InlineData("block", "dead")]
    public async Task Accepted_BeforeThePolicyWas_IsHeldAgainstIt(string effect, string state)
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var hook = (await tenant.HookAsync(sink.Address)).Text("id");
        var id = await tenant.Service.AcceptAsync(new { input = new { data = 1 }, not_before = DateTimeOffset.UtcNow.AddDays(1) });
        await tenant.Admin.PutAsync($"integrations/{hook}/policies", new { policies = new[] { new { effect } } });
        await DueAsync(id);
        await tenant.Service.WaitForAsync(id, state, 60);
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Policies_OfThePlatforms_HoldForTenantsAndAreApprovedByThePlatform()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var lent = (await fixture.Admin.PostAsync(
            "integrations", new { name = "Lent", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created)).Text("id");
        try
        {
            await tenant.Admin.GetJsonAsync($"integrations/{lent}/policies", HttpStatusCode.NotFound);
            await fixture.Admin.PutAsync($"integrations/{lent}/policies", new { policies = new[] { new { effect = "ask", action = "push_data" } } });
            var id = (await tenant.Service.PostAsync("actions/webhook/push_data", Call, HttpStatusCode.Accepted)).Text("execution_id");
            var hash = (await tenant.Admin.GetExecutionAsync(id))["approval"]!["input_sha256"]!.GetValue<string>();
            await tenant.Admin.PostAsync($"executions/{id}/approve", new { input_sha256 = hash }, HttpStatusCode.Forbidden);
            await fixture.Admin.SendAsync(
                HttpMethod.Post, $"executions/{id}/approve", JsonContent.Create(new { input_sha256 = hash }), HttpStatusCode.Accepted, ("X-Tenant-Id", $"{tenant.Id}"));
            await tenant.Service.WaitForAsync(id, "succeeded", 60);
        }
        finally
        {
            await fixture.Admin.DeleteAsync($"integrations/{lent}");
        }
    }

    [Fact]
    public async Task Policies_NamingWhatThereIsNot_AreRefusedWithThePath()
    {
        await using var sink = await HttpPeer.StartAsync();
        var (tenant, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        var hook = (await tenant.HookAsync(sink.Address)).Text("id");
        var problem = await tenant.Admin.PutAsync(
            $"integrations/{hook}/policies",
            new { policies = new object[] { new { action = "pull", effect = "ask" }, new { caller = await CallerAsync(other), effect = "ask" } } }, HttpStatusCode.BadRequest);
        Assert.Equal(["policies[0].action", "policies[1].caller"], problem["errors"]!.AsArray().Select(error => error!["path"]!.GetValue<string>()));
        Assert.Empty((await tenant.Admin.GetJsonAsync($"integrations/{hook}/policies"))["policies"]!.AsArray());
    }

    private static async Task<string> AskAsync(Tenant tenant, HttpPeer sink, object? rule = null)
    {
        var id = (await tenant.HookAsync(sink.Address)).Text("id");
        await tenant.Admin.PutAsync($"integrations/{id}/policies", new { policies = new[] { rule ?? new { effect = "ask" } } });
        return id;
    }

    private static async Task ApproveAsync(HttpClient admin, string id)
    {
        var hash = (await admin.GetExecutionAsync(id))["approval"]!["input_sha256"]!.GetValue<string>();
        var approved = await admin.PostAsync($"executions/{id}/approve", new { input_sha256 = hash }, HttpStatusCode.Accepted);
        Assert.Equal("queued", approved.Text("state"));
    }

    /// <summary>The service, as policies name it: its key was made last.</summary>
    private static async Task<string> CallerAsync(Tenant tenant)
    {
        var keys = (await tenant.Admin.GetJsonAsync("api-keys"))["items"]!.AsArray().Select(key => key!.AsObject());
        return $"key:{keys.Single(key => key.Text("role") == "service").Text("id")}";
    }

    private Task DueAsync(string id) => fixture.QueryAsync($"UPDATE executions SET available_at = created_at WHERE id = '{id}'");

    private static string Id(JsonObject answer) => answer["_meta"]!["vaka/execution_id"]!.GetValue<string>();

    private static bool IsError(JsonObject answer) => answer["isError"]?.GetValue<bool>() ?? false;

    private static string Words(JsonObject answer) => answer["content"]!.AsArray()[0]!["text"]!.GetValue<string>();
}

public sealed class ApprovalsOnSqliteTests(SqliteHost host) : ApprovalTests(host), IClassFixture<SqliteHost>;

public sealed class ApprovalsOnPostgresTests(PostgresHost host) : ApprovalTests(host), IClassFixture<PostgresHost>;
