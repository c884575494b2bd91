using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Slack;

/// <summary>What Slack lets us in by.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(BotTokenAuth), "bot_token")]
[JsonDerivedType(typeof(IncomingWebhookAuth), "incoming_webhook")]
public abstract record SlackAuth;

/// <summary>The bot of a Slack app that is installed in the workspace.</summary>
[Display(Name = "Bot token")]
public sealed record BotTokenAuth : SlackAuth
{
    /// <summary>The Bot User OAuth Token, <c>xoxb-…</c>.</summary>
    [Display(Name = "Bot token", Order = 10, Prompt = "xoxb-…",
        Description = "The Bot User OAuth Token of the Slack app, from OAuth & Permissions at api.slack.com/apps. It begins with xoxb-.")]
    [SecretFor("environment")]
    public required SecretString BotToken { get; init; }
}

/// <summary>An incoming webhook: an address that posts to one channel and is itself the secret.</summary>
[Display(Name = "Incoming webhook")]
public sealed record IncomingWebhookAuth : SlackAuth
{
    /// <summary>The address, <c>https://hooks.slack.com/services/T…/B…/…</c>.</summary>
    [Display(Name = "Webhook URL", Order = 10, Prompt = "https://hooks.slack.com/services/…",
        Description = "The whole address, from Incoming Webhooks of the Slack app. Whoever knows it can post, so it is kept like a password.")]
    [SecretFor("environment")]
    public required SecretString WebhookUrl { get; init; }
}
