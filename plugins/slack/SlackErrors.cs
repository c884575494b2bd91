using System.Collections.Frozen;

namespace Vaka.Plugins.Slack;

/// <summary>The error codes of the methods that are called here, and those that every method shares, as
/// https://docs.slack.dev/reference/methods lists them.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Hint">What to do.</param>
/// <param name="Effect">Whether something may have been done all the same.</param>
/// <param name="Field">The input that is wrong; default: none in particular.</param>
internal sealed record SlackError(FailureKind Kind, string Hint, Effect Effect = Effect.None, string? Field = null)
{
    private const string NewToken = "The bot token is no longer good: install the app again, and store its Bot User OAuth Token.";
    private const string Wait = "Slack has a problem of its own. Try again later.";
    private const string Migrating = "The workspace is being moved to another organisation. Try again later.";
    private const string Policy = "A rule of the workspace forbids it: ask its admins.";
    private const string Arguments = "It does not take what was given: compare it with the description of the action.";
    private const string Ours = "This is a fault of the provider: report it.";
    private const string Connect = "The workspace's rules for shared channels forbid it: ask its admins.";

    public static readonly SlackError Unknown = new(
        FailureKind.Rejected, "Look the code up in the list of errors at docs.slack.dev.", Effect.Possible);

    private static readonly FrozenDictionary<string, SlackError> Known = Table().ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Codes => Known.Keys;

    public static SlackError Of(string code) => Known.GetValueOrDefault(code, Unknown);

