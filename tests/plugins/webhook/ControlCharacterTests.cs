using System.Text.Json;

namespace Vaka.Plugins.Webhook.Tests;

/// <summary>Line breaks and their like, wherever an admin or a caller can write them: none begins a header or a request of its own.</summary>
public sealed class ControlCharacterTests : IAsyncDisposable
{
    private const string Signed = $"\"signing_secret\": \"{WebhookTest.Secret}\"";

    private static readonly string[] Characters = ["\r\n", "\r", "\n", "\r\n\r\n", "\0", "\t", "\v", "\f", "\x1b", "\x7f", "\x85"];

    private readonly WebhookTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    /// <summary>Where a config is spoilt, and the path that names it.</summary>
    public static TheoryData<string, string> Configs => new()
    {
        { """ "headers": {"X?A": "b"} """, "headers.X?A" },
        { """ "headers": {"X-A": "b?c"} """, "headers.X-A" },
        { """ "headers": {"X-A": "?"} """, "headers.X-A" },
        { """ "secret_headers": {"X?A": "b"} """, "secret_headers.X?A" },
        { """ "secret_headers": {"X-A": "b?c"} """, "secret_headers.X-A" },
        { """ "auth": {"type": "basic", "username": "u?v", "password": "p"} """, "auth.username" },
        { """ "auth": {"type": "bearer", "token": "a?b"} """, "auth.token" },
        { """ "auth": {"type": "api_key", "name": "X?A", "value": "k"} """, "auth.name" },
        { """ "auth": {"type": "api_key", "name": "X-A", "value": "k?l"} """, "auth.value" },
        { """ "auth": {"type": "hmac", "header": "X?A", "secret": "s"} """, "auth.header" },
        { """ "auth": {"type": "oauth2_client_credentials", "token_url": "https://a.example/t?", "client_id": "c", "client_secret": "s"} """, "auth.token_url" },
        { """ "cloud_event_source": "/orders?" """, "cloud_event_source" },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void Config_NamesTheField(string members, string path)
    {
        foreach (var character in Characters)
        {
            var errors = WebhookTest.Validate(WebhookTest.Config($"{Signed}, {Spoilt(members, character)}"));

            Assert.Equal((path.Replace("?", character, StringComparison.Ordinal), ConfigSeverity.Error), errors.Select(error => (error.Path, error.Severity)).Single());
        }
    }

    [Theory]
    [InlineData("https://hooks.example.com/in?")]
    [InlineData("https://hooks.example.com/i?n")]
    [InlineData("https://hooks.exa?mple.com/in")]
    [InlineData("?https://hooks.example.com/in")]
    public void ConfiguredUrl_IsRefused(string url)
    {
        foreach (var character in Characters)
            Assert.NotNull(WebhookAddress.ProblemOf(url.Replace("?", character, StringComparison.Ordinal)));
    }

    /// <summary>Where an input is spoilt, and the path that names it.</summary>
    public static TheoryData<string, string> Inputs => new()
    {
        { """ "headers": {"X?A": "b"} """, "headers.X?A" },
        { """ "headers": {"X-A": "b?X-C: d"} """, "headers.X-A" },
        { """ "headers": {"X-A": "b?"} """, "headers.X-A" },
        { """ "path": "a?b" """, "path" },
        { """ "path": "a? HTTP/1.1" """, "path" },
        { """ "event_type": "a?b" """, "event_type" },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task Input_IsRefusedWithItsPath_AndNothingIsSent(string members, string path)
    {
        foreach (var character in Characters)
        {
            var failure = await test.FailAsync(WebhookTest.Config(), WebhookTest.Input(more: Spoilt(members, character)));

            Assert.Equal((FailureKind.InvalidInput, Effect.None), (failure.Kind, failure.Effect));
            Assert.Equal(path.Replace("?", character, StringComparison.Ordinal), Assert.Single(failure.Errors).Path);
            Assert.DoesNotContain(failure.Message, char.IsControl);
        }

        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [InlineData("%0d%0a")]
    [InlineData("%0D")]
    [InlineData("%0a")]
    [InlineData("%00")]
    [InlineData("%1b")]
    [InlineData("%7f")]
    [InlineData("%c2%85")]
    public async Task InputPath_Encoded_IsRefusedAllTheSame(string encoded)
    {
        var failure = await test.FailAsync(WebhookTest.Config(), WebhookTest.Input(more: $"\"path\": \"a{encoded}b\""));

        Assert.Equal("path", Assert.Single(failure.Errors).Path);
        Assert.Empty(test.Wire.Requests);
    }

    /// <summary>A parameter is text, and text has lines; in an address they are percent-encoded and nothing else.</summary>
    [Fact]
    public async Task InputQuery_IsSentPercentEncoded()
    {
        var sent = await test.SendAsync(
            WebhookTest.Config(), WebhookTest.Input(more: """ "query": {"a\r\nX-A: b": "c HTTP/1.1\r\nX-C: d\u0000\u0085"} """));

        Assert.Equal("?tenant=7&a%0D%0AX-A%3A%20b=c%20HTTP%2F1.1%0D%0AX-C%3A%20d%00%C2%85", sent.Uri.Query);
        Assert.DoesNotContain(sent.Headers, header => header.Key is "X-A" or "X-C");
    }

    // As JSON writes it: the raw character would not be JSON.
    private static string Spoilt(string members, string character) =>
        members.Replace("?", JsonSerializer.Serialize(character)[1..^1], StringComparison.Ordinal);
}
