using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>What clients see of durable executions and do with them.</summary>
public abstract class ExecutionTests
{
    private readonly HostFixture fixture;

    protected ExecutionTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Get_OneThatWillBeRetried_ShowsItsAttemptsAndWhenItIsDue()
    {
        var tenant = await fixture.TenantAsync();
        var due = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var row = await AddAsync(tenant, "retry_scheduled", row => row with { Attempts = 2, Error = "away", AvailableAt = due });
        await fixture.QueryAsync(row.Attempt(2, "away again"));
        await fixture.QueryAsync(row.Attempt(1, "away"));

        var answer = await tenant.Service.GetJsonAsync($"executions/{row.Id}");

        Assert.True(answer["durable"]!.GetValue<bool>());
        Assert.Equal(2, answer["attempt_count"]!.GetValue<int>());
        Assert.Equal(due, answer["available_at"]!.GetValue<DateTimeOffset>());
        Assert.Equal("Orders", answer.Text("requested_integration"));
        Assert.Equal(["1 unavailable away", "2 unavailable away again"], Attempts(answer));
        Assert.All(answer["attempts"]!.AsArray(), attempt => Assert.NotNull(attempt!["finished_at"]));
        Assert.DoesNotContain("payload", answer.ToJsonString());
        Assert.DoesNotContain("4711", answer.ToJsonString());
        Assert.Equal("""{"data":"[masked]"}""", answer["input"]!.ToJsonString());

        var listed = (await tenant.Service.GetJsonAsync("executions?state=retry_scheduled"))["items"]!.AsArray().Single()!.AsObject();
        Assert.Equal(answer["available_at"]!.ToJsonString(), listed["available_at"]!.ToJsonString());
        Assert.Equal(2, listed["attempt_count"]!.GetValue<int>());
        Assert.False(listed.ContainsKey("input"));
    }

    [Fact]
    public async Task Get_OneThatRunsOrSucceeded_ShowsTheLastAttemptToo()
    {
        var tenant = await fixture.TenantAsync();
        foreach (var state in new[] { "running", "succeeded" })
        {
            var row = await AddAsync(tenant, state, row => row with { Attempts = 2 });
            await fixture.QueryAsync(row.Attempt(1, "away"));
            var answer = await tenant.Service.GetJsonAsync($"executions/{row.Id}");
            Assert.Equal(["1 unavailable away", "2  "], Attempts(answer));
            Assert.Equal(state == "succeeded", answer["attempts"]![1]!["finished_at"] is not null);
            Assert.Equal(answer["started_at"]!.ToJsonString(), answer["attempts"]![1]!["started_at"]!.ToJsonString());
            Assert.Null(answer["available_at"]);
        }
    }

    [Fact]
    public async Task Get_OneWhoseProviderIsNotLoaded_ShowsNothingOfItsInput()
    {
        var tenant = await fixture.TenantAsync();
        foreach (var row in new[]
        {
            await AddAsync(tenant, "parked", row => row with { Type = "fax", Action = "send" }),
            await AddAsync(tenant, "parked", row => row with { Action = "push_data_of_old" }),
            await AddAsync(tenant, "dead", row => row with { Payload = "no JSON 4711" }),
        })
        {
            var answer = await tenant.Service.GetJsonAsync($"executions/{row.Id}");
            Assert.Null(answer["input"]);
            Assert.DoesNotContain("4711", answer.ToJsonString());
        }
    }

    [Fact]
    public async Task Cancel_OneThatWaits_IsCancelledForGood()
    {
        var tenant = await fixture.TenantAsync();
        var row = await AddAsync(tenant, "parked");
        for (var i = 0; i < 2; i++)
        {
            var answer = await tenant.Service.PostAsync($"executions/{row.Id}/cancel", new { });
            Assert.Equal("cancelled", answer.Text("state"));
            Assert.NotNull(answer["finished_at"]);
        }

        Assert.Equal(["execution.cancelled"], await EventsAsync(tenant));
        Assert.Equal("4", (await fixture.QueryAsync($"SELECT fence FROM executions WHERE id = '{row.Id}'"))[0]);
    }

    [Fact]
    public async Task Cancel_OneThatRunsOrHasEnded_IsRefused()
    {
        var tenant = await fixture.TenantAsync();
        var running = await AddAsync(tenant, "running");
        var refused = await tenant.Service.PostAsync($"executions/{running.Id}/cancel", new { }, HttpStatusCode.Conflict);
        Assert.Equal("execution_in_progress", refused.Text("code"));
        var dead = await AddAsync(tenant, "dead");
        refused = await tenant.Service.PostAsync($"executions/{dead.Id}/cancel", new { }, HttpStatusCode.BadRequest);
        Assert.Contains("dead", refused.Text("detail"));
    }

