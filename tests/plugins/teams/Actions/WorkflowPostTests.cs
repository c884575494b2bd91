using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests.Actions;

public sealed class WorkflowPostTests : IAsyncDisposable
{
    private readonly TeamsTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task PostCard_Accepted_SendsTheMessageAndClaimsNoDelivery()
    {
        test.Wire.Next(HttpAnswers.Status(HttpStatusCode.Accepted).WithHeader("x-ms-workflow-run-id", "08584494271458332437CU16"));

        var output = await test.RunAsync("post_card", TeamsTest.Workflow());

        var sent = Assert.Single(test.Wire.Requests);
        Assert.Equal("POST", sent.Method);
        Assert.Equal("application/json", sent.Header("Content-Type"));
        Assert.Null(sent.Header("Authorization"));
        Assert.Equal(
            """{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"Grüße \"quoted\"","wrap":true}],"actions":[{"type":"Action.OpenUrl","title":"Open","url":"https://example.com/?a=1&b=2"}]}}]}""",
            sent.BodyText);
        Assert.Equal(
            """{"accepted":true,"delivered":null,"workflow_run_id":"08584494271458332437CU16","message_id":null,"team_id":null,"channel_id":null,"web_url":null}""",
            output.ToJsonString());
    }

    [Fact]
    public async Task PostMessage_Accepted_SendsACardOfIt()
    {
        test.Wire.Next(HttpAnswers.Status(HttpStatusCode.Accepted));

        var output = await test.RunAsync("post_message", TeamsTest.Workflow());

        var attachment = Assert.Single(test.Wire.Requests).BodyJson!["attachments"]![0]!;
        Assert.Equal("AdaptiveCard", (string?)attachment["content"]!["type"]);
        Assert.Equal("Build **42** failed", (string?)attachment["content"]!["body"]![1]!["text"]);
        Assert.Equal((true, null), ((bool)output["accepted"]!, (bool?)output["delivered"]));
    }

    [Fact]
    public async Task Post_Url_KeepsItsQueryByteForByte()
    {
        // Over a real socket: what stands in the request line is what the signature was made for.
        // Traced, as a host in production is: tracing reads the address too.
        var traced = new ConcurrentQueue<string>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => traced.Enqueue(string.Join(' ', activity.TagObjects.Select(tag => tag.Value))),
        };
        ActivitySource.AddActivityListener(traces);
        await using var peer = await RawPeer.StartAsync();
        await using var real = new TeamsTest(new LoopbackNetwork(), TimeProvider.System);
        const string Path = "/workflows/0%61/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=%2D%5f%7E%41+a%20~'!*()%25";

        await real.RunAsync("post_message", TeamsTest.Workflow($"http://127.0.0.1:{peer.Port}{Path}"));

