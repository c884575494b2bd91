using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests;

public sealed class SlackWebhookTests : IAsyncDisposable
{
    private readonly SlackTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task Post_Ok_SendsTheMessageAlone()
    {
        test.Wire.Next(Answer(200, "ok"));

        var output = await test.RunAsync(
            "post_message", """{"markdown": "**a**", "blocks": [{"type": "divider"}], "thread_ts": "1.2", "unfurl_links": false}""", SlackTest.WebhookConfig());

        Assert.Equal(("POST", SlackTest.WebhookUrl, null), (test.Sent.Method, test.Sent.Uri.AbsoluteUri, test.Sent.Header("Authorization")));
        SlackTest.AssertJson("""{"text": "*a*", "blocks": [{"type": "divider"}], "thread_ts": "1.2", "unfurl_links": false}""", test.Sent.BodyJson);
        SlackTest.AssertJson("""{"warnings": []}""", output);
    }

    [Theory]
    [InlineData(400, "invalid_payload", FailureKind.InvalidInput, false)]
    [InlineData(400, "invalid_blocks", FailureKind.InvalidInput, false)]
    [InlineData(400, "no_text", FailureKind.InvalidInput, false)]
    [InlineData(400, "user_not_found", FailureKind.NotFound, false)]
    [InlineData(403, "action_prohibited", FailureKind.Forbidden, false)]
    [InlineData(403, "posting_to_general_channel_denied", FailureKind.Forbidden, false)]
    [InlineData(403, "invalid_token", FailureKind.Rejected, true)]
    [InlineData(404, "channel_not_found", FailureKind.NotFound, false)]
    [InlineData(404, "no_service", FailureKind.Rejected, true)]
    [InlineData(404, "no_team", FailureKind.Rejected, true)]
    [InlineData(404, "<html>", FailureKind.Rejected, false)]
    [InlineData(410, "channel_is_archived", FailureKind.Rejected, false)]
    [InlineData(410, "no_service", FailureKind.Rejected, true)]
    [InlineData(410, "", FailureKind.Rejected, true)]
    [InlineData(401, "", FailureKind.Unauthorized, false)]
    [InlineData(418, "teapot", FailureKind.Rejected, false)]
    public async Task Post_Refused_IsItsKindOfFailure(int status, string word, FailureKind kind, bool gone)
    {
        test.Wire.Next(Answer(status, word));

        var failure = await FailAsync();

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal(gone ? UnusableReason.EndpointGone : null, failure.MakesUnusable);
        Assert.DoesNotContain("s3cretpart", failure.ToString());
    }

    [Theory]
    [InlineData(200, "<html>vendor words</html>", FailureKind.Unavailable)]
    [InlineData(200, "", FailureKind.Unavailable)]
    [InlineData(500, "rollup_error", FailureKind.Unavailable)]
    [InlineData(503, "vendor words", FailureKind.Unavailable)]
    [InlineData(302, "", FailureKind.InvalidConfiguration)]
    public async Task Post_NobodyKnows_MayHaveHadAnEffect(int status, string word, FailureKind kind)
    {
        test.Wire.Next(Answer(status, word));

        var failure = await FailAsync();

        Assert.Equal((kind, Effect.Possible), (failure.Kind, failure.Effect));
        Assert.DoesNotContain("vendor words", failure.Message);
    }

    [Fact]
    public async Task Post_TransportFails_IsItsKindOfFailure()
    {
        test.Wire.Next(HttpAnswers.Cut(), HttpAnswers.Refused(), HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(30)), HttpAnswers.Endless());

        var (cut, refused, limited, endless) = (await FailAsync(), await FailAsync(), await FailAsync(), await FailAsync());

        Assert.Equal((FailureKind.Unavailable, Effect.Possible), (cut.Kind, cut.Effect));
        Assert.Equal((FailureKind.Unavailable, Effect.None), (refused.Kind, refused.Effect));
        Assert.Equal((FailureKind.RateLimited, Effect.None, TimeSpan.FromSeconds(30)), (limited.Kind, limited.Effect, limited.RetryAfter));
        Assert.Equal(FailureKind.Rejected, endless.Kind);
    }

    [Theory]
    [InlineData("\"channel\": \"#general\"", "channel")]
    [InlineData("\"username\": \"a\"", "username")]
    [InlineData("\"icon_emoji\": \":a:\"", "icon_emoji")]
    [InlineData("\"icon_url\": \"https://e.com\"", "icon_url")]
    [InlineData("\"thread_ts\": \"1.2\", \"reply_broadcast\": true", "reply_broadcast")]
    [InlineData("\"mentions\": [\"bob@example.com\"]", "mentions[0]")]
    public async Task Post_WhatAWebhookCannot_IsRefused(string member, string path)
    {
        var failure = await test.FailAsync("post_message", $$"""{"text": "a", {{member}}}""", SlackTest.WebhookConfig());

        Assert.Equal(path, Assert.Single(failure.Errors).Path);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task Post_MentionsById_NeedNoLookUp()
    {
        test.Wire.Next(Answer(200, "ok"));

        await test.RunAsync("post_message", """{"text": "a", "mentions": ["U0ALICE01", "channel"]}""", SlackTest.WebhookConfig());

        Assert.Equal("<@U0ALICE01> <!channel> a", test.Sent.BodyJson!["text"]!.GetValue<string>());
    }

    private async Task<IntegrationException> FailAsync()
    {
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(1));
        return await test.FailAsync("post_message", """{"text": "a"}""", SlackTest.WebhookConfig());
    }

    private static HttpAnswer Answer(int status, string word) => HttpAnswers.Content((HttpStatusCode)status, () => new StringContent(word));
}
