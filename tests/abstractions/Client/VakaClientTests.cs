using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Client;

namespace Vaka.Plugins.Abstractions.Tests.Client;

public class VakaClientTests
{
    private const string Sent = """
        {"execution_id":"019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e6f","integration":{"id":"019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e70","name":"Mail","scope":"platform"},
        "output":{"message_id":"<1@x>","accepted":["a@x"],"rejected":[{"address":"b@x","reason":"550"}],"response":"ok","new_member":1},"duration_ms":41}
        """;

    private static readonly Email Mail = new() { To = ["a@x"], Subject = "Hi", Text = "T" };

    [Fact]
    public async Task SendEmailAsync_Succeeded_AsksAndAnswersInTypes()
    {
        var host = new HostStub().Answer(HttpStatusCode.OK, Sent);
        var tenant = Guid.CreateVersion7();
        var result = await host.Client().ForTenant(tenant).Actions.SendEmailAsync(Mail, new InvokeOptions { Integration = "Mail" });
        Assert.Equal(("<1@x>", "a@x", "550"), (result.Output.MessageId, result.Output.Accepted.Single(), result.Output.Rejected.Single().Reason));
        Assert.Equal(("Mail", "platform", TimeSpan.FromMilliseconds(41), false), (result.Integration.Name, result.Integration.Scope, result.Duration, result.IsReplayed));
        var asked = Assert.Single(host.Requests);
        Assert.Equal("POST /vaka/api/v1/actions/smtp/send_email", asked.Line);
        Assert.Equal("Bearer vaka_key", asked.Headers["Authorization"]);
        Assert.Equal(tenant.ToString(), asked.Headers["X-Tenant-Id"]);
        Assert.Equal("application/json", asked.Headers["Content-Type"]);
        Assert.True(Guid.TryParse(asked.Headers["Idempotency-Key"], out _));
        Assert.Equal("""{"input":{"to":["a@x"],"subject":"Hi","text":"T"},"integration":"Mail"}""", asked.Body?.ToJsonString());
    }

    [Fact]
    public async Task InvokeAsync_TypesOfOnesOwn_AreSnakeCaseOnTheWire()
    {
        var host = new HostStub().Answer(HttpStatusCode.OK, Sent.Replace("\"message_id\":\"<1@x>\"", "\"issue_key\":\"OPS-7\""), ("Idempotency-Replayed", "true"));
        var result = await host.Client().Actions.InvokeAsync<NewIssue, MadeIssue>(
            "jira", "create_issue", new NewIssue("OPS", null), new InvokeOptions { IdempotencyKey = "order-7" }, CancellationToken.None);
        Assert.Equal(("OPS-7", true), (result.Output.IssueKey, result.IsReplayed));
        var asked = Assert.Single(host.Requests);
        Assert.Equal("order-7", asked.Headers["Idempotency-Key"]);
        Assert.Equal("""{"input":{"project_key":"OPS"}}""", asked.Body?.ToJsonString());
    }

