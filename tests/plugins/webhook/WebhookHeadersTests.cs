namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookHeadersTests : IAsyncDisposable
{
    private readonly WebhookTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [InlineData("Host")]
    [InlineData("content-length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Connection")]
    [InlineData("TE")]
    [InlineData("Upgrade")]
    [InlineData("Expect")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Webhook-Signature")]
    [InlineData("webhook-anything")]
    [InlineData("ce-id")]
    [InlineData("Content-Encoding")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("é")]
    [InlineData("a\r\nb")]
    public void ProblemOfName_NotOurs_IsRefused(string name) => Assert.NotNull(WebhookHeaders.ProblemOfName(name));

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("ü")]
    public void ProblemOfValue_ThatCannotStandInAHeader_IsRefused(string value) => Assert.NotNull(WebhookHeaders.ProblemOfValue(value));

    [Theory]
    [InlineData("x-source")]
    [InlineData("X-KEY")]
    [InlineData("x-api-key")]
    [InlineData("User-Agent")]
    [InlineData("Content-Type")]
    [InlineData("Authorization")]
    [InlineData("Cookie")]
    [InlineData("webhook-id")]
    [InlineData("Host")]
    public async Task Call_WithAHeaderThatIsNotItsOwn_IsRefused(string name)
    {
        var config = WebhookTest.Config(
            """
            "headers": {"X-Source": "vaka"}, "secret_headers": {"X-Key": "k"},
            "auth": {"type": "api_key", "name": "X-Api-Key", "value": "k"}
            """);

        var failure = await test.FailAsync(config, WebhookTest.Input(more: $$""" "headers": {"{{name}}": "mine"} """));

        Assert.Equal((FailureKind.InvalidInput, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal($"headers.{name}", Assert.Single(failure.Errors).Path);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task Call_WithALineBreakInAValue_IsRefused()
    {
        var failure = await test.FailAsync(WebhookTest.Config(), WebhookTest.Input(more: """ "headers": {"X-A": "b\r\nX-C: d"} """));

        Assert.Equal(FailureKind.InvalidInput, failure.Kind);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task Call_WithTheHmacHeader_IsRefused()
    {
        var config = WebhookTest.Config(""" "auth": {"type": "hmac", "header": "X-Sign", "secret": "s", "algorithm": "sha256"} """);

        Assert.Equal(FailureKind.InvalidInput, (await test.FailAsync(config, WebhookTest.Input(more: """ "headers": {"x-sign": "1"} """))).Kind);
    }

    [Fact]
    public async Task Call_WithHeadersOfItsOwn_SendsThem()
    {
        var sent = await test.SendAsync(WebhookTest.Config(), WebhookTest.Input(more: """ "headers": {"X-Order": "42"} """));

        Assert.Equal("42", sent.Header("X-Order"));
    }
}
