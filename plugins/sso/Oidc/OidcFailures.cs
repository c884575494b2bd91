using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Oidc;

/// <summary>What goes wrong with an issuer, as opposed to a login that is refused.</summary>
internal static class OidcFailures
{
    private const int LongestWord = 60;

    public static IntegrationException InvalidConfiguration(string message) => NoEffect(FailureKind.InvalidConfiguration, message);

    public static IntegrationException NoEffect(FailureKind kind, string message) => new(kind, message) { Effect = Effect.None };

    /// <summary>An OAuth error and, where its description begins with one, the vendor's own number (<c>AADSTS50105</c>). The rest of a
    /// description names people.</summary>
    public static string Word(string error, string? description)
    {
        var code = description?.Split(':', ' ')[0] ?? "";
        var isCode = code.Length is > 4 and < 20 && char.IsAsciiLetterUpper(code[0]) && char.IsAsciiDigit(code[^1])
            && code.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));
        return $"{LoginTrace.Shown(error.Length > LongestWord ? error[..LongestWord] : error)}{(isCode ? $" ({code})" : "")}";
    }
}
