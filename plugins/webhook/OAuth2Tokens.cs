using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Vaka.Plugins.Webhook;

/// <summary>The access token of one integration (RFC 6749, section 4.4): fetched once for all concurrent callers, kept until shortly before
/// it expires.</summary>
internal sealed class OAuth2Tokens(OAuth2ClientCredentialsAuth settings, HttpClient http, TimeSpan limit, TimeProvider clock) : IDisposable
{
    private const int MaxAnswer = 64 * 1024;
    private static readonly TimeSpan UnstatedLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource disposal = new();
    private AccessToken? current;
    private Task<AccessToken>? request;
    private volatile bool secretInBody;

    /// <summary>A token that is good for now.</summary>
    /// <exception cref="IntegrationException">There is none; always <see cref="Effect.None"/>, as nothing was pushed yet.</exception>
    public ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        var token = Volatile.Read(ref current);
        return token is not null && clock.GetUtcNow() < token.RenewAt ? new(token.Value) : new(RenewAsync(cancellationToken));
    }

    /// <summary>Forgets a token that the endpoint refused, unless a newer one has taken its place.</summary>
    public void Discard(string token)
    {
        lock (gate)
        {
            current = current?.Value == token ? null : current;
        }
    }

    /// <summary>Fetches a new token, whatever is kept.</summary>
    /// <exception cref="IntegrationException">As for <see cref="GetAsync"/>.</exception>
    public async Task<string> RenewAsync(CancellationToken cancellationToken)
    {
        Task<AccessToken> running;
        lock (gate)
        {
            // The request belongs to all who wait for it: a caller who gives up leaves it to the others.
            running = request ??= Task.Run(RequestAsync, CancellationToken.None);
        }

        return (await running.WaitAsync(cancellationToken).ConfigureAwait(false)).Value;
    }

    public void Dispose()
    {
        disposal.Cancel();
        disposal.Dispose();
    }

    private async Task<AccessToken> RequestAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, disposal.Token);
            var token = await RequestAsync(either.Token).ConfigureAwait(false);
            Volatile.Write(ref current, token);
            return token;
        }
        catch (OperationCanceledException exception)
        {
            throw Failure(FailureKind.Unavailable, "The token endpoint did not answer in time.", inner: exception);
        }
        catch (IntegrationException exception) when (exception.Effect is not Effect.None)
        {
            throw Failure(exception.Kind, exception.Message, exception.RetryAfter, exception);
        }
        finally
        {
            lock (gate)
            {
                request = null;
            }
        }
    }

    private async Task<AccessToken> RequestAsync(CancellationToken cancellationToken)
    {
        var asked = clock.GetUtcNow();
        var (status, retryAfter, answer) = await PostAsync(cancellationToken).ConfigureAwait(false);
        if (!secretInBody
            && status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest
            && ErrorOf(answer) is "invalid_client" or "invalid_request" or null)
        {
            // Section 2.3.1 wants the credentials in the Authorization header; some servers take them in the body only.
            secretInBody = true;
            (status, retryAfter, answer) = await PostAsync(cancellationToken).ConfigureAwait(false);
            secretInBody = status is HttpStatusCode.OK;
        }

        return status is HttpStatusCode.OK ? Read(answer, asked) : throw FromStatus((int)status, ErrorOf(answer), retryAfter);
    }

    private async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, JsonElement? Answer)> PostAsync(CancellationToken cancellationToken)
    {
        var secret = settings.ClientSecret.Reveal();
        List<KeyValuePair<string, string>> form = [new("grant_type", "client_credentials")];
        if (settings.Scope is not null)
        {
            form.Add(new("scope", settings.Scope));
        }

        using var message = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (secretInBody)
        {
            form.AddRange([new("client_id", settings.ClientId), new("client_secret", secret)]);
        }
        else
        {
            var pair = $"{WebUtility.UrlEncode(settings.ClientId)}:{WebUtility.UrlEncode(secret)}";
            message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        message.Content = new FormUrlEncodedContent(form);
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        return (response.StatusCode, WebhookFailures.RetryAfterOf(response, clock),
            await ReadObjectAsync(response, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<JsonElement?> ReadObjectAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxAnswer];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var length = await stream.ReadAtLeastAsync(buffer, MaxAnswer, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(buffer.AsMemory(0, length));
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AccessToken Read(JsonElement? answer, DateTimeOffset asked)
    {
        if (TextOf(answer, "access_token") is not { Length: > 0 } value || WebhookHeaders.ProblemOfValue(value) is not null)
        {
            throw Failure(FailureKind.InvalidConfiguration,
                "The token endpoint answered without an access token: check that auth.token_url is an OAuth 2 token endpoint.");
        }

        if (TextOf(answer, "token_type") is { } type && !type.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            throw Failure(FailureKind.InvalidConfiguration,
                "The token endpoint gives tokens of another type than Bearer, which a webhook cannot use: ask its owner.");
        }

        var lifetime = TextOf(answer, "expires_in") is { } text && int.TryParse(text, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : UnstatedLifetime;
        var margin = lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin;
        return new AccessToken(value, asked + lifetime - margin);
    }

    private static IntegrationException FromStatus(int status, string? error, TimeSpan? retryAfter) => (status, error) switch
    {
        (429, _) => Failure(FailureKind.RateLimited, "The token endpoint gets too many calls.", retryAfter),
        (_, "invalid_scope") => Failure(FailureKind.InvalidConfiguration, "The token endpoint refused the scope: check auth.scope."),
        (_, "unsupported_grant_type") => Failure(FailureKind.InvalidConfiguration,
            "The token endpoint does not know client credentials: check auth.token_url, and that this grant is switched on for the client."),
        (400 or 401 or 403, _) => Failure(FailureKind.Unauthorized,
            $"The token endpoint refused the client credentials ({error ?? $"{status}"}): check auth.client_id and auth.client_secret."),
        ( >= 500 or 408, _) => Failure(FailureKind.Unavailable, $"The token endpoint answered {status}: it cannot give a token now.", retryAfter),
        _ => Failure(FailureKind.InvalidConfiguration,
            $"The token endpoint answered {status}: check that auth.token_url is its final address."),
    };

    private static IntegrationException Failure(
        FailureKind kind, string message, TimeSpan? retryAfter = null, Exception? inner = null) =>
        new(kind, message, inner) { Effect = Effect.None, RetryAfter = retryAfter };

    // Only codes of section 5.2 are shown: anything else is the other side's own text.
    private static string? ErrorOf(JsonElement? answer) => TextOf(answer, "error") switch
    {
        "invalid_request" => "invalid_request",
        "invalid_client" => "invalid_client",
        "invalid_grant" => "invalid_grant",
        "unauthorized_client" => "unauthorized_client",
        "unsupported_grant_type" => "unsupported_grant_type",
        "invalid_scope" => "invalid_scope",
        _ => null,
    };

    private static string? TextOf(JsonElement? answer, string name) =>
        answer is { } found && found.TryGetProperty(name, out var member)
            ? member.ValueKind switch
            {
                JsonValueKind.String => member.GetString(),
                JsonValueKind.Number => member.GetRawText(),
                _ => null,
            }
            : null;

    private sealed record AccessToken(string Value, DateTimeOffset RenewAt)
    {
        public override string ToString() => $"renewed at {RenewAt:O}";
    }
}