        Assert.Equal($"POST {Path} HTTP/1.1", await peer.RequestLine);
        Assert.Contains(traced, tags => tags.Contains($":{peer.Port}/", StringComparison.Ordinal));
        Assert.DoesNotContain(traced, tags => tags.Contains("sig=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_WorkflowWithAResponseOfItsOwn_IsAccepted()
    {
        test.Wire.Next(HttpAnswers.Json("""{"any": "thing"}"""));

        Assert.True((bool)(await test.RunAsync("post_message", TeamsTest.Workflow()))["accepted"]!);
    }

    [Fact]
    public async Task Post_RunIdThatIsNone_IsLeftOut()
    {
        test.Wire.Next(HttpAnswers.Status(HttpStatusCode.Accepted).WithHeader("x-ms-workflow-run-id", "<b>"));

        Assert.Null((await test.RunAsync("post_message", TeamsTest.Workflow()))["workflow_run_id"]);
    }

    [Theory]
    [InlineData(404, "WorkflowNotFound", "x", FailureKind.NotFound, UnusableReason.EndpointGone)]
    [InlineData(410, null, "x", FailureKind.NotFound, UnusableReason.EndpointGone)]
    [InlineData(400, "WorkflowTriggerIsNotEnabled", "Could not execute workflow trigger with state 'Deleted'.", FailureKind.NotFound, UnusableReason.EndpointGone)]
    [InlineData(400, "WorkflowTriggerIsNotEnabled", "Could not execute workflow trigger with state 'Disabled'.", FailureKind.InvalidConfiguration, null)]
    [InlineData(400, "TriggerInputSchemaMismatch", "x", FailureKind.InvalidConfiguration, null)]
    [InlineData(400, "InvalidRequestContent", "x", FailureKind.Rejected, null)]
    [InlineData(401, "DirectApiAuthorizationRequired", "x", FailureKind.Unauthorized, null)]
    [InlineData(403, "AuthorizationFailed", "x", FailureKind.Unauthorized, null)]
    [InlineData(403, "DirectApiInvalidAuthorizationAddress", "x", FailureKind.Forbidden, null)]
    [InlineData(404, null, "x", FailureKind.NotFound, null)]
    [InlineData(418, null, "x", FailureKind.Rejected, null)]
    public async Task Post_ErrorOfPowerAutomate_IsThisFailure(int status, string? code, string message, FailureKind kind, UnusableReason? reason)
    {
        var body = new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } };
        test.Wire.Next(HttpAnswers.Json((HttpStatusCode)status, body.ToJsonString()));

        var failure = await test.FailAsync("post_message", TeamsTest.Workflow());

        Assert.Equal((kind, Effect.None, reason), (failure.Kind, failure.Effect, failure.MakesUnusable));
        if (code is not null) Assert.Contains($"{status} {code}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"code":"two words <b>","message":"m"}}""")]
    [InlineData("""{"error":"text"}""")]
    [InlineData("""{"error":{"code":"\ud800","message":"\ud800"}}""")]
    [InlineData("""[1]""")]
    public async Task Post_ErrorOfAnotherForm_ShowsNothingOfIt(string body)
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.BadRequest, body));

        var failure = await test.FailAsync("post_message", TeamsTest.Workflow());

        Assert.StartsWith("The workflow answered 400. ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostCard_Faulty_IsNotSent()
    {
        var failure = await test.FailAsync("post_card", TeamsTest.Workflow(), new JsonObject { ["card"] = new JsonObject { ["type"] = "AdaptiveCard" } });

        Assert.Equal((FailureKind.InvalidInput, Effect.None, "card.version"), (failure.Kind, failure.Effect, failure.Errors.Single().Path));
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task Preview_SaysWhereToAndHowLarge_AndSendsNothing()
    {
        var action = TeamsTest.Provider.Actions.Single(action => action.Name == "post_message");

        var preview = await action.PreviewAsync(
            new Vaka.Plugins.Teams.Actions.PostMessageInput { Text = "Hi" }, TeamsTest.Workflow(), test.Host.Create(), CancellationToken.None);

        Assert.Equal("Posts a card to the workflow at prod-12.westeurope.logic.azure.com", preview?.Summary);
        Assert.DoesNotContain(preview!.Details, detail => detail.Value.Contains("sig", StringComparison.Ordinal));
        Assert.Empty(test.Wire.Requests);
    }

    /// <summary>Reads the request line as it comes over the socket, and answers 202.</summary>
    private sealed class RawPeer : IAsyncDisposable
    {
        private readonly System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public Task<string> RequestLine { get; private set; } = Task.FromResult("");

        public static Task<RawPeer> StartAsync()
        {
            var peer = new RawPeer();
            peer.listener.Start();
            peer.RequestLine = peer.AnswerAsync();
            return Task.FromResult(peer);
        }

        public ValueTask DisposeAsync()
        {
            listener.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<string> AnswerAsync()
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var read = new StringBuilder();
            var buffer = new byte[4096];
            while (!read.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                read.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
            await stream.WriteAsync("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            return read.ToString().Split("\r\n")[0];
        }
    }
}
