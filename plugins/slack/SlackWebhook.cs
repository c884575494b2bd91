using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack;

/// <summary>Posts to an incoming webhook, which answers in words: <c>ok</c>, or why not.</summary>
internal static class SlackWebhook
{
    public static async Task PostAsync(
        IncomingWebhookAuth auth, JsonObject message, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var address = auth.WebhookUrl.Reveal();
        if (SlackHosts.Of(config).ProblemOfWebhook(address) is { } problem)
        {
            throw SlackFailures.NoEffect(FailureKind.InvalidConfiguration, problem);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address)) { Content = SlackClient.Json(message) };
        var answer = await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken, 64 * 1024).ConfigureAwait(false);
        var word = WordOf(answer);
        if (!answer.IsSuccess) throw Refused(answer, word);
        if (word is not "ok")
        {
            throw answer.ToFailure(
                "Something answered the webhook that is not Slack, such as a proxy on the way. Check the network, and try again later.",
                FailureKind.Unavailable);
        }
    }

    // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
    private static IntegrationException Refused(ApiAnswer answer, string? word) => (answer.StatusCode, word) switch
    {
        (429, _) => answer.ToFailure("Slack answered 429: the webhook gets too many messages."),
        (_, "no_service" or "no_service_id" or "no_team" or "team_disabled" or "no_active_hooks" or "invalid_token") => answer.ToFailure(
            $"The webhook is gone ({word}): it was removed, or its app was. Make a new one in the Slack app, store it, and activate the "
            + "integration again.",
            FailureKind.Rejected, makesUnusable: UnusableReason.EndpointGone),
        (_, "channel_is_archived") => answer.ToFailure("The webhook's channel is archived: an admin can bring it back.", FailureKind.Rejected),
        (_, "channel_not_found") => answer.ToFailure("The webhook's channel is gone: make a new webhook.", FailureKind.NotFound),
        (_, "user_not_found") => answer.ToFailure("The person whom the webhook writes to is gone: make a new webhook.", FailureKind.NotFound),
        (_, "action_prohibited" or "posting_to_general_channel_denied") => answer.ToFailure(
            $"A rule of the workspace forbids the webhook to post here ({word}): ask its admins.", FailureKind.Forbidden),
        (_, "invalid_payload") => answer.ToFailure("Slack does not take this message (invalid_payload): check the blocks.", FailureKind.InvalidInput),
        (_, { } code) when SlackError.Codes.Contains(code) => new IntegrationException(
            SlackError.Of(code).Kind, $"Slack answered {code}. {SlackError.Of(code).Hint}")
        {
            Effect = SlackError.Of(code).Effect,
        },
        (404 or 410, _) => answer.ToFailure(
            $"The webhook is gone ({answer.StatusCode}). Make a new one in the Slack app, store it, and activate the integration again.",
            FailureKind.Rejected, makesUnusable: answer.StatusCode is 410 ? UnusableReason.EndpointGone : null),
        ( >= 500, _) => answer.ToFailure($"Slack answered {answer.StatusCode}: it has a problem of its own. Try again later."),
        _ => answer.ToFailure($"Slack answered {answer.StatusCode} to the webhook. Check its address."),
    };

    // The words are ASCII; a page of something in between is none of them.
    private static string? WordOf(ApiAnswer answer)
    {
        if (answer.Body.Length is 0 or > 80) return null;
        var text = Encoding.UTF8.GetString(answer.Body.Span).Trim();
        return text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_') ? text : null;
    }
}
