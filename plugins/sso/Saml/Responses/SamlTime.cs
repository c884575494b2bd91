using System.Globalization;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>Times as SAML wants them (core 1.3.3): UTC, ending in Z.</summary>
internal static class SamlTime
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";
    private const int LongestFraction = 7;

    /// <returns><c>null</c>: the attribute is not there.</returns>
    public static DateTimeOffset? Read(XmlElement element, string name, string check)
    {
        if (element.Attribute(name) is not { } text) return null;
        return DateTimeOffset.TryParseExact(
            Shortened(text), Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new SamlRefusedException(check, $"{name} of {element.LocalName} is not a time in UTC, such as 2026-01-01T12:00:00Z.");
    }

    // Finer than a clock: some write nanoseconds.
    private static string Shortened(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point > 0 && text.Length <= 40 && text.EndsWith('Z') && text.Length - point - 2 > LongestFraction
            && !text.AsSpan(point + 1, text.Length - point - 2).ContainsAnyExceptInRange('0', '9')
            ? $"{text[..(point + 1 + LongestFraction)]}Z"
            : text;
    }
}
