using Vaka.Plugins.Slack.Conversations;

namespace Vaka.Plugins.Slack;

/// <summary>Rules that span several fields, or that no attribute can say.</summary>
internal static class SlackConfigValidator
{
    public static IEnumerable<ConfigError> Validate(SlackConfig config)
    {
        switch (config.Auth)
        {
            case BotTokenAuth bot:
                if (ProblemOfToken(bot.BotToken.Reveal()) is { } problem) yield return new("auth.bot_token", problem);
                if (config.DefaultChannel is { } channel && !ConversationReference.TryParse(channel, out _))
                {
                    yield return new("default_channel", ConversationReference.Expected);
                }

                break;
            case IncomingWebhookAuth webhook:
                if (SlackHosts.Of(config).ProblemOfWebhook(webhook.WebhookUrl.Reveal()) is { } wrong)
                {
                    yield return new("auth.webhook_url", wrong);
                }

                if (config.DefaultChannel is not null)
                {
                    yield return new("default_channel", "An incoming webhook posts to the channel that it was made for: leave this empty.");
                }

                break;
        }
    }

    private static string? ProblemOfToken(string token) => token switch
    {
        _ when token.Length > 512 || token.Any(c => c <= ' ' || c >= '\x7f') =>
            "Give the token alone, without spaces or line breaks.",
        _ when token.StartsWith("xoxe", StringComparison.Ordinal) =>
            "This token ends after twelve hours, since token rotation is switched on for the Slack app. Use an app without it.",
        _ when token.StartsWith("xoxp-", StringComparison.Ordinal) =>
            "This is a person's token. Give the Bot User OAuth Token, which begins with xoxb-.",
        _ when token.StartsWith("xapp-", StringComparison.Ordinal) =>
            "This is an app-level token, which cannot post. Give the Bot User OAuth Token, which begins with xoxb-.",
        _ when !token.StartsWith("xoxb-", StringComparison.Ordinal) || token.Length < 10 =>
            "Give the Bot User OAuth Token of the Slack app: it begins with xoxb-.",
        _ => null,
    };
}
