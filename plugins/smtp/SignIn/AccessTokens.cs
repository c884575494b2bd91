using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Vaka.Plugins.Smtp.SignIn;

/// <summary>The access token of one integration: fetched when needed, kept until shortly before it expires.</summary>
internal sealed class AccessTokens : IDisposable
{
    private const string RefreshTokenKey = "refresh_token";
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UnstatedLifetime = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim turn = new(1, 1);
    private string? current;
    private DateTimeOffset expires;

    /// <summary>An access token that is still good.</summary>
    /// <param name="config">Where and how to fetch one.</param>
    /// <param name="context">The call's context.</param>
    /// <param name="refused">A token that the mail server has refused: not that one again.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<AccessToken> GetAsync(
        SmtpConfig config, IntegrationContext context, string? refused, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (current is not null && current != refused && context.Clock.GetUtcNow() < expires)
            {
                return new(current, IsCached: true);
            }

            var answer = config.OAuth2RefreshToken is null
                ? await RequestAsync(config, context, null, cancellationToken).ConfigureAwait(false)
                : await RefreshAsync(config, context, cancellationToken).ConfigureAwait(false);
            current = answer.AccessToken;
            expires = context.Clock.GetUtcNow() + (answer.Lifetime ?? UnstatedLifetime) - Margin;
            return new(current, IsCached: false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    // The provider may answer a new refresh token and forget the old one, so only one node at a time may ask.
    private static async Task<Answer> RefreshAsync(SmtpConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        Answer? answer = null;
        await context.State.UpdateAsync(
            RefreshTokenKey,
            config.OAuth2RefreshToken,
            async (rotated, token) =>
            {
                answer = await RequestAsync(config, context, rotated ?? config.OAuth2RefreshToken?.Reveal(), token).ConfigureAwait(false);
                return answer.RefreshToken ?? rotated;
            },
            cancellationToken).ConfigureAwait(false);
        return answer ?? throw new InvalidOperationException("The state was stored without being asked for.");
    }

    private static async Task<Answer> RequestAsync(
        SmtpConfig config, IntegrationContext context, string? refreshToken, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(Form(config, refreshToken));
        using var response = await context.Http.PostAsync(config.OAuth2TokenUrl, form, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.OK
            ? Answer.Parse(body) ?? throw TokenFailures.NoToken(config)
            : throw TokenFailures.Refused(config, response, Answer.Error(body), refreshToken is not null, context.Clock);
    }

    private static IEnumerable<KeyValuePair<string, string>> Form(SmtpConfig config, string? refreshToken)
    {
        yield return new("grant_type", refreshToken is null ? "client_credentials" : "refresh_token");
        yield return new("client_id", config.OAuth2ClientId ?? "");
        if (refreshToken is not null)
        {
            yield return new("refresh_token", refreshToken);
        }

        if (config.OAuth2ClientSecret is not null)
        {
            yield return new("client_secret", config.OAuth2ClientSecret.Reveal());
        }

        if (config.OAuth2Scope is not null)
        {
            yield return new("scope", config.OAuth2Scope);
        }
    }

    private sealed record Answer(string AccessToken, TimeSpan? Lifetime, string? RefreshToken)
    {
        public static Answer? Parse(byte[] body) =>
            Read(body, root => Text(root, "access_token") is { Length: > 0 } token
                ? new Answer(token, Seconds(root), Text(root, "refresh_token"))
                : null);

        /// <summary>RFC 6749 section 5.2: <c>{"error": "invalid_grant", …}</c>.</summary>
        public static string? Error(byte[] body) => Read(body, root => Text(root, "error"));

        private static T? Read<T>(byte[] body, Func<JsonElement, T?> read)
            where T : class
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }

        private static string? Text(JsonElement root, string name) =>
            root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        // A number by the standard, a string with some providers.
        private static TimeSpan? Seconds(JsonElement root) =>
            root.TryGetProperty("expires_in", out var value)
            && double.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and < 1e8
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }
}

/// <summary>An access token, and whether it comes from memory.</summary>
internal sealed record AccessToken(string Value, bool IsCached)
{
    public override string ToString() => "[secret]";
}
