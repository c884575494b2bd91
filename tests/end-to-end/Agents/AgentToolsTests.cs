using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Agents;

/// <summary>Agents list and call tools over HTTP, with the protocol's own client.</summary>
public abstract class AgentToolsTests
{
    private const string Push = "webhook_push_data";

    private readonly HostFixture fixture;

    protected AgentToolsTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task List_OfTwoTenants_IsWhatEachCanRun()
    {
        await using var sink = await HttpPeer.StartAsync();
        var (configured, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        await configured.HookAsync(sink.Address);
        await using var agent = McpClient.Of(configured.Service);
        await using var stranger = McpClient.Of(other.Service);

        var tool = (await agent.ListAsync())[Push];
        Assert.DoesNotContain(Push, (await stranger.ListAsync()).Keys);
        var provider = await configured.Service.GetJsonAsync("providers/webhook");
        var action = provider["actions"]!.AsArray().Single()!.AsObject();
        Assert.Equal(action.Text("description"), tool.Text("description"));
        var (told, output) = (action["output_schema"]!.AsObject(), tool["outputSchema"]!.AsObject());
        Assert.Equal(told["properties"]!.AsObject().Select(field => field.Key).Append("not_done").Order(), output["properties"]!.AsObject().Select(field => field.Key).Order());
        Assert.Contains(output["anyOf"]!.AsArray(), branch => JsonNode.DeepEquals(branch!["required"], told["required"]));
        var fields = tool["inputSchema"]!["properties"]!.AsObject().Select(field => field.Key);
        Assert.Equal(
            action["input_schema"]!["properties"]!.AsObject().Select(field => field.Key).Concat(["integration", "idempotency_key", "dry_run"]).Order(), fields.Order());
        var hints = tool["annotations"]!;
        Assert.Equal((false, false, true), (hints["readOnlyHint"]!.GetValue<bool>(), hints["destructiveHint"]!.GetValue<bool>(), hints["idempotentHint"]!.GetValue<bool>()));
        Assert.Equal("vaka-plugins", (await agent.ServerAsync())["version"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task List_OfAPlatformWideIntegration_HasWhatItLends()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await using var owner = McpClient.Of(fixture.Admin);
        await using var borrower = McpClient.Of(tenant.Service);
        await using var acting = McpClient.Of(fixture.Admin, tenant.Id);
        var lent = await fixture.Admin.PostAsync(
            "integrations", new { name = "Lent", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        try
        {
            foreach (var agent in new[] { owner, borrower, acting }) Assert.Contains(Push, (await agent.ListAsync()).Keys); // it is tenant-safe
            await fixture.Admin.PatchAsync($"integrations/{lent.Text("id")}", new { shared_actions = Array.Empty<string>() });
            Assert.Contains(Push, (await owner.ListAsync()).Keys);
            foreach (var agent in new[] { borrower, acting })
            {
                Assert.DoesNotContain(Push, (await agent.ListAsync()).Keys);
                Assert.Contains("is not among the actions that the platform-wide integration shares", Words(await agent.CallAsync(Push, new { data = 1 })));
            }
        }
        finally
        {
            await fixture.Admin.DeleteAsync($"integrations/{lent.Text("id")}");
        }
    }

    [Fact]
    public async Task Call_Configured_IsDoneAndRecorded()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        await using var agent = McpClient.Of(tenant.Service);
        await agent.ListAsync(); // from now on the client holds answers to the schema

        var answer = await agent.CallAsync(Push, new { data = new { order = 4711 } });
        Assert.False(IsError(answer), answer.ToJsonString());
        Assert.Equal(200, answer["structuredContent"]!["status_code"]!.GetValue<int>());
        var link = answer["content"]!.AsArray().Single(block => block!["type"]!.GetValue<string>() == "resource_link")!["uri"]!.GetValue<string>();
        var id = answer["_meta"]!["vaka/execution_id"]!.GetValue<string>();
        Assert.EndsWith($"/api/v1/executions/{id}", link);
        Assert.Equal("succeeded", (await MailTests.AwaitExecutionAsync(tenant.Service, id)).Text("state"));
        Assert.Contains("4711", Assert.Single(sink.Requests).BodyText);
    }

    [Fact]
    public async Task Call_NotConfigured_SaysWhatToDo()
    {
        var tenant = await fixture.TenantAsync();
        await using var agent = McpClient.Of(tenant.Service);
        var answer = await agent.CallAsync("smtp_send_email", new { to = new[] { "a@example.com" }, subject = "s", text = "t" });
        Assert.True(IsError(answer));
        Assert.Equal("SMTP integration not configured. Please configure in /integrations page.", Words(answer));
    }

    [Fact]
    public async Task Call_UnderTheSameKey_IsDoneOnce()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        await using var agent = McpClient.Of(tenant.Service);
        var first = await agent.CallAsync(Push, new { data = 1, idempotency_key = "order-1" });
        var again = await agent.CallAsync(Push, new { data = 1, idempotency_key = "order-1" });
        var other = await agent.CallAsync(Push, new { data = 2, idempotency_key = "order-1" });

        Assert.Equal(first["_meta"]!["vaka/execution_id"]!.GetValue<string>(), again["_meta"]!["vaka/execution_id"]!.GetValue<string>());
        Assert.Equal((false, true), (first["_meta"]!["vaka/is_replayed"]!.GetValue<bool>(), again["_meta"]!["vaka/is_replayed"]!.GetValue<bool>()));
        Assert.Equal((true, "idempotency_key_conflict"), (IsError(other), other["_meta"]!["vaka/code"]!.GetValue<string>()));
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task Call_NamingAnIntegration_GoesThroughIt()
    {
        await using var one = await HttpPeer.StartAsync();
        await using var two = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(one.Address);
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Second", integration_type = "webhook", config = new { url = two.Address.ToString() } }, HttpStatusCode.Created);
        await using var agent = McpClient.Of(tenant.Service);
        Assert.False(IsError(await agent.CallAsync(Push, new { data = 1, integration = "Second" })));
        Assert.Empty(one.Requests);
        Assert.Single(two.Requests);
    }

    [Theory]
    [InlineData("""{}""", "data")]
    [InlineData("""{"data":1,"no_such_field":2}""", "no_such_field")]
    [InlineData("""{"data":1,"idempotency_key":5}""", "idempotency_key is a text")]
    [InlineData("""{"data":1,"idempotency_key":""}""", "An idempotency key has")]
    [InlineData("""{"data":1,"integration":["a"]}""", "integration is a text")]
    public async Task Call_WithWrongArguments_SaysWhichAndDoesNothing(string arguments, string expected)
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        await using var agent = McpClient.Of(tenant.Service);
        var answer = await agent.CallAsync(Push, JsonNode.Parse(arguments)!);
        Assert.True(IsError(answer));
        Assert.Contains(expected, Words(answer));
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Call_OfWhatIsNoTool_IsAnError()
    {
        var tenant = await fixture.TenantAsync();
        await using var agent = McpClient.Of(tenant.Service);
        foreach (var name in new[] { "nothing", "webhook", "webhook_", "webhook_nothing", "_push_data", "sso_begin_login", "" })
            Assert.Contains("There is no such tool", await agent.FailAsync("call", new JsonObject { ["name"] = name, ["arguments"] = new JsonObject() }));
    }

    [Fact]
    public async Task Ask_ForATenantOfOthers_SaysSo()
    {
        var tenant = await fixture.TenantAsync();
        await using var agent = McpClient.Of(tenant.Service, Guid.CreateVersion7());
        Assert.Contains("another tenant", await agent.FailAsync("list"), StringComparison.Ordinal);
        var call = new JsonObject { ["name"] = Push, ["arguments"] = new JsonObject() };
        Assert.Contains("another tenant", await agent.FailAsync("call", call), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_WhileTheOtherSideRefuses_LeavesTheToolOut()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.Unauthorized)));
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        await using var agent = McpClient.Of(tenant.Service);
        Assert.True(IsError(await agent.CallAsync(Push, new { data = 1 })));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await agent.ListAsync()).ContainsKey(Push)) await Task.Delay(50, patience.Token);
    }

    [Fact]
    public async Task Connect_WithoutAKey_IsRefused()
    {
        using var nobody = new HttpClient { BaseAddress = fixture.Admin.BaseAddress };
        var refused = await nobody.PostAsync("../../mcp", new { jsonrpc = "2.0", id = 1, method = "tools/list" }, HttpStatusCode.Unauthorized);
        Assert.Equal("unauthenticated", refused.Text("code"));
        await using var agent = McpClient.Of(nobody);
        Assert.Contains("401", await agent.FailAsync("list"));
    }

    private static bool IsError(JsonObject answer) => answer["isError"]?.GetValue<bool>() ?? false;

    private static string Words(JsonObject answer) => answer["content"]!.AsArray().Single()!["text"]!.GetValue<string>();
}

public sealed class AgentToolsOnSqliteTests(SqliteHost host) : AgentToolsTests(host), IClassFixture<SqliteHost>;

public sealed class AgentToolsOnPostgresTests(PostgresHost host) : AgentToolsTests(host), IClassFixture<PostgresHost>;
