namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookAddressTests : IAsyncDisposable
{
    private readonly WebhookTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [InlineData("orders/42", "/in/orders/42")]
    [InlineData("/orders/42/", "/in/orders/42/")]
    [InlineData("a b/ü", "/in/a%20b/%C3%BC")]
    [InlineData("a%2Fb", "/in/a%2Fb")]
    [InlineData("100%", "/in/100%25")]
    [InlineData("//evil.example.com/x", "/in//evil.example.com/x")]
    [InlineData("https://evil.example.com", "/in/https://evil.example.com")]
    [InlineData("@evil.example.com", "/in/@evil.example.com")]
    [InlineData("...", "/in/...")]
    public async Task Path_IsAppendedBelowTheConfiguredUrl(string path, string expected)
    {
        var sent = await test.SendAsync(WebhookTest.Config(), WebhookTest.Input(more: $"\"path\": \"{path}\""));

        Assert.Equal($"https://hooks.example.com{expected}?tenant=7", sent.Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../admin")]
    [InlineData("a/../../admin")]
    [InlineData("a/./b")]
    [InlineData("%2e%2e/admin")]
    [InlineData(".%2E/admin")]
    [InlineData("a%2f..%2fadmin")]
    [InlineData("..\\\\admin")]
    [InlineData("a%5c..%5cb")]
    [InlineData("a?b=c")]
    [InlineData("a#b")]
    [InlineData("a\\r\\nb")]
    [InlineData("a%0d%0ab")]
    [InlineData("a%00")]
    public async Task Path_ThatLeavesTheConfiguredUrl_IsRefused(string path)
    {
        var failure = await test.FailAsync(WebhookTest.Config(), WebhookTest.Input(more: $"\"path\": \"{path}\""));

        Assert.Equal((FailureKind.InvalidInput, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal("path", Assert.Single(failure.Errors).Path);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task Path_OnUrlThatEndsWithSlash_IsNotDoubled()
    {
        var sent = await test.SendAsync(WebhookTest.Config(url: "https://h.example.com/"), WebhookTest.Input(more: """ "path": "/a" """));

        Assert.Equal("https://h.example.com/a", sent.Uri.AbsoluteUri);
    }

    [Fact]
    public async Task Query_IsEncodedAndAdded()
    {
        var sent = await test.SendAsync(WebhookTest.Config(), WebhookTest.Input(more: """ "query": {"a b": "c&d=e", "ü": ""} """));

        Assert.Equal("?tenant=7&a%20b=c%26d%3De&%C3%BC=", sent.Uri.Query);
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("key")]
    [InlineData("")]
    public async Task Query_OfAConfiguredName_IsRefused(string name)
    {
        var config = WebhookTest.Config(""" "auth": {"type": "api_key", "name": "key", "value": "k", "in": "query"} """);

        var failure = await test.FailAsync(config, WebhookTest.Input(more: $$""" "query": {"{{name}}": "8"} """));

        Assert.Equal($"query.{name}", Assert.Single(failure.Errors).Path);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task Query_BeyondTheLimit_IsRefused()
    {
        var failure = await test.FailAsync(
            WebhookTest.Config(), WebhookTest.Input(more: $$""" "query": {"a": "{{new string('x', 9000)}}"} """));

        Assert.Equal(FailureKind.InvalidInput, failure.Kind);
    }

    [Theory]
    [InlineData("http://127.1:8080/a?b=c", "127.1")]
    [InlineData("http://[::1]:8080/a", "::1")]
    [InlineData("https://example.com", "example.com")]
    [InlineData("https://example.com?a=b", "example.com")]
    public void Address_KeepsTheHostAndTheUrlAsWritten(string url, string host)
    {
        var address = new WebhookAddress(url, keyInQuery: null);

        Assert.Equal((url, host), (address.Uri.OriginalString, address.Host));
    }

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("http://127.0.0.1:8080/a?b=c%20d&sig=x%2By")]
    [InlineData("HTTPS://[::1]:8443/")]
    [InlineData("https://bücher.example/")]
    public void ProblemOf_GoodUrl_None(string url) => Assert.Null(WebhookAddress.ProblemOf(url));

    [Theory]
    [InlineData("")]
    [InlineData("example.com/a")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https:/example.com")]
    [InlineData("https://")]
    [InlineData("https:///a")]
    [InlineData(" https://example.com")]
    [InlineData("https://example.com/a b")]
    [InlineData("https://example.com\\@evil.example.com")]
    [InlineData("https://user:pass@example.com/")]
    [InlineData("https://@example.com/")]
    [InlineData("https://example.com/#top")]
    [InlineData("https://example.com:0/")]
    [InlineData("https://example.com:70000/")]
    [InlineData("https://example.com/\n")]
    public void ProblemOf_BadUrl_SaysWhatToDo(string url) => Assert.NotNull(WebhookAddress.ProblemOf(url));
}