    [Fact]
    public async Task Replay_OneThatSucceeded_WaitsAgainAndKeepsItsHistory()
    {
        var tenant = await fixture.TenantAsync();
        await using var deaf = await HttpPeer.StartAsync();
        deaf.Otherwise(HttpAnswers.Timeout());
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Orders", integration_type = "webhook", config = new { url = deaf.Address.ToString() } }, HttpStatusCode.Created);
        var row = await AddAsync(tenant, "succeeded", row => row with { State = "succeeded", Attempts = 1 });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"executions/{row.Id}/replay");
        using var response = await tenant.Service.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/v1/executions/{row.Id}", response.Headers.Location?.OriginalString);
        var accepted = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        Assert.Equal(($"{row.Id}", "queued"), (accepted.Text("execution_id"), accepted.Text("state")));

        var answer = await tenant.Service.GetJsonAsync($"executions/{row.Id}");
        Assert.Contains(answer.Text("state"), (string[])["queued", "running"]);
        Assert.Equal("1  ", Attempts(answer)[0]);
        Assert.NotNull(answer["available_at"]);
        Assert.Null(answer["finished_at"]);
        Assert.Equal("execution_in_progress", (await tenant.Service.PostAsync($"executions/{row.Id}/replay", new { }, HttpStatusCode.Conflict)).Text("code"));
        Assert.Equal("execution.replayed", (await EventsAsync(tenant))[0]);
    }

    [Fact]
    public async Task CancelAndReplay_OfAnotherTenants_AreNotFound()
    {
        var (tenant, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        var row = await AddAsync(tenant, "parked");
        foreach (var stranger in new[] { other.Service, other.Admin, fixture.Admin })
        {
            foreach (var verb in new[] { "cancel", "replay" })
                await stranger.PostAsync($"executions/{row.Id}/{verb}", new { }, HttpStatusCode.NotFound);
        }

        await fixture.Admin.SendAsync(HttpMethod.Post, $"executions/{row.Id}/cancel", null, HttpStatusCode.OK, ("X-Tenant-Id", $"{tenant.Id}"));
    }

    [Fact]
    public async Task ReplayOfAWindow_OfAnIntegration_QueuesWhatWentWrong()
    {
        var (tenant, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        var integration = (await tenant.Admin.PostAsync(
            "integrations", new { name = "Orders", integration_type = "webhook", config = new { url = "https://example.com/" } }, HttpStatusCode.Created)).Text("id");
        foreach (var state in new[] { "dead", "dead", "unknown", "succeeded" })
            await AddAsync(tenant, state, row => row with { IntegrationId = Guid.Parse(integration) });
        var window = new { states = new[] { "dead", "parked" }, since = DateTimeOffset.UtcNow.AddHours(-1), until = DateTimeOffset.UtcNow };
        var path = $"integrations/{integration}/executions/replay";
        await tenant.Service.PostAsync(path, window, HttpStatusCode.Forbidden);
        await other.Admin.PostAsync(path, window, HttpStatusCode.NotFound);

        var answer = await tenant.Admin.PostAsync(path, window, HttpStatusCode.Accepted);

        Assert.Equal("""{"replayed":2,"more":false,"next_since":null}""", answer.ToJsonString());
        Assert.Empty((await tenant.Admin.GetJsonAsync($"executions?integration_id={integration}&state=dead"))["items"]!.AsArray());
        Assert.Equal(["executions.replayed", "integration.created"], await EventsAsync(tenant));
    }

    [Fact]
    public async Task List_SinceAndUntil_AreKeptToTheMillisecond()
    {
        var tenant = await fixture.TenantAsync();
        var row = await AddAsync(tenant, "dead");
        var at = row.CreatedAt.AddTicks(-(row.CreatedAt.Ticks % TimeSpan.TicksPerMillisecond));
        async Task<int> CountAsync(string filter) => (await tenant.Service.GetJsonAsync($"executions?{filter}"))["items"]!.AsArray().Count;
        static string Text(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}";
        Assert.Equal(1, await CountAsync($"since={Text(at)}&until={Text(at.AddMilliseconds(1))}"));
        Assert.Equal(0, await CountAsync($"since={Text(at.AddMilliseconds(1))}"));
        Assert.Equal(0, await CountAsync($"until={Text(at)}"));
        Assert.Equal(1, await CountAsync("since=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z"));
    }

    private async Task<DurableRow> AddAsync(Tenant tenant, string state, Func<DurableRow, DurableRow>? with = null)
    {
        var row = new DurableRow { TenantId = tenant.Id, IntegrationId = Guid.NewGuid(), State = state };
        row = with?.Invoke(row) ?? row;
        await fixture.QueryAsync(row.Insert);
        return row;
    }

    private static IReadOnlyList<string> Attempts(JsonObject answer) =>
        [.. answer["attempts"]!.AsArray().Select(attempt => $"{attempt!["number"]} {attempt["failure_kind"]} {attempt["message"]}")];

    private static async Task<IReadOnlyList<string>> EventsAsync(Tenant tenant) =>
    [
        .. (await tenant.Admin.GetJsonAsync("audit-events"))["items"]!.AsArray().Select(item => item!.AsObject().Text("action"))
            .Where(action => action is not ("access.denied" or "api_key.created")).Order(),
    ];
}

public sealed class ExecutionOnSqliteTests(SqliteHost host) : ExecutionTests(host), IClassFixture<SqliteHost>;

public sealed class ExecutionOnPostgresTests(PostgresHost host) : ExecutionTests(host), IClassFixture<PostgresHost>;
