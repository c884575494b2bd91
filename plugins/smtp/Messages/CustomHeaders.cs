using System.Collections.Frozen;

namespace Vaka.Plugins.Smtp.Messages;

/// <summary>The headers that a caller may add. Those that say who sends what to whom, how it is encoded and which way it came belong to the
/// message itself and to the servers.</summary>
internal static class CustomHeaders
{
    public const int Max = 50;

    private const int MaxName = 76;
    private const int MaxValue = 4096;

    private static readonly FrozenSet<string> Owned = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Apparently-To", "Subject", "Date", "Message-Id",
        "Return-Path", "Received", "Delivered-To", "DKIM-Signature", "DomainKey-Signature", "Authentication-Results", "Received-SPF");

    private static readonly string[] OwnedPrefixes = ["MIME-", "Content-", "Resent-", "ARC-", "X-Google-DKIM-"];

    /// <summary>What is wrong with a header; <c>null</c>: nothing.</summary>
    public static string? Problem(string name, string value)
    {
        if (name.Length is 0 or > MaxName || name.Any(c => c is <= ' ' or >= '\x7f' or ':'))
        {
            return $"A header's name has 1 to {MaxName} visible ASCII characters and no colon.";
        }

        if (Owned.Contains(name) || OwnedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        {
            return "This header belongs to the message itself and cannot be set. Use the input's own fields for sender, recipients, "
                + "subject and content.";
        }

        if (value.Length > MaxValue || ControlCharacters.ButTabIn(value))
        {
            return $"A header's value is one line of at most {MaxValue} characters without control characters.";
        }

        return null;
    }
}
