using System.Buffers.Text;
using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Tokens;

/// <summary>A signed token (RFC 7515, compact) taken apart strictly; nothing of it is believed yet. Claims are later read from the very
/// octets that the signature covers.</summary>
internal sealed class CompactToken
{
    private const int Longest = 128 * 1024;

    private CompactToken(string text, JsonElement header, JsonElement claims) => (Text, Header, Claims) = (text, header, claims);

    public string Text { get; }

    public JsonElement Header { get; }

    public JsonElement Claims { get; }

    /// <param name="text">The token.</param>
    /// <param name="what">Such as "ID token".</param>
    /// <param name="trace">Where a refusal goes.</param>
    public static CompactToken Read(string text, string what, LoginTrace trace)
    {
        if (text.Length > Longest) throw trace.Refused("token", $"The {what} is longer than {Longest / 1024} KiB.");
        var parts = text.Split('.');
        if (parts.Length is 5)
        {
            throw trace.Refused(
                "token", $"The {what} is encrypted (JWE), which is not supported. Switch its encryption off at the identity provider.");
        }

        return parts.Length is 3 && Part(parts[0]) is { } header && Part(parts[1]) is { } claims
            ? new(text, header, claims)
            : throw trace.Refused("token", $"The {what} is not a well-formed signed token, or names a member twice.");
    }

    private static JsonElement? Part(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && text.Length % 4 is not 1
            ? StrictJson.Object(Base64Url.DecodeFromChars(text))
            : null;
}