    private static Dictionary<string, SlackError> Table()
    {
        var table = new Dictionary<string, SlackError>(StringComparer.Ordinal);

        // Who we are.
        Add(new(FailureKind.Unauthorized, NewToken),
            "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "invalid_token", "bot_not_found");

        // What the bot or the workspace does not allow.
        Add(new(FailureKind.Forbidden, "Add the scope to the Slack app under OAuth & Permissions, and install the app again."), "missing_scope");
        Add(new(FailureKind.Forbidden, "The bot is no member: invite it with /invite in that channel.", Field: "channel"), "not_in_channel");
        Add(new(FailureKind.Forbidden, "Only what this bot has posted itself can be changed."),
            "cant_update_message", "cant_delete_message", "cannot_update_message");
        Add(new(FailureKind.Forbidden, "Only an admin's or a person's token may do this, or the app has not been let into the workspace."),
            "not_allowed_token_type", "no_permission", "team_access_not_granted", "access_denied", "as_user_not_supported",
            "metadata_must_be_sent_from_app", "user_not_visible", "no_access", "app_access_restricted", "send_on_behalf_not_allowed");
        Add(new(FailureKind.Forbidden, "The messages tab of the app is switched off: switch it on under App Home."), "messages_tab_disabled");
        Add(new(FailureKind.Forbidden, Policy),
            "accesslimited", "ekm_access_denied", "enterprise_is_restricted", "two_factor_setup_required", "restricted_action",
            "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
            "restricted_action_thread_locked", "posting_to_general_channel_denied", "posting_to_channel_denied", "file_uploads_disabled",
            "file_uploads_except_images_disabled", "file_type_not_allowed", "blocked_file_type", "compliance_exports_prevent_deletion",
            "user_disabled", "user_is_external_guest");
        Add(new(FailureKind.Forbidden, Connect),
            "slack_connect_canvas_sharing_blocked", "slack_connect_file_link_sharing_blocked", "slack_connect_lists_sharing_blocked",
            "slack_connect_blocked_file_type", "slack_connect_file_upload_sharing_blocked", "slack_connect_clip_sharing_blocked");

        // What is not there.
        Add(new(FailureKind.NotFound, "There is no such conversation, or the bot cannot see it: check the id, invite the bot.", Field: "channel"),
            "channel_not_found", "invalid_channel");
        Add(new(FailureKind.NotFound, "There is no such person in this workspace."),
            "user_not_found", "users_not_found", "mention_user_not_found");
        Add(new(FailureKind.NotFound, "There is no such message in that channel: check the channel and the timestamp."),
            "message_not_found", "thread_not_found", "no_item_specified", "invalid_scheduled_message_id");
        Add(new(FailureKind.NotFound, "There is no such file."), "file_not_found", "file_deleted", "file_is_deleted");
        Add(new(FailureKind.NotFound, "Give the channel's id: a name is not enough for a token of a whole organisation.", Field: "channel"),
            "team_not_found");

        // What was given.
        Add(new(FailureKind.InvalidInput, "It does not take these blocks: try them in the Block Kit Builder.", Field: "blocks"),
            "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "block_mismatch");
        Add(new(FailureKind.InvalidInput, "The text is too long: send less, or send it as a file.", Field: "text"), "msg_too_long");
        Add(new(FailureKind.InvalidInput, "Give text.", Field: "text"), "no_text", "markdown_text_conflict");
        Add(new(FailureKind.InvalidInput, "Check the metadata: an event_type, and an event_payload of plain values.", Field: "metadata"),
            "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large");
        Add(new(FailureKind.InvalidInput, "There is no such emoji in this workspace.", Field: "name"),
            "invalid_name", "invalid_name_specials", "invalid_name_maxlength", "invalid_name_punctuation");
        Add(new(FailureKind.InvalidInput, "The time has to lie in the future, at most 120 days ahead.", Field: "post_at"),
            "time_in_past", "time_too_far", "invalid_time");
        Add(new(FailureKind.InvalidInput, "Ask for the first page again, without a cursor.", Field: "cursor"), "invalid_cursor");
        Add(new(FailureKind.InvalidInput, "Check the people: one to eight of them, none of them a bot.", Field: "users"),
            "users_list_not_supplied", "not_enough_users", "too_many_users", "invalid_user_combination", "cannot_dm_bot", "invalid_users");
        Add(new(FailureKind.InvalidInput, "This message takes no replies: give the timestamp of the message that the thread hangs on."),
            "cannot_reply_to_message", "bad_timestamp", "invalid_thread_ts", "invalid_ts");
        Add(new(FailureKind.InvalidInput, "Check the file.", Field: "file"),
            "alt_txt_too_large", "unknown_snippet_type", "unknown_subtype", "snippet_too_large", "missing_file_data");
        Add(new(FailureKind.InvalidInput, Arguments),
            "invalid_arguments", "invalid_arg_name", "invalid_array_arg", "missing_argument", "too_many_attachments",
            "attachment_payload_limit_exceeded", "too_many_contact_cards", "invalid_limit", "invalid_types", "invalid_email",
            "method_not_supported_for_channel_type", "channel_type_not_supported", "invalid_attachments", "limit_required",
            "channels_limit_exceeded", "no_dual_broadcast_content_update", "cant_broadcast_message");

        // Understood, and refused for good.
        Add(new(FailureKind.Rejected, "The channel is archived: an admin can bring it back.", Field: "channel"),
            "is_archived", "channel_is_archived", "is_inactive");
        Add(new(FailureKind.Rejected, "The message is too old to be changed."), "edit_window_closed");
        Add(new(FailureKind.Rejected, "This message takes no reactions, or its thread is locked."), "not_reactable", "thread_locked");
        Add(new(FailureKind.Rejected, "The message is a draft, or still being written: it cannot be changed now."),
            "streaming_state_conflict", "draft_already_deleted", "draft_already_sent", "draft_has_conflict", "draft_not_found");
        Add(new(FailureKind.Rejected, "The message has as many reactions as it can have."), "too_many_emoji", "too_many_reactions");
        Add(new(FailureKind.Rejected, "A channel takes at most 30 scheduled messages within five minutes: choose another time.", Field: "post_at"),
            "restricted_too_many");
        Add(new(FailureKind.Rejected, "The workspace has reached a limit of its plan: ask its admins."),
            "message_limit_exceeded", "storage_limit_reached", "file_upload_size_restricted", "file_share_limit_reached",
            "max_file_sharing_exceeded");

        // Not now.
        Add(new(FailureKind.RateLimited, "It gets too many calls. Try again later."), "ratelimited", "rate_limited");
        Add(new(FailureKind.Unavailable, Wait, Effect.Possible), "internal_error", "fatal_error", "service_unavailable", "update_failed", "file_update_failed", "unable_to_share_files");
        Add(new(FailureKind.Unavailable, "It did not get the whole request. Try again."), "request_timeout");
        Add(new(FailureKind.Unavailable, Migrating),
            "team_added_to_org", "org_login_required", "external_channel_migrating");

        // Slack knows the client_msg_id and cannot find the message that it belongs to: posted once, and removed since.
        Add(new(FailureKind.OutcomeUnknown, "Slack has had this message before and no longer finds it. Look into the channel.", Effect.Possible),
            "duplicate_message_not_found", "duplicate_channel_not_found");

        // Ours.
        Add(new(FailureKind.Unexpected, Ours),
            "invalid_charset", "invalid_form_data", "invalid_post_type", "missing_post_type", "invalid_json", "json_not_object",
            "unknown_method", "method_deprecated", "deprecated_endpoint", "not_implemented");
        return table;

        void Add(SlackError error, params ReadOnlySpan<string> codes)
        {
            foreach (var code in codes) table.Add(code, error);
        }
    }
}