    [Fact]
    public async Task EnqueueEmailAsync_NotBefore_IsKeptForLater()
    {
        var host = new HostStub().Answer(HttpStatusCode.Accepted, """{"execution_id":"019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e6f","state":"queued"}""");
        var time = new DateTimeOffset(2026, 12, 24, 18, 0, 0, TimeSpan.Zero);
        var accepted = await host.Client().Actions.EnqueueEmailAsync(Mail, new InvokeOptions { NotBefore = time });
        Assert.Equal(ExecutionStates.Queued, accepted.State);
        var asked = Assert.Single(host.Requests);
        Assert.Equal("respond-async", asked.Headers["Prefer"]);
        Assert.Equal(time, DateTimeOffset.Parse(asked.Body!["not_before"]!.GetValue<string>())); // it is there, or it throws
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client().Actions.SendEmailAsync(Mail, new InvokeOptions { NotBefore = time }));
    }

    [Fact]
    public async Task SendEmailAsync_AnAdminHasToApprove_IsNotTakenForDone()
    {
        var host = new HostStub().Answer(HttpStatusCode.Accepted, """{"execution_id":"019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e6f","state":"awaiting_approval"}""");
        var waiting = await Assert.ThrowsAsync<VakaException>(() => host.Client().Actions.SendEmailAsync(Mail, new InvokeOptions { IdempotencyKey = "order-7" }));
        Assert.Equal(("awaiting_approval", HttpStatusCode.Accepted, "order-7"), (waiting.Code, waiting.StatusCode, waiting.IdempotencyKey));
        Assert.Equal(Guid.Parse("019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e6f"), waiting.ExecutionId);
        Assert.Single(host.Requests);
    }

    [Fact]
    public async Task AnyCall_Refused_TellsEverythingThatTheHostSaid()
    {
        var host = new HostStub().Answer((HttpStatusCode)422, """
            {"type":"about:blank","title":"T","status":422,"detail":"Correct it.","code":"invalid_input","reason":"r","failure_kind":"invalid_input","retry_after_seconds":7,
            "errors":[{"path":"to[0]","message":"Give an address.","severity":"warning"}],
            "trail":[{"id":null,"name":"Mail","scope":"platform","taken":false,"reason":"It is switched off."}],"member_of_a_newer_host":{}}
            """, ("Idempotency-Replayed", "true"));
        var refused = await Assert.ThrowsAsync<VakaException>(() => host.Client().Actions.SendEmailAsync(Mail, new InvokeOptions { IdempotencyKey = "k" }));
        Assert.Equal(("invalid_input", "Correct it.", "Correct it.", HttpStatusCode.UnprocessableEntity), (refused.Code, refused.Detail, refused.Message, refused.StatusCode));
        Assert.Equal(("r", "invalid_input", TimeSpan.FromSeconds(7), true, "k"),
            (refused.Reason, refused.FailureKind, refused.RetryAfter, refused.IsReplayed, refused.IdempotencyKey));
        Assert.Equal(new FieldProblem("to[0]", "Give an address.", "warning"), Assert.Single(refused.Errors));
        Assert.Equal(new TrailEntry(null, "Mail", "platform", false, "It is switched off."), Assert.Single(refused.Trail));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadGateway, "<html>nginx</html>")]
    [InlineData(HttpStatusCode.NotFound, "")]
    [InlineData(HttpStatusCode.OK, "<html>Please sign in</html>")]
    [InlineData(HttpStatusCode.OK, "{}")]
    [InlineData(HttpStatusCode.OK, "null")]
    public async Task AnyCall_SomethingElseAnswers_SaysSoWithoutItsBody(HttpStatusCode status, string body)
    {
        var wrong = await Assert.ThrowsAsync<VakaException>(() => new HostStub().Answer(status, body).Client().Actions.SendEmailAsync(Mail));
        Assert.Equal(("unexpected_answer", (HttpStatusCode?)status), (wrong.Code, wrong.StatusCode ?? status));
        Assert.DoesNotContain("html", wrong.ToString());
    }

    [Fact]
    public async Task AnyCall_Cancelled_IsNoFailureOfTheHost()
    {
        using var stop = new CancellationTokenSource();
        var host = new HostStub().Answer(() =>
        {
            stop.Cancel();
            throw new TaskCanceledException(null, null, stop.Token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Client().Executions.GetAsync(Guid.NewGuid(), stop.Token));
    }

    [Fact]
    public async Task AnyCall_NoAnswerInTime_IsATimeout()
    {
        var host = new HostStub().Answer(() => throw new TaskCanceledException());
        var late = await Assert.ThrowsAsync<VakaException>(() => host.Client().Executions.GetAsync(Guid.NewGuid()));
        Assert.Equal(("host_timeout", (HttpStatusCode?)null), (late.Code, late.StatusCode));
    }

    [Fact]
    public async Task WaitAsync_UntilItHasEnded_AsksAgain()
    {
        var host = new HostStub().Answer(HttpStatusCode.OK, Execution("queued")).Answer(HttpStatusCode.OK, Execution("a_state_of_a_newer_host"))
            .Answer(HttpStatusCode.OK, Execution("parked")).Answer(HttpStatusCode.OK, Execution("succeeded"));
        var done = await host.PassTimeAsync(host.Client().Executions.WaitAsync(Guid.NewGuid()));
        Assert.Equal((ExecutionStates.Succeeded, "x"), (done.State, done.Output?.GetProperty("message_id").GetString()));
        Assert.Equal(4, host.Requests.Count);
    }

    [Fact]
    public async Task ListAsync_SeveralPages_ReadsThemAllWithTheFilter()
    {
        var host = new HostStub().Answer(HttpStatusCode.OK, $$"""{"items":[{{Execution("dead")}}],"next_cursor":"a&b"}""").Answer(HttpStatusCode.OK, """{"items":[],"next_cursor":"c"}""")
            .Answer(HttpStatusCode.OK, $$"""{"items":[{{Execution("dead")}}],"next_cursor":null}""");
        var filter = new ExecutionFilter { State = ExecutionStates.Dead, Since = new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.FromHours(1)) };
        var found = 0;
        await foreach (var execution in host.Client().Executions.ListAsync(filter)) found += execution.HasEnded ? 1 : 0;
        Assert.Equal(2, found);
        Assert.Equal("GET /vaka/api/v1/executions?limit=200&state=dead&since=2026-01-31T09%3A00%3A00.0000000Z&cursor=a%26b", host.Requests[1].Line);
    }

    [Fact]
    public async Task PatchAsync_OfARevision_SendsAMergePatchThatMayBeRefused()
    {
        var host = new HostStub().Problem(HttpStatusCode.PreconditionFailed, "revision_conflict");
        var id = Guid.NewGuid();
        var patch = new JsonObject { ["config"] = new JsonObject { ["smtp_password"] = null } };
        var refused = await Assert.ThrowsAsync<VakaException>(() => host.Client().Integrations.PatchAsync(id, patch, revision: 4));
        Assert.Equal("revision_conflict", refused.Code);
        var asked = Assert.Single(host.Requests);
        Assert.Equal($"PATCH /vaka/api/v1/integrations/{id}", asked.Line);
        Assert.Equal(("\"4\"", "application/merge-patch+json"), (asked.Headers["If-Match"], asked.Headers["Content-Type"]));
        Assert.Equal("""{"config":{"smtp_password":null}}""", asked.Body?.ToJsonString());
    }

    [Fact]
    public async Task Agentic_NotDone_IsAnAnswerInWords()
    {
        var host = new HostStub().Answer(HttpStatusCode.OK, """{"pushed":false,"reason":"Configure it.","status_code":null,"integration_id":null}""");
        var outcome = await host.Client().Agentic.PushDataAsync(JsonSerializer.SerializeToElement(new { order = 7 }), "Shop");
        Assert.Equal(new PushOutcome(false, "Configure it.", null, null), outcome);
        Assert.Equal("""{"data":{"order":7},"integration":"Shop"}""", Assert.Single(host.Requests).Body?.ToJsonString());
    }

    private static string Execution(string state) => $$"""
        {"id":"019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e6f","tenant_id":null,"integration_id":null,"integration_type":"smtp","action":"send_email","state":"{{state}}","caller":"key:1",
        "error_code":null,"durable":true,"attempt_count":1,"created_at":"2026-01-31T09:00:00Z","output":{"message_id":"x"},"input":null,
        "attempts":[{"number":1,"started_at":"2026-01-31T09:00:00Z","finished_at":null,"failure_kind":null,"message":null}]}
        """;

    private sealed record NewIssue(string ProjectKey, string? Summary);

    private sealed record MadeIssue(string IssueKey);
}
