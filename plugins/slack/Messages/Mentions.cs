using System.Text;
using System.Text.RegularExpressions;
using Vaka.Plugins.Slack.Conversations;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>Whom a message is addressed to, as Slack writes it: <c>&lt;@U…&gt;</c>, <c>&lt;!subteam^S…&gt;</c>, <c>&lt;!here&gt;</c>.</summary>
internal static partial class Mentions
{
    /// <summary>The text to begin with, such as <c>&lt;@U1&gt; &lt;!here&gt; </c>; empty when nobody is mentioned.</summary>
    /// <param name="mentions">What the caller gave.</param>
    /// <param name="resolver">Finds people; <c>null</c>: the integration is a webhook and cannot.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<string> WriteAsync(
        IReadOnlyList<string> mentions, ConversationResolver? resolver, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        for (var index = 0; index < mentions.Count; index++)
        {
            var (mention, path) = (mentions[index].Trim(), $"mentions[{index}]");
            text.Append(mention switch
            {
                "here" or "channel" or "everyone" => $"<!{mention}>",
                _ when GroupPattern.IsMatch(mention) => $"<!subteam^{mention}>",
                _ when ConversationReference.TryParse(mention, out var reference) && reference.IsPerson =>
                    $"<@{await PersonAsync(reference, path, resolver, cancellationToken).ConfigureAwait(false)}>",
                _ => throw SlackFailures.InvalidInput(
                    path,
                    "Give a person's id (U0123456789), e-mail address or @name, a user group's id (S0123456789), or here, channel or everyone."),
            }).Append(' ');
        }

        return text.ToString();
    }

    private static async Task<string> PersonAsync(
        ConversationReference person, string path, ConversationResolver? resolver, CancellationToken cancellationToken) =>
        person.Kind is ReferenceKind.PersonId ? person.Value
        : resolver is null ? throw SlackFailures.InvalidInput(
            path, "An incoming webhook cannot look people up: give the person's id (U0123456789).")
        : await resolver.PersonAsync(person, path, cancellationToken).ConfigureAwait(false);

    [GeneratedRegex(@"\AS[A-Z0-9]{6,20}\z")]
    private static partial Regex GroupPattern { get; }
}
