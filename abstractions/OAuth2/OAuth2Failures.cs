using System.Text.Json;

namespace Vaka.Plugins;

/// <summary>What goes wrong at the token endpoint. The call itself was not made yet, so the effect is always none.</summary>
internal static class OAuth2Failures
{
    public static IntegrationException NotConnected() => new(
        FailureKind.Unauthorized, "Nobody has given consent for this integration yet. Open it in /integrations page and press Connect.")
    {
        Effect = Effect.None, MakesUnusable = UnusableReason.NeedsReauthorization,
    };

    public static IntegrationException NoToken(OAuth2Settings settings) => NoEffect(
        FailureKind.InvalidConfiguration,
        $"{settings.TokenUrl.Host} answered without an access token. Check that the token URL is an OAuth 2 token endpoint.");

    public static IntegrationException Refused(OAuth2Settings settings, ApiAnswer answer, bool refreshes)
    {
        var (server, error) = (settings.TokenUrl.Host, ErrorOf(answer.Json));
        var code = error is null ? $"{answer.StatusCode}" : $"{answer.StatusCode}, {error}";
        return (answer.StatusCode, error) switch
        {
            (429, _) => Later(FailureKind.RateLimited, $"{server} limits how often access tokens are fetched. Try again later."),
            (>= 500, _) or (408, _) => Later(FailureKind.Unavailable, $"{server} cannot give an access token now ({code}). Try again later."),
            // The last three are of OpenID Connect Core, section 3.1.2.6: what was consented to no longer suffices without the person.
            (_, "invalid_grant" or "interaction_required" or "consent_required" or "login_required") when refreshes => ConsentGone(settings),
            (_, "invalid_grant") when settings.Grant is OAuth2Grant.AuthorizationCode => NoEffect(
                FailureKind.Unauthorized, $"{server} no longer takes this consent. Press Connect and give it again."),
            (_, "invalid_grant") => NoEffect(
                FailureKind.Unauthorized, $"{server} refused the user name or password ({code}). Check both."),
            (_, "invalid_client" or "unauthorized_client" or "access_denied") or (401 or 403, _) => NoEffect(
                FailureKind.Unauthorized, $"{server} refused the application ({code}). Check the client id and the client secret."),
            (_, "invalid_scope") => NoEffect(FailureKind.InvalidConfiguration, $"{server} does not know the scope. Check it."),
            _ => NoEffect(
                FailureKind.InvalidConfiguration,
                $"{server} gave no access token ({code}). Check the token URL and the other OAuth 2 fields."),
        };

        IntegrationException Later(FailureKind kind, string message) =>
            new(kind, message) { Effect = Effect.None, RetryAfter = answer.RetryAfter };
    }

    public static IntegrationException NoEffect(FailureKind kind, string message) => new(kind, message) { Effect = Effect.None };

    private static IntegrationException ConsentGone(OAuth2Settings settings) => new(
        FailureKind.Unauthorized,
        settings.Grant is OAuth2Grant.AuthorizationCode
            ? $"{settings.TokenUrl.Host} no longer takes the consent that was given. Open the integration in /integrations page and press Connect."
            : $"{settings.TokenUrl.Host} no longer takes the refresh token. The account's owner has to consent again; then store the new token.")
    {
        Effect = Effect.None, MakesUnusable = UnusableReason.NeedsReauthorization,
    };

    // Error codes of RFC 6749, section 5.2, are short words; anything else stays out of the message.
    private static string? ErrorOf(JsonElement? answer) =>
        answer is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("error", out var error)
        && error is { ValueKind: JsonValueKind.String } && error.GetString() is { Length: > 0 and <= 40 } text
        && text.All(c => char.IsAsciiLetter(c) || c == '_')
            ? text
            : null;
}
