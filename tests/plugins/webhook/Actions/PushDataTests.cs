using System.Net;
using System.Text;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Webhook.Actions;

namespace Vaka.Plugins.Webhook.Tests.Actions;

public sealed class PushDataTests : IAsyncDisposable
{
    private readonly WebhookTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task ExecuteAsync_Accepted_AnswersStatusIdAndBody()
    {
        test.Host.DeduplicationKey = "abc-1";
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.Accepted, """{"ok":true}"""));

        var output = await test.PushAsync(WebhookTest.Config());

        Assert.Equal(new PushDataOutput { StatusCode = 202, WebhookId = "msg_abc-1", Body = """{"ok":true}""" }, output);
        Assert.Equal("""{"status_code":202,"webhook_id":"msg_abc-1","body":"{\u0022ok\u0022:true}"}""", WebhookTest.ToJson(output));
    }

    [Theory]
    [InlineData("""{ "b":1.0,"a" : 12345678901234567890.10, "e": 1E400 }""")]
    [InlineData("""[1, "ü\u00fc\/", null]""")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public async Task ExecuteAsync_AnyData_IsSentByteForByte(string data)
    {
        var sent = await test.SendAsync(WebhookTest.Config(), WebhookTest.Input(data));

        Assert.Equal(data, sent.BodyText);
        Assert.Equal("application/json", sent.Header("Content-Type"));
        Assert.Equal("POST", sent.Method);
        Assert.Equal(WebhookTest.Url, sent.Uri.AbsoluteUri);
    }

    [Fact]
    public async Task ExecuteAsync_Always_SendsIdAndTimestampAndNoSignatureWithoutSecret()
    {
        test.Host.DeduplicationKey = "k";

        var sent = await test.SendAsync(WebhookTest.Config());

        Assert.Equal("msg_k", sent.Header("webhook-id"));
        Assert.Equal(test.Host.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(), sent.Header("webhook-timestamp"));
        Assert.Null(sent.Header("webhook-signature"));
        Assert.StartsWith("Vaka-Plugins-Webhook/", sent.Header("User-Agent"));
    }

    [Fact]
    public async Task ExecuteAsync_SecondAttempt_KeepsTheId()
    {
        test.Wire.Next(HttpAnswers.Status(HttpStatusCode.ServiceUnavailable));
        await test.FailAsync(WebhookTest.Config());
        test.Host.Attempt = 2;

        var second = await test.SendAsync(WebhookTest.Config());

        Assert.Equal(test.Wire.Requests[0].Header("webhook-id"), second.Header("webhook-id"));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task ExecuteAsync_MethodWithBody_SendsIt(string method)
    {
        var sent = await test.SendAsync(WebhookTest.Config($"\"method\": \"{method}\""));

        Assert.Equal((method, """{"id":1}"""), (sent.Method, sent.BodyText));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task ExecuteAsync_MethodWithoutBody_SendsNoneAndTakesNullOnly(string method)
    {
        var config = WebhookTest.Config($"\"method\": \"{method}\"");

        var sent = await test.SendAsync(config, WebhookTest.Input("null", """ "query": {"id": "1"} """));
        var refusal = await test.FailAsync(config, WebhookTest.Input("{}"));

        Assert.Equal((method, 0, null), (sent.Method, sent.Body.Length, sent.Header("Content-Type")));
        Assert.Equal("?tenant=7&id=1", sent.Uri.Query);
        Assert.Equal((FailureKind.InvalidInput, Effect.None), (refusal.Kind, refusal.Effect));
        Assert.Equal("data", Assert.Single(refusal.Errors).Path);
        Assert.Single(test.Wire.Requests);
    }

    [Fact]
    public async Task ExecuteAsync_ConfiguredHeaders_AreSent()
    {
        var sent = await test.SendAsync(WebhookTest.Config(
            """
            "headers": {"X-Source": "vaka", "content-type": "application/vnd.api+json", "user-agent": "ours", "Content-Language": "en"},
            "secret_headers": {"X-Key": "s3cret"}
            """));

        Assert.Equal("vaka", sent.Header("X-Source"));
        Assert.Equal("s3cret", sent.Header("X-Key"));
        Assert.Equal("application/vnd.api+json", sent.Header("Content-Type"));
        Assert.Equal("en", sent.Header("Content-Language"));
        Assert.Equal("ours", sent.Header("User-Agent"));
    }

    [Theory]
    [InlineData("\"path\": \"x\"")]
    [InlineData("\"query\": {\"a\": \"b\"}")]
    [InlineData("\"headers\": {\"a\": \"b\"}")]
    public void IsTenantSafeFor_CallerChoosesWhere_No(string more)
    {
        IntegrationAction action = new PushData();

        Assert.False(action.IsTenantSafeFor(WebhookTest.Input(more: more)));
    }

    [Fact]
    public void IsTenantSafeFor_DataAndEventTypeOnly_Yes()
    {
        IntegrationAction action = new PushData();

        Assert.True(action.IsTenantSafeFor(WebhookTest.Input(more: """ "event_type": "a.b", "query": {}, "headers": {} """)));
        Assert.True(action.IsIdempotent);
    }

    [Fact]
    public async Task ExecuteAsync_LongAnswer_KeepsTheFirst64KiBOfWholeCharacters()
    {
        test.Wire.Next(HttpAnswers.Content(HttpStatusCode.OK, () => new StringContent("a" + new string('é', 70_000))));

        var output = await test.PushAsync(WebhookTest.Config());

        Assert.Equal("a" + new string('é', 32_767), output.Body);
    }

    [Fact]
    public async Task ExecuteAsync_EndlessAnswer_IsReadTo64KiB()
    {
        test.Wire.Next(HttpAnswers.Endless());

        Assert.Equal(65_536, (await test.PushAsync(WebhookTest.Config())).Body!.Length);
    }

    [Fact]
    public async Task ExecuteAsync_AnswerCutInItsBody_IsStillSuccess()
    {
        test.Wire.Next(HttpAnswers.CutInBody(HttpStatusCode.OK));

        var output = await test.PushAsync(WebhookTest.Config());

        Assert.Equal((200, null), (output.StatusCode, output.Body));
    }

    [Fact]
    public async Task ExecuteAsync_AnswerBodyThatNeverComes_IsLeftOut()
    {
        var stalled = new StalledStream();
        test.Wire.Next(HttpAnswers.Content(HttpStatusCode.OK, () => new StreamContent(stalled)));

        var push = test.PushAsync(WebhookTest.Config());
        await stalled.Reading.WaitAsync(TimeSpan.FromSeconds(30));
        while (!push.IsCompleted)
        {
            test.Host.FakeClock.Advance(TimeSpan.FromSeconds(6));
            await Task.Yield();
        }

        Assert.Null((await push).Body);
    }

    [Fact]
    public async Task ExecuteAsync_AnswerThatIsNoText_IsLeftOut()
    {
        test.Wire.Next(
            HttpAnswers.Content(HttpStatusCode.OK, () => new ByteArrayContent([0x89, 0x50, 0x4E, 0x47, 0xFF])),
            HttpAnswers.Content(HttpStatusCode.OK, () => new StringContent("a\0b")),
            HttpAnswers.Status(HttpStatusCode.NoContent),
            HttpAnswers.Content(HttpStatusCode.OK, () => new StringContent("é", Encoding.Latin1, "text/plain")));

        Assert.Null((await test.PushAsync(WebhookTest.Config())).Body);
        Assert.Null((await test.PushAsync(WebhookTest.Config())).Body);
        Assert.Null((await test.PushAsync(WebhookTest.Config())).Body);
        Assert.Equal("é", (await test.PushAsync(WebhookTest.Config())).Body);
    }

    [Fact]
    public async Task PreviewAsync_Push_SaysWhatAndWhereAndSendsNothing()
    {
        var preview = await new PushData().PreviewAsync(WebhookTest.Input(), WebhookTest.Config(), test.Host.Create(), CancellationToken.None);

        Assert.Equal("Sends 8 bytes with POST to hooks.example.com", preview!.Summary);
        Assert.DoesNotContain(preview.Details, detail => detail.Value.Contains("tenant", StringComparison.Ordinal));
        Assert.Empty(test.Wire.Requests);
    }

    private sealed class StalledStream : MemoryStream
    {
        private readonly TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reading => reading.Task;

        public override bool CanSeek => false; // of no known length

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reading.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
