using System.Net;
using System.Net.Sockets;
using System.Text;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Idempotency;

/// <summary>A call with an Idempotency-Key is done once, and one that is sent again is answered what came of it then.</summary>
public abstract class IdempotencyTests
{
    private const string Push = "actions/webhook/push_data";
    private const string Fail = "actions/fixture_good/fail";
    private const string Echo = "actions/fixture_good/echo";

    private readonly HostFixture fixture;

    protected IdempotencyTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    public static TheoryData<string> NoKeys =>
    [
        "Idempotency-Key:\r\n", $"Idempotency-Key: {new string('k', 256)}\r\n", "Idempotency-Key: tab\tinside\r\n", "Idempotency-Key: bell\u0007\r\n",
        "Idempotency-Key: \u00c3\u00bcmlaut\r\n", "Idempotency-Key: \u00ff\u00fe\r\n", "Idempotency-Key: one\r\nIdempotency-Key: two\r\n",
        "Idempotency-Key: same\r\nidempotency-key: same\r\n", "Idempotency-Key: one\r\nIdempotency-Key:\r\n",
    ];

    [Fact]
    public async Task Repeated_AfterSuccess_IsAnsweredTheSameAndNotDoneAgain()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(HttpAnswers.Json("""{"taken":1.0}"""));
        var tenant = await TenantAsync(sink);
        var key = NewKey();

        var first = await SendAsync(tenant.Service, Push, """{"input":{"data":{"a":1,"b":[2]},"event_type":"x"}}""", key);
        var second = await SendAsync(tenant.Service, Push, """{ "input": { "event_type":"x", "data": {"b":[2.0],"a":1} } }""", key);

