using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests;

/// <summary>Every action meets every failure: a new action is in here by itself.</summary>
public sealed class SlackFailuresTests : IAsyncDisposable
{
    private const string Words = "vendor words <b>secret</b>";
    private readonly SlackTest test = new();

    public static TheoryData<string, string> Matrix
    {
        get
        {
            var matrix = new TheoryData<string, string>();
            foreach (var action in new SlackProvider().Actions)
            {
                foreach (var failure in Failures.Keys) matrix.Add(action.Name, failure);
            }

            return matrix;
        }
    }

    private static Dictionary<string, (HttpAnswer Answer, FailureKind Kind, Effect Effect, double? Wait)> Failures => new()
    {
        ["error"] = (SlackTest.Error("channel_not_found"), FailureKind.NotFound, Effect.None, null),
        ["unknown error"] = (SlackTest.Error("brand_new_error"), FailureKind.Rejected, Effect.Possible, null),
        ["error that is no code"] = (SlackTest.Error(Words), FailureKind.Unavailable, Effect.Possible, null),
        ["ok is missing"] = (HttpAnswers.Json("{}"), FailureKind.Unavailable, Effect.Possible, null),
        ["ok is no boolean"] = (HttpAnswers.Json("""{"ok": "true"}"""), FailureKind.Unavailable, Effect.Possible, null),
        ["a list"] = (HttpAnswers.Json("[]"), FailureKind.Unavailable, Effect.Possible, null),
        ["internal_error"] = (SlackTest.Error("internal_error"), FailureKind.Unavailable, Effect.Possible, null),
        ["ratelimited with 200"] = (SlackTest.Error("ratelimited").WithHeader("Retry-After", "9"), FailureKind.RateLimited, Effect.None, 9),
        ["302"] = (HttpAnswers.Redirect("https://elsewhere.example.com/"), FailureKind.InvalidConfiguration, Effect.Possible, null),
        ["401"] = (HttpAnswers.Json(HttpStatusCode.Unauthorized, """{"ok": false, "error": "invalid_auth"}"""), FailureKind.Unauthorized, Effect.None, null),
        ["401 bare"] = (HttpAnswers.Status(HttpStatusCode.Unauthorized), FailureKind.Unauthorized, Effect.None, null),
        ["403"] = (HttpAnswers.Html(HttpStatusCode.Forbidden, Words), FailureKind.Forbidden, Effect.None, null),
        ["404"] = (HttpAnswers.Html(HttpStatusCode.NotFound, Words), FailureKind.NotFound, Effect.None, null),
        ["429"] = (HttpAnswers.Json(HttpStatusCode.TooManyRequests, """{"ok": false, "error": "ratelimited"}""").WithHeader("Retry-After", "30"), FailureKind.RateLimited, Effect.None, 30),
        ["429 bare"] = (HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)), FailureKind.RateLimited, Effect.None, 7),
        ["500"] = (HttpAnswers.Html(HttpStatusCode.InternalServerError, Words), FailureKind.Unavailable, Effect.Possible, null),
        ["503"] = (HttpAnswers.RetryAfter(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(60)), FailureKind.Unavailable, Effect.Possible, 60),
        ["HTML instead of JSON"] = (HttpAnswers.Html(HttpStatusCode.OK, Words), FailureKind.Unavailable, Effect.Possible, null),
        ["refused"] = (HttpAnswers.Refused(), FailureKind.Unavailable, Effect.None, null),
        ["cut"] = (HttpAnswers.Cut(), FailureKind.Unavailable, Effect.Possible, null),
        ["cut in the body"] = (HttpAnswers.CutInBody(HttpStatusCode.OK), FailureKind.Unavailable, Effect.Possible, null),
        ["body over the cap"] = (HttpAnswers.Endless(), FailureKind.Rejected, Effect.Possible, null),
    };

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task InvokeAsync_VendorFails_IsItsKindOfFailure(string action, string failure)
    {
        var (answer, kind, effect, wait) = Failures[failure];
        test.Wire.Next(answer);

        var thrown = await test.FailAsync(action, SlackTest.Inputs[action]);

        // What only reads, and what nobody can see before a last step, has no effect whatever happens.
        var harmless = test.ActionOf(action).IsReadOnly || action is "upload_file";
        Assert.Equal((kind, harmless ? Effect.None : effect), (thrown.Kind, thrown.Effect));
        Assert.Equal(wait, thrown.RetryAfter?.TotalSeconds);
        Assert.DoesNotContain("vendor words", thrown.ToString());
        Assert.DoesNotContain(SlackTest.Token, thrown.ToString());
        Assert.Single(test.Wire.Requests);
        test.Host.Log.AssertNever(SlackTest.Token);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task UploadFile_LastStepFails_IsItsKindOfFailure(string action, string failure)
    {
        if (action is not "upload_file") return;
        var (answer, kind, effect, _) = Failures[failure];
        test.Wire.Next([.. SlackTest.Success(action)[..2], answer]);

        var thrown = await test.FailAsync(action, SlackTest.Inputs[action]);

        Assert.Equal((kind, effect), (thrown.Kind, thrown.Effect));
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task InvokeAsync_NoAnswer_LeavesTheTimeoutToTheHost(string action)
    {
        test.Wire.Next(HttpAnswers.Timeout());
        using var deadline = new CancellationTokenSource();

        var call = test.RunAsync(action, SlackTest.Inputs[action], cancellationToken: deadline.Token);
        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task InvokeAsync_Webhook_OnlyPosts(string action)
    {
        if (action is "post_message") return;

        var failure = await test.FailAsync(action, SlackTest.Inputs[action], SlackTest.WebhookConfig());

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("bot_token", failure.Message);
        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task PreviewAsync_SendsNothing(string action)
    {
        var input = test.InputOf(action, SlackTest.Inputs[action]);

        var preview = await test.ActionOf(action).PreviewAsync(input, SlackTest.Bind(SlackTest.BotConfig()), test.Host.Create(), CancellationToken.None);

        Assert.Equal(test.ActionOf(action).IsReadOnly || action is "add_reaction" or "open_conversation", preview is null);
        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task InvokeAsync_GovSlack_AsksItsHost(string action)
    {
        var success = SlackTest.Success(action);
        if (action is "upload_file") success[0] = SlackTest.Ok("\"upload_url\": \"https://files.slack-gov.com/upload/v1/ABC123\", \"file_id\": \"F0FILE001\"");
        test.Wire.Next(success);

        await test.RunAsync(action, SlackTest.Inputs[action], SlackTest.BotConfig("\"environment\": \"gov\""));

        Assert.All(test.Wire.Requests, request => Assert.EndsWith("slack-gov.com", request.Uri.Host));
    }

    public static TheoryData<string> Actions => [.. new SlackProvider().Actions.Select(action => action.Name)];

    [Theory]
    [InlineData("invalid_auth", FailureKind.Unauthorized)]
    [InlineData("token_revoked", FailureKind.Unauthorized)]
    [InlineData("account_inactive", FailureKind.Unauthorized)]
    [InlineData("not_in_channel", FailureKind.Forbidden)]
    [InlineData("restricted_action", FailureKind.Forbidden)]
    [InlineData("is_archived", FailureKind.Rejected)]
    [InlineData("invalid_blocks", FailureKind.InvalidInput)]
    [InlineData("msg_too_long", FailureKind.InvalidInput)]
    [InlineData("fatal_error", FailureKind.Unavailable)]
    [InlineData("service_unavailable", FailureKind.Unavailable)]
    [InlineData("rate_limited", FailureKind.RateLimited)]
    [InlineData("duplicate_message_not_found", FailureKind.OutcomeUnknown)]
    [InlineData("invalid_form_data", FailureKind.Unexpected)]
    public async Task PostMessage_ErrorCode_IsItsKindOfFailure(string code, FailureKind kind)
    {
        test.Wire.Next(SlackTest.Error(code));

        var failure = await test.FailAsync("post_message", SlackTest.Inputs["post_message"]);

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(code, failure.Message);
    }

    [Fact]
    public void ErrorCodes_EachSaysWhatToDo() => Assert.All(SlackError.Codes, code => Assert.EndsWith(".", SlackError.Of(code).Hint));

    [Fact]
    public async Task MissingScope_NamesWhatIsNeededAndWhatIsThere()
    {
        test.Wire.Next(SlackTest.Error("missing_scope", """ "needed": "chat:write:bot", "provided": "identify,channels:read" """));

        var failure = await test.FailAsync("post_message", SlackTest.Inputs["post_message"]);

        Assert.Equal((FailureKind.Forbidden, Effect.None), (failure.Kind, failure.Effect));
        Assert.StartsWith("The Slack app lacks the scope chat:write:bot (it has identify, channels:read).", failure.Message);
    }

    [Fact]
    public async Task MissingScope_HostileNames_AreStripped()
    {
        test.Wire.Next(SlackTest.Error("missing_scope", """ "needed": "a\u0000<script>\r\nb", "provided": 7 """));

        var failure = await test.FailAsync("post_message", SlackTest.Inputs["post_message"]);

        Assert.StartsWith("The Slack app lacks the scope ascriptb (it has none that it names).", failure.Message);
    }

    [Fact]
    public async Task InvalidBlocks_PointersBecomePaths()
    {
        test.Wire.Next(SlackTest.Error("invalid_blocks", """
            "response_metadata": {"messages": ["[ERROR] must be less than 3001 characters\u0007 [json-pointer:/blocks/0/text/text]", "free words"]}
            """));

        var failure = await test.FailAsync("post_message", SlackTest.Inputs["post_message"]);

        Assert.Equal(new FieldError("blocks[0].text.text", "must be less than 3001 characters"), Assert.Single(failure.Errors));
    }

    [Fact]
    public async Task Warnings_AreAnsweredAndRemarksOnTheRequestAreNot()
    {
        test.Wire.Next(SlackTest.Ok($$"""
            "channel": "C0GENERAL", "ts": "{{SlackTest.Ts}}", "warning": "missing_charset,something_odd",
            "response_metadata": {"warnings": ["something_odd", "superfluous_charset"], "messages": ["[WARN] A problem\r\n with blocks", 7]}
            """));

        var output = await test.RunAsync("post_message", SlackTest.Inputs["post_message"]);

        SlackTest.AssertJson("""["something_odd", "[WARN] A problem with blocks"]""", output["warnings"]);
    }

    [Fact]
    public async Task PostMessage_OkWithoutTimestamp_IsNotCalledDone()
    {
        test.Wire.Next(SlackTest.Ok());

        var failure = await test.FailAsync("post_message", SlackTest.Inputs["post_message"]);

        Assert.Equal((FailureKind.OutcomeUnknown, Effect.Possible), (failure.Kind, failure.Effect));
    }
}
