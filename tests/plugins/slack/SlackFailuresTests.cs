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

    // As the pages of the methods list them; already_reacted is no failure here.
    [Fact]
    public void ErrorCodes_ThatSlackDocuments_AreKnown()
    {
        const string documented = """
            access_denied accesslimited account_inactive alt_txt_too_large app_access_restricted as_user_not_supported attachment_payload_limit_exceeded
            bad_timestamp block_mismatch blocked_file_type cannot_reply_to_message cant_broadcast_message cant_delete_message cant_update_message
            channel_not_found channels_limit_exceeded deprecated_endpoint draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
            duplicate_channel_not_found duplicate_message_not_found edit_window_closed ekm_access_denied enterprise_is_restricted
            external_channel_migrating fatal_error file_deleted file_is_deleted file_not_found file_share_limit_reached file_type_not_allowed
            file_update_failed file_upload_size_restricted file_uploads_disabled file_uploads_except_images_disabled internal_error invalid_arg_name
            invalid_arguments invalid_array_arg invalid_attachments invalid_auth invalid_blocks invalid_blocks_format invalid_channel invalid_charset
            invalid_cursor invalid_form_data invalid_limit invalid_metadata_format invalid_metadata_schema invalid_name invalid_post_type invalid_time
            invalid_token invalid_types invalid_user_combination is_archived is_inactive limit_required markdown_text_conflict
            max_file_sharing_exceeded message_limit_exceeded message_not_found messages_tab_disabled metadata_must_be_sent_from_app
            metadata_too_large method_deprecated method_not_supported_for_channel_type missing_argument missing_file_data missing_post_type
            missing_scope msg_blocks_too_long msg_too_long no_access no_dual_broadcast_content_update no_item_specified no_permission no_text
            not_allowed_token_type not_authed not_enough_users not_in_channel not_reactable org_login_required posting_to_channel_denied
            rate_limited ratelimited request_timeout restricted_action restricted_action_non_threadable_channel
            restricted_action_read_only_channel restricted_action_thread_locked restricted_action_thread_only_channel restricted_too_many
            send_on_behalf_not_allowed service_unavailable slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked
            slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
            slack_connect_lists_sharing_blocked snippet_too_large storage_limit_reached streaming_state_conflict team_access_not_granted
            team_added_to_org team_not_found thread_locked time_in_past time_too_far token_expired token_revoked too_many_attachments
            too_many_contact_cards too_many_emoji too_many_reactions too_many_users two_factor_setup_required unable_to_share_files
            unknown_snippet_type unknown_subtype update_failed user_disabled user_is_external_guest user_not_found user_not_visible
            users_list_not_supplied users_not_found
            """;

        Assert.Empty(documented.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Except(SlackError.Codes));
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