        Assert.Equal((HttpStatusCode.OK, false), (first.Status, first.IsReplayed));
        Assert.Equal((HttpStatusCode.OK, true, first.Text), (second.Status, second.IsReplayed, second.Text));
        Assert.Single(sink.Requests);
        var run = await tenant.Service.GetJsonAsync($"executions/{first.Json.Text("execution_id")}"); // written before the call: no moment to wait
        Assert.Equal(("succeeded", "x"), (run.Text("state"), run["input"]!.AsObject().Text("event_type")));
        Assert.NotNull(run["output"]);
        Assert.Single(run["attempts"]!.AsArray());
        Assert.Single((await tenant.Service.GetJsonAsync("executions"))["items"]!.AsArray());
        Assert.Empty(await fixture.QueryAsync($"SELECT id FROM executions WHERE id = '{run.Text("id")}' AND leased_by IS NOT NULL"));
    }

    [Fact]
    public async Task Repeated_ButNotTheSame_IsAConflict()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync(sink);
        var key = NewKey();
        await SendAsync(tenant.Service, Push, """{"input":{"data":1}}""", key);

        foreach (var other in new[] { """{"input":{"data":2}}""", """{"input":{"data":1},"integration":"Hook"}""" })
        {
            var refused = await SendAsync(tenant.Service, Push, other, key);
            Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_conflict", false), (refused.Status, refused.Json.Text("code"), refused.IsReplayed));
        }

        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task SameKey_OfAnotherCallerTenantOrAction_IsAnotherKey()
    {
        await using var sink = await HttpPeer.StartAsync();
        var (tenant, other) = (await TenantAsync(sink), await TenantAsync(sink));
        var key = NewKey();
        const string body = """{"input":{"data":1}}""";

        HttpClient[] callers = [tenant.Service, tenant.Admin, await fixture.KeyAsync("service", tenant.Id), other.Service];
        foreach (var caller in callers) Assert.False((await SendAsync(caller, Push, body, key)).IsReplayed);
        foreach (var id in new[] { tenant.Id, other.Id })
            Assert.False((await SendAsync(fixture.Admin, Push, body, key, ("X-Tenant-Id", id.ToString()))).IsReplayed);

        Assert.Equal(6, sink.Requests.Count);
        Assert.False((await SendAsync(tenant.Service, Echo, """{"input":{"text":"1"}}""", key)).IsReplayed);
        foreach (var caller in callers) Assert.True((await SendAsync(caller, Push, body, key)).IsReplayed);
        Assert.Equal(6, sink.Requests.Count);
    }

    [Theory]
    [InlineData("rejected", "provider_failed", 502)]
    [InlineData("invalid_input", "invalid_input", 422)]
    [InlineData("unavailable", "provider_unavailable", 503)]
    [InlineData("outcome_unknown", "provider_failed", 502)]
    public async Task Repeated_AfterAFailureThatMayHaveDoneSomething_IsAnsweredTheSame(string kind, string code, int status)
    {
        var tenant = await TenantAsync();
        var key = NewKey();
        var body = $$$"""{"input":{"kind":"{{{kind}}}","field":"to","retry_after_seconds":7}}""";

        var first = await SendAsync(tenant.Service, Fail, body, key);
        var second = await SendAsync(tenant.Service, Fail, body, key);

        Assert.Equal(((HttpStatusCode)status, code, false), (first.Status, first.Json.Text("code"), first.IsReplayed));
        Assert.Equal((first.Status, first.Text, true, "7"), (second.Status, second.Text, second.IsReplayed, second.RetryAfter));
        Assert.Single((await tenant.Service.GetJsonAsync("executions"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Repeated_AfterAFailureThatDidNothing_IsTriedAgain()
    {
        var tenant = await TenantAsync();
        var key = NewKey();
        const string nothing = """{"input":{"kind":"rate_limited","effect":"none"}}""";

        var first = await SendAsync(tenant.Service, Fail, nothing, key);
        var second = await SendAsync(tenant.Service, Fail, nothing, key);
        var third = await SendAsync(tenant.Service, Fail, """{"input":{"kind":"no such kind"}}""", key); // another payload, and refused by the host

        Assert.Equal((HttpStatusCode.TooManyRequests, false), (first.Status, first.IsReplayed));
        Assert.Equal((HttpStatusCode.TooManyRequests, false), (second.Status, second.IsReplayed));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, false), (third.Status, third.IsReplayed));
        var runs = (await tenant.Service.GetJsonAsync("executions"))["items"]!.AsArray();
        Assert.Equal(["dead", "dead", "dead"], runs.Select(run => run!.AsObject().Text("state")));
        Assert.Empty(await fixture.QueryAsync("SELECT scope FROM idempotency_keys WHERE execution_id IN ("
            + string.Join(", ", runs.Select(run => $"'{run!.AsObject().Text("id")}'")) + ")"));
    }

    [Fact]
    public async Task Repeated_WhileTheFirstRuns_IsToldSo()
    {
        await using var sink = await HttpPeer.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sink.Otherwise(Held(gate));
        var tenant = await TenantAsync(sink);
        var key = NewKey();
        const string body = """{"input":{"data":1}}""";

        var first = SendAsync(tenant.Service, Push, body, key);
        await ArrivedAsync(sink);
        var second = await SendAsync(tenant.Service, Push, body, key);
        var other = await SendAsync(tenant.Service, Push, """{"input":{"data":2}}""", key);
        var spoken = await SendAsync(tenant.Service, "agentic-actions/push-data", """{"data":1}""", key);
        var runs = (await tenant.Service.GetJsonAsync("executions"))["items"]!.AsArray();
        gate.SetResult();
        var answer = await first;
        var third = await SendAsync(tenant.Service, Push, body, key);

        Assert.Equal(
            (HttpStatusCode.Conflict, "execution_in_progress", "1"), (second.Status, second.Json.Text("code"), second.RetryAfter));
        Assert.Equal("idempotency_key_conflict", other.Json.Text("code"));
        Assert.Equal("running", Assert.Single(runs)!.AsObject().Text("state"));
        Assert.Contains(runs[0]!.AsObject().Text("id"), second.Json.Text("detail"));
        Assert.Equal(HttpStatusCode.OK, spoken.Status);
        Assert.False(spoken.Json["pushed"]!.GetValue<bool>());
        Assert.Equal(second.Json.Text("detail"), spoken.Json.Text("reason"));
        Assert.Equal((HttpStatusCode.OK, answer.Text, true), (answer.Status, third.Text, third.IsReplayed));
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task Agentic_Repeated_IsAnsweredTheSameInWords()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync(sink);
        var (key, body) = (NewKey(), """{"data":{"a":1}}""");

        var first = await SendAsync(tenant.Service, "agentic-actions/push-data", body, key);
        var second = await SendAsync(tenant.Service, "agentic-actions/push-data", body, key);
        var plain = await SendAsync(tenant.Service, Push, """{"input":{"data":{"a":1}}}""", key);
        var other = await SendAsync(tenant.Service, "agentic-actions/push-data", """{"data":2}""", key);
        var notConfigured = await SendAsync(
            tenant.Service, "agentic-actions/email", """{"to":"a@example.com","subject":"s","body":"b"}""", key);

        Assert.True(first.Json["pushed"]!.GetValue<bool>());
        Assert.Equal((HttpStatusCode.OK, first.Text, false, true), (second.Status, second.Text, first.IsReplayed, second.IsReplayed));
        Assert.DoesNotContain("replayed", first.Text);
        Assert.True(plain.IsReplayed); // one contract for every way in
        Assert.Equal(200, plain.Json["output"]!["status_code"]!.GetValue<int>());
        Assert.Equal((HttpStatusCode.OK, false), (other.Status, other.Json["pushed"]!.GetValue<bool>()));
        Assert.StartsWith("This idempotency key was used for another call", other.Json.Text("reason"));
        Assert.Equal(HttpStatusCode.OK, notConfigured.Status);
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task Repeated_WhenTheIntegrationIsGone_IsAnsweredTheSame()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync(sink);
        var (key, body) = (NewKey(), """{"input":{"data":1}}""");
        var first = await SendAsync(tenant.Service, Push, body, key);
        using (var deleted = await tenant.Admin.DeleteAsync($"integrations/{first.Json["integration"]!.AsObject().Text("id")}"))
            Assert.True(deleted.IsSuccessStatusCode);
        await fixture.QueryAsync($"DELETE FROM executions WHERE id = '{first.Json.Text("execution_id")}'");

        var second = await SendAsync(tenant.Service, Push, body, key);

        Assert.Equal((HttpStatusCode.OK, first.Text, true), (second.Status, second.Text, second.IsReplayed));
    }

    [Fact]
    public async Task Repeated_WhenTheAnswerWasNotKept_SaysWhereToLook()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync(sink);
        var (key, body) = (NewKey(), """{"input":{"data":1}}""");
        var id = (await SendAsync(tenant.Service, Push, body, key)).Json.Text("execution_id");
        await fixture.QueryAsync($"UPDATE idempotency_keys SET answer = NULL WHERE execution_id = '{id}'");

        var ended = await SendAsync(tenant.Service, Push, body, key);
        await fixture.QueryAsync($"DELETE FROM executions WHERE id = '{id}'");
        var forgotten = await SendAsync(tenant.Service, Push, body, key);

        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_conflict"), (ended.Status, ended.Json.Text("code")));
        Assert.Contains($"execution {id} (succeeded)", ended.Json.Text("detail"));
        Assert.Equal((HttpStatusCode.BadGateway, "outcome_unknown"), (forgotten.Status, forgotten.Json.Text("failure_kind")));
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task Repeated_AReadWhoseAnswerIsTooLongToKeep_IsReadAgain()
    {
        var tenant = await TenantAsync();
        var (key, body) = (NewKey(), $$$"""{"input":{"text":"t","data":"{{{new string('x', 1_100_000)}}}"}}""");

        var first = await SendAsync(tenant.Service, Echo, body, key);
        var second = await SendAsync(tenant.Service, Echo, body, key);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, false), (first.Status, second.Status, second.IsReplayed));
        Assert.NotEqual(first.Json.Text("execution_id"), second.Json.Text("execution_id"));
    }

    [Fact]
    public async Task Answer_InTheDatabase_IsNotToBeRead()
    {
        var tenant = await TenantAsync();
        var key = NewKey();
        var first = await SendAsync(tenant.Service, Echo, """{"input":{"text":"canary-5b1e"}}""", key);

        var rows = await fixture.QueryAsync(
            $"SELECT answer || ' ' || scope || ' ' || request_hash FROM idempotency_keys WHERE execution_id = '{first.Json.Text("execution_id")}'");

        Assert.Contains("canary-5b1e", first.Text);
        var stored = Assert.Single(rows);
        foreach (var hidden in new[] { "canary-5b1e", Convert.ToBase64String("canary-5b1e"u8)[..12], key, "echo" }) Assert.DoesNotContain(hidden, stored);
        Assert.True((await SendAsync(tenant.Service, Echo, """{"input":{"text":"canary-5b1e"}}""", key)).IsReplayed);
    }

    [Theory]
    [MemberData(nameof(NoKeys))]
    public async Task WhatIsNoKey_IsRefusedAndNothingIsDone(string headers)
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await TenantAsync(sink);
        foreach (var (path, body) in new[] { (Push, """{"input":{"data":1}}"""), ("agentic-actions/push-data", """{"data":1}""") })
        {
            var answer = await SendRawAsync(tenant.Service, path, body, headers);
            Assert.StartsWith("HTTP/1.1 400 ", answer);
        }

        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Repeated_AfterItsHostWasKilled_IsToldToLookFirst()
    {
        await using var sink = await HttpPeer.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sink.Otherwise(Held(gate));
        var tenant = await TenantAsync(sink);
        var (key, body) = (NewKey(), """{"input":{"data":1}}""");
        var cut = SendAsync(tenant.Service, Push, body, key);
        await ArrivedAsync(sink);
        await fixture.Host.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => cut);
        await fixture.Host.StartAsync();
        gate.SetResult();

        var early = await SendAsync(tenant.Service, Push, body, key);
        Assert.Contains(early.Json.Text(early.Status is HttpStatusCode.Conflict ? "code" : "failure_kind"), new[] { "execution_in_progress", "outcome_unknown" });

        // As the other hosts find once its lease has run out.
        await fixture.QueryAsync("UPDATE executions SET state = 'unknown', leased_by = NULL, fence = fence + 1 WHERE state = 'running'");
        var late = await SendAsync(tenant.Service, Push, body, key);
        Assert.Equal(
            (HttpStatusCode.BadGateway, "provider_failed", "outcome_unknown"), (late.Status, late.Json.Text("code"), late.Json.Text("failure_kind")));
        Assert.Contains("Look before trying again", late.Json.Text("detail"));
        Assert.Equal("idempotency_key_conflict", (await SendAsync(tenant.Service, Push, """{"input":{"data":2}}""", key)).Json.Text("code"));
        Assert.Single(sink.Requests);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(tenant.Service, Push, body, NewKey())).Status);
    }

    private static string NewKey() => Guid.NewGuid().ToString();

    private static HttpAnswer Held(TaskCompletionSource gate) => async (_, cancelled) =>
    {
        await gate.Task.WaitAsync(cancelled);
        return new HttpResponseMessage(HttpStatusCode.OK);
    };

    private static async Task ArrivedAsync(HttpPeer sink)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (sink.Requests.Count == 0) await Task.Delay(10, patience.Token);
    }

    // What HttpClient would not send, byte for byte.
    private static async Task<string> SendRawAsync(HttpClient caller, string path, string body, string headers)
    {
        var address = new Uri(caller.BaseAddress!, path); // every caller has one
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(
            $"POST {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: {caller.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n{body}"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private static Task<KeyedAnswer> SendAsync(
        HttpClient client, string path, string body, string key, params (string Name, string Value)[] headers) =>
        KeyedAnswer.SendAsync(client, path, body, key, headers);

    private async Task<Tenant> TenantAsync(HttpPeer? sink = null)
    {
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Fixture", integration_type = "fixture_good", config = new { endpoint = "https://a.example.com" } }, HttpStatusCode.Created);
        if (sink is not null)
        {
            await tenant.Admin.PostAsync(
                "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        }

        return tenant;
    }
}

public sealed class IdempotencyOnSqliteTests(IdempotencyOnSqliteTests.Fixture fixture)
    : IdempotencyTests(fixture), IClassFixture<IdempotencyOnSqliteTests.Fixture>
{
    public sealed class Fixture : SqliteHost
    {
        protected override IEnumerable<string> Settings => FixturePlugins.Settings(Directory);

        protected override Task PrepareAsync() => FixturePlugins.LayAsync(Directory, "webhook");
    }
}

public sealed class IdempotencyOnPostgresTests(IdempotencyOnPostgresTests.Fixture fixture)
    : IdempotencyTests(fixture), IClassFixture<IdempotencyOnPostgresTests.Fixture>
{
    public sealed class Fixture : PostgresHost
    {
        protected override IEnumerable<string> Settings => FixturePlugins.Settings(Directory);

        protected override Task PrepareAsync() => FixturePlugins.LayAsync(Directory, "webhook");
    }
}
