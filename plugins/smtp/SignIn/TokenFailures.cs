namespace Vaka.Plugins.Smtp.SignIn;

/// <summary>What goes wrong at the token URL. A mail is never touched by it, so the effect is always none.</summary>
internal static class TokenFailures
{
    public static IntegrationException NoToken(SmtpConfig config) =>
        SmtpFailures.NoEffect(
            FailureKind.InvalidConfiguration, $"{Host(config)} answered without an access token. Check oauth2_token_url.");

    public static IntegrationException Refused(
        SmtpConfig config, HttpResponseMessage response, string? error, bool refreshing, TimeProvider clock)
    {
        var (server, status) = (Host(config), (int)response.StatusCode);
        var code = Code(status, error);
        return (status, error) switch
        {
            (429, _) => Later(FailureKind.RateLimited, $"{server} limits how often access tokens are fetched. Try again later."),
            (>= 500, _) => Later(FailureKind.Unavailable, $"{server} cannot give an access token now ({code}). Try again later."),
            (_, "invalid_grant") when refreshing => ConsentGone(server),
            (_, "invalid_client" or "unauthorized_client" or "invalid_grant" or "access_denied") or (401 or 403, _) =>
                SmtpFailures.NoEffect(
                    FailureKind.Unauthorized,
                    $"{server} refused the application ({code}). Check oauth2_client_id and oauth2_client_secret."),
            (_, "invalid_scope") => SmtpFailures.NoEffect(
                FailureKind.InvalidConfiguration, $"{server} does not know the scope. Check oauth2_scope."),
            _ => SmtpFailures.NoEffect(
                FailureKind.InvalidConfiguration,
                $"{server} gave no access token ({code}). Check oauth2_token_url and the other oauth2 fields."),
        };

        IntegrationException Later(FailureKind kind, string message) =>
            new(kind, message) { Effect = Effect.None, RetryAfter = RetryAfter(response, clock) };
    }

    private static IntegrationException ConsentGone(string server) => new(
        FailureKind.Unauthorized,
        $"{server} no longer takes the refresh token. The account's owner has to consent again; then store the new oauth2_refresh_token.")
    {
        Effect = Effect.None, MakesUnusable = UnusableReason.NeedsReauthorization,
    };

    // Error codes of RFC 6749 are short words; anything else stays out of the message.
    private static string Code(int status, string? error) =>
        error is { Length: > 0 and <= 40 } && error.All(c => char.IsAsciiLetter(c) || c == '_') ? $"{status}, {error}" : $"{status}";

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => null,
    };

    private static string Host(SmtpConfig config) =>
        Uri.TryCreate(config.OAuth2TokenUrl, UriKind.Absolute, out var url) ? url.Host : "The token URL";
}
