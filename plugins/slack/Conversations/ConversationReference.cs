using System.Net.Mail;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.Slack.Conversations;

/// <summary>What a reference is.</summary>
internal enum ReferenceKind
{
    ChannelId,
    ChannelName,
    PersonId,
    PersonName,
    Email,
}

/// <summary>A place or person as callers name it.</summary>
internal readonly partial record struct ConversationReference(ReferenceKind Kind, string Value)
{
    public const string Expected =
        "Give a channel's id (C0123456789) or name (#general), or a person's id (U0123456789), e-mail address or @name.";

    private const int LongestName = 80;

    public bool IsPerson => Kind is ReferenceKind.PersonId or ReferenceKind.PersonName or ReferenceKind.Email;

    public static bool TryParse(string text, out ConversationReference reference)
    {
        text = text.Trim();
        var kind = text switch
        {
            _ when ChannelPattern.IsMatch(text) => ReferenceKind.ChannelId,
            _ when PersonPattern.IsMatch(text) => ReferenceKind.PersonId,
            ['#', .. var name] when IsName(name) => ReferenceKind.ChannelName,
            ['@', .. var name] when IsPersonName(name) => ReferenceKind.PersonName,
            _ when IsEmail(text) => ReferenceKind.Email,
            _ when IsName(text) && text.ToLowerInvariant() == text => ReferenceKind.ChannelName,
            _ => (ReferenceKind?)null,
        };
        reference = new(
            kind.GetValueOrDefault(),
            kind is ReferenceKind.ChannelName or ReferenceKind.PersonName ? text.TrimStart('#', '@').ToLowerInvariant() : text);
        return kind is not null;
    }

    // Names are in any script; what Slack never has in them cannot be one.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName
        && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '#' or '@' or '<' or '>' or '&' or ',' or '.' or '/');

    private static bool IsPersonName(string text) =>
        text.Length is > 0 and <= LongestName && !text.Any(c => char.IsControl(c) || c is '#' or '@' or '<' or '>');

    private static bool IsEmail(string text) =>
        text.Length <= 254 && text.IndexOf('@', StringComparison.Ordinal) > 0 && !text.Any(char.IsWhiteSpace)
        && MailAddress.TryCreate(text, out var address) && address.Address == text;

    [GeneratedRegex(@"\A[CDG][A-Z0-9]{6,20}\z")]
    private static partial Regex ChannelPattern { get; }

    [GeneratedRegex(@"\A[UW][A-Z0-9]{6,20}\z")]
    private static partial Regex PersonPattern { get; }
}
