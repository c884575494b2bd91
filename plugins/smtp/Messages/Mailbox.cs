using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MimeKit;

namespace Vaka.Plugins.Smtp.Messages;

/// <summary>One address, written <c>a@b</c> or <c>Name &lt;a@b&gt;</c>. Nothing else of what RFC 5322 allows is taken: comments, groups,
/// routes and quoted local parts are where parsers disagree, and where two of them disagree mail goes astray.</summary>
internal sealed record Mailbox(string? Name, string Local, string Domain)
{
    private const string AtomSymbols = "!#$%&'*+-/=?^_`{|}~";
    private const string NotAnAddress = "This is not an address. Write it as a@b or Name <a@b>.";

    /// <summary>As people write it.</summary>
    public string Address => $"{Local}@{Domain}";

    /// <summary>Whether only a server with SMTPUTF8 can take it. A domain alone can always be written in ASCII.</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(Local);

    /// <summary>The domain in ASCII.</summary>
    public string AsciiDomain => Ascii.IsValid(Domain) ? Domain : MailboxAddress.EncodeAddrspec($"x@{Domain}")[2..];

    public static bool TryParse(string text, [NotNullWhen(true)] out Mailbox? mailbox, [NotNullWhen(false)] out string? problem)
    {
        mailbox = null;
        problem = ControlCharacters.In(text) ? "An address is one line without control characters." : null;
        if (problem is not null)
        {
            return false;
        }

        var (name, address) = Split(text.Trim());
        var at = address.LastIndexOf('@');
        if (name is not null && name.Contains('@', StringComparison.Ordinal) && !text.TrimStart().StartsWith('"'))
        {
            problem = "Give one address only, written as a@b or Name <a@b>; put a name that holds an @ in quotes.";
        }
        else if (at <= 0 || !IsLocal(address.AsSpan(0, at)) || !IsDomain(address.AsSpan(at + 1)))
        {
            problem = NotAnAddress;
        }
        else
        {
            mailbox = new(string.IsNullOrEmpty(name) ? null : name, address[..at], address[(at + 1)..]);
        }

        return problem is null;
    }

    // "Name <a@b>" in its two parts; the name without the quotes that may surround it.
    private static (string? Name, string Address) Split(string text)
    {
        var open = text.LastIndexOf('<');
        if (open < 0 || text[^1] != '>')
        {
            return (null, text);
        }

        var name = text[..open].Trim();
        var address = text[(open + 1)..^1];
        if (name is ['"', .., '"'])
        {
            return (name[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal), address);
        }

        // A second pair of brackets belongs to another address: the whole is answered, which is none.
        return name.AsSpan().ContainsAny('<', '>') ? (null, text) : (name, address);
    }

    private static bool IsLocal(ReadOnlySpan<char> local)
    {
        if (local.Length > 64 || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var rune in local.EnumerateRunes())
        {
            if (!(Rune.IsLetterOrDigit(rune) || rune.Value == '.' || IsMark(rune)
                || (rune.IsAscii && AtomSymbols.Contains((char)rune.Value, StringComparison.Ordinal))))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        if (domain.Length is 0 or > 253)
        {
            return false;
        }

        foreach (var range in domain.Split('.'))
        {
            var label = domain[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (var rune in label.EnumerateRunes())
            {
                if (!(Rune.IsLetterOrDigit(rune) || rune.Value == '-' || IsMark(rune)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // Combining marks: "é" may be written as two.
    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
