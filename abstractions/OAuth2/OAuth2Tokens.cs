using System.Globalization;
using System.Text.Json;

namespace Vaka.Plugins;

/// <summary>The access token of one integration: fetched once for all concurrent callers, kept until shortly before it expires. A refresh
/// token that the vendor replaces is kept in the integration's state, and only one node at a time uses it, so that none is lost.</summary>
public sealed class OAuth2Tokens : IDisposable
{
    private const string StateKey = "oauth2";
    private static readonly TimeSpan UnstatedLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(1);

    /// <summary>How long a consent that was given anew, here or on another node, may go unnoticed.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromMinutes(1);

    private readonly OAuth2Settings settings;
    private readonly SemaphoreSlim turn = new(1, 1);
    private Grant? current;
    private long readAt;

    private OAuth2Tokens(OAuth2Settings settings) => this.settings = settings;

    /// <summary>The tokens of the integration that <paramref name="context"/> is of.</summary>
    public static ValueTask<OAuth2Tokens> OfAsync(OAuth2Settings settings, IntegrationContext context, CancellationToken cancellationToken) =>
        context.GetOrCreateResourceAsync("oauth2", (_, _) => ValueTask.FromResult(new OAuth2Tokens(settings)), cancellationToken);

    /// <summary>A token that is good for now.</summary>
    /// <param name="context">The call's context.</param>
    /// <param name="refused">A token that the vendor has refused before its time: not that one again; default: none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="IntegrationException">There is none, and what to do; always <see cref="Effect.None"/>. With
    /// <see cref="UnusableReason.NeedsReauthorization"/> where a person has to give consent, for the first time or again.</exception>
    public async Task<SecretString> GetAsync(IntegrationContext context, SecretString? refused, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var isOwn = settings.Grant is OAuth2Grant.ClientCredentials or OAuth2Grant.Password;
            if (!IsGood(current, refused, context.Clock) || (!isOwn && context.Clock.GetElapsedTime(readAt) > Trusted))
            {
                current = isOwn
                    ? await RequestAsync(settings, OwnGrant(settings), context, cancellationToken).ConfigureAwait(false)
                    : await RefreshAsync(refused, context, cancellationToken).ConfigureAwait(false);
                readAt = context.Clock.GetTimestamp();
            }

            // Just set or found good.
            return new SecretString(current!.AccessToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Sends a request with a token, and once more with a new one where the vendor answers 401, as it does to a token that was
    /// withdrawn before its time.</summary>
    /// <param name="create">Makes the request for a token; called for each attempt.</param>
    /// <param name="context">The call's context.</param>
    /// <param name="cancellationToken">Bounds the time.</param>
    /// <param name="maxBytes">As for <see cref="ApiAnswer.SendAsync"/>.</param>
    /// <exception cref="IntegrationException">As for <see cref="GetAsync"/> and <see cref="ApiAnswer.SendAsync"/>.</exception>
    public async Task<ApiAnswer> SendAsync(
        Func<SecretString, HttpRequestMessage> create,
        IntegrationContext context,
        CancellationToken cancellationToken,
        int maxBytes = ApiAnswer.DefaultMaxBytes)
    {
        SecretString? refused = null;
        while (true)
        {
            var token = await GetAsync(context, refused, cancellationToken).ConfigureAwait(false);
            using var request = create(token);
            var answer = await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken, maxBytes).ConfigureAwait(false);
            if (answer.StatusCode is not 401 || refused is not null) return answer;
            refused = token;
        }
    }

    /// <summary>Whether the integration has been given what it refreshes its tokens with. The vendor may have withdrawn it since.</summary>
    public static async Task<bool> IsGrantedAsync(OAuth2Settings settings, IntegrationContext context, CancellationToken cancellationToken) =>
        settings.Grant is not OAuth2Grant.AuthorizationCode
        || await context.State.GetAsync(StateKey, Origin(settings), cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Turns the code of a consent into tokens and keeps them in the integration's state. The host calls it when a person comes
    /// back from <see cref="OAuth2Settings.AuthorizationUrl"/>.</summary>
    /// <param name="settings">The integration's settings.</param>
    /// <param name="code">The code.</param>
    /// <param name="verifier">The PKCE verifier (RFC 7636).</param>
    /// <param name="redirectUrl">Where the person came back to.</param>
    /// <param name="context">A context of the integration.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IntegrationException">The code was refused, or the vendor gave no refresh token.</exception>
    public static async Task RedeemAsync(
        OAuth2Settings settings, string code, string verifier, Uri redirectUrl, IntegrationContext context, CancellationToken cancellationToken)
    {
        var granted = await RequestAsync(
            settings,
            [
                new("grant_type", "authorization_code"), new("code", code), new("code_verifier", verifier),
                new("redirect_uri", redirectUrl.AbsoluteUri),
            ],
            context,
            cancellationToken).ConfigureAwait(false);
        if (granted.RefreshToken is null)
        {
            throw OAuth2Failures.NoEffect(
                FailureKind.InvalidConfiguration,
                $"{settings.TokenUrl.Host} gave no refresh token, so that the consent would end within the hour. Ask for the scope that allows "
                + "offline access (offline_access with most vendors), and connect again.");
        }

        await context.State.UpdateAsync(
            StateKey, Origin(settings), (_, _) => Task.FromResult<string?>(granted.Write()), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    // The secret that the state descends from: when an admin replaces it, what was granted through it is forgotten.
    private static SecretString? Origin(OAuth2Settings settings) =>
        settings.Grant is OAuth2Grant.RefreshToken ? settings.RefreshToken : settings.ClientSecret;

    private static bool IsGood(Grant? grant, SecretString? refused, TimeProvider clock) =>
        grant is not null && grant.AccessToken != refused?.Reveal() && clock.GetUtcNow() < grant.RenewAt;

    private static List<KeyValuePair<string, string>> OwnGrant(OAuth2Settings settings) => settings.Grant is OAuth2Grant.Password
        ? [new("grant_type", "password"), new("username", settings.Username ?? ""), new("password", settings.Password?.Reveal() ?? "")]
        : [new("grant_type", "client_credentials")];

    // The vendor may answer a new refresh token and forget the old one, so only one node at a time may ask; the others find its answer.
    private async Task<Grant> RefreshAsync(SecretString? refused, IntegrationContext context, CancellationToken cancellationToken)
    {
        var stored = Grant.Read(await context.State.GetAsync(StateKey, Origin(settings), cancellationToken).ConfigureAwait(false));
        if (IsGood(stored, refused, context.Clock)) return stored!; // IsGood said that it is there
        Grant? granted = null;
        await context.State.UpdateAsync(
            StateKey,
            Origin(settings),
            async (text, cancellation) =>
            {
                var known = Grant.Read(text);
                if (IsGood(known, refused, context.Clock))
                {
                    granted = known;
                    return text;
                }

                var refreshToken = known?.RefreshToken ?? settings.RefreshToken?.Reveal() ?? throw OAuth2Failures.NotConnected();
                granted = await RequestAsync(
                    settings, [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], context, cancellation).ConfigureAwait(false);
                granted = granted with { RefreshToken = granted.RefreshToken ?? refreshToken };
                return granted.Write();
            },
            cancellationToken).ConfigureAwait(false);
        return granted ?? throw new InvalidOperationException("The state was stored without being asked for.");
    }

    private static async Task<Grant> RequestAsync(
        OAuth2Settings settings, List<KeyValuePair<string, string>> grant, IntegrationContext context, CancellationToken cancellationToken)
    {
        var refreshes = grant[0].Value is "refresh_token";
        List<KeyValuePair<string, string>> form = [.. grant, new("client_id", settings.ClientId)];
        if (settings.ClientSecret is { } secret) form.Add(new("client_secret", secret.Reveal()));

        // By RFC 6749 a refresh or a code keeps the scope that was granted; naming one could only narrow it.
        if (settings.Scope is { } scope && settings.Grant is not OAuth2Grant.AuthorizationCode) form.Add(new("scope", scope));
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Accept.Add(new("application/json"));
        ApiAnswer answer;
        try
        {
            answer = await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken, 64 * 1024).ConfigureAwait(false);
        }
        catch (IntegrationException failure) when (failure.Effect is not Effect.None)
        {
            // Nothing of the call itself was sent yet.
            throw new IntegrationException(failure.Kind, failure.Message, failure) { Effect = Effect.None, RetryAfter = failure.RetryAfter };
        }

        return answer.StatusCode is 200
            ? Grant.From(answer.Json, context.Clock.GetUtcNow()) ?? throw OAuth2Failures.NoToken(settings)
            : throw OAuth2Failures.Refused(settings, answer, refreshes);
    }

    /// <summary>What the vendor has granted.</summary>
    private sealed record Grant(string AccessToken, DateTimeOffset RenewAt, string? RefreshToken)
    {
        public static Grant? From(JsonElement? answer, DateTimeOffset now)
        {
            if (Text(answer, "access_token") is not { Length: > 0 } token || token.Any(char.IsControl)) return null;
            var lifetime = Text(answer, "expires_in") is { } text
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e8
                    ? TimeSpan.FromSeconds(seconds)
                    : UnstatedLifetime;
            var margin = lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin;
            return new Grant(token, now + lifetime - margin, Text(answer, "refresh_token") is { Length: > 0 } refresh ? refresh : null);
        }

        public static Grant? Read(string? text) => text is null ? null : JsonSerializer.Deserialize<Grant>(text);

        public string Write() => JsonSerializer.Serialize(this);

        public override string ToString() => "[secret]";

        // expires_in is a number by the standard and a string with some vendors.
        private static string? Text(JsonElement? answer, string name) =>
            answer is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                ? value.ToString()
                : null;
    }
}
