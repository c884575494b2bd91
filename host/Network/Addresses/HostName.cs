using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vaka.Plugins.Host.Network.Addresses;

/// <summary>A host in the one spelling that every later step reads alike: a DNS name in ASCII, a dotted quad, or an IPv6 address.
/// Spellings that some parsers take for an address and others for a name are refused.</summary>
/// <param name="Text">Lower case, without brackets.</param>
/// <param name="Address">Set where <paramref name="Text"/> is an address.</param>
internal sealed record HostName(string Text, IPAddress? Address)
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = false, AllowUnassigned = false };

    /// <exception cref="IntegrationException"><see cref="FailureKind.InvalidConfiguration"/>. The text itself, which may hold anything, is
    /// not repeated.</exception>
    public static HostName Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw OutboundFailure.Refused("The host is empty. Enter a host name or an IP address.");
        }

        if (text.Contains(':'))
        {
            return ParseV6(text is ['[', .. var inner, ']'] ? inner : text);
        }

        if (text.EndsWith('.'))
        {
            // Certificates never carry it, and parsers disagree on what "127.0.0.1." is.
            throw OutboundFailure.Refused("The host ends in a dot. Write it without.");
        }

        var ascii = ToAscii(text);
        var labels = ascii.Split('.');
        return IsNumber(labels[^1]) ? ParseV4(ascii) : new HostName(CheckName(ascii, labels), null);
    }

    private static HostName ParseV6(string text) =>
        text.All(character => char.IsAsciiHexDigit(character) || character is ':' or '.')
        && IPAddress.TryParse(text, out var address)
        && address.AddressFamily == AddressFamily.InterNetworkV6
            ? new HostName(address.ToString(), address)
            : throw OutboundFailure.Refused(
                "The host is not an IPv6 address. Enter the host alone, without port, zone, user name or path.");

    // 127.1, 0177.0.0.1 and 0x7f.1 are addresses to some parsers and names to others.
    private static HostName ParseV4(string text) =>
        IPAddress.TryParse(text, out var address) && address.ToString() == text
            ? new HostName(text, address)
            : throw OutboundFailure.Refused(
                "The host looks like an IPv4 address in an unusual spelling. "
                + "Write four decimal numbers without leading zeros, such as 192.0.2.1.");

    // As the URL standard has it: a host whose last label is a number is an IPv4 address or nothing.
    private static bool IsNumber(string label) =>
        label.Length > 0
        && (label.All(char.IsAsciiDigit) || (label.StartsWith("0x", StringComparison.Ordinal) && label[2..].All(char.IsAsciiHexDigit)));

    private static string CheckName(string ascii, string[] labels) =>
        ascii.Length <= 253 && labels.All(IsLabel)
            ? ascii
            : throw OutboundFailure.Refused("The host is not a valid name. Enter the host alone, without scheme, port, user name or path.");

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63
        && label.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
        && label[0] != '-'
        && label[^1] != '-';

    private static string ToAscii(string text)
    {
        var lower = text.ToLowerInvariant();
        if (Ascii.IsValid(lower))
        {
            return lower;
        }

        if (!lower.EnumerateRunes().All(IsPlainLetter))
        {
            throw OutboundFailure.Refused(
                "The host has characters that look like others, such as full-width ones. Write it in plain letters, digits and dots.");
        }

        try
        {
            return Idn.GetAscii(lower);
        }
        catch (ArgumentException exception)
        {
            throw OutboundFailure.Refused("The host is not a valid international name. Write it in its ASCII form (xn--…).", exception);
        }
    }

    // IDNA maps compatibility characters (full-width, mathematical, ligatures, other dots) to plain ones. The runtime cannot, since it
    // runs without ICU, and a name in them is a trick anyway.
    private static bool IsPlainLetter(Rune rune) =>
        rune.IsAscii
        || (Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber
            && rune.Value is not ((>= 0x2000 and <= 0x2bff) or (>= 0xf900 and <= 0xffff) or (>= 0x1d400 and <= 0x1d7ff)));
}
