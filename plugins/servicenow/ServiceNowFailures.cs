using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.ServiceNow;

/// <summary>What an answer of the instance means. ServiceNow answers a refusal as <c>{"error": {"message", "detail"}, "status":
/// "failure"}</c>; of that only known words, names of fields and of rules, and short messages about the request are shown.</summary>
internal static partial class ServiceNowFailures
{
    private const int LongestQuote = 200;
    private const string ResetHeader = "X-RateLimit-Reset";

    /// <summary>The <c>result</c> of an answer.</summary>
    /// <exception cref="IntegrationException">It is a refusal, or no answer of the API.</exception>
    public static JsonElement ResultOf(ApiAnswer answer, string host, TimeProvider clock)
    {
        if (!answer.IsSuccess) throw From(answer, host, clock);
        if (answer.Json is not { ValueKind: JsonValueKind.Object } root) throw NotTheApi(answer, host);

        // The instance begins to answer before it has read everything, and can only append that it gave up.
        if (root.TryGetProperty("error", out _))
        {
            throw answer.ToFailure(
                $"{host} gave up while it answered, most often because the request ran too long. Ask for less at once.",
                FailureKind.Unavailable);
        }

        return root.TryGetProperty("result", out var result) ? result : throw NotTheApi(answer, host);
    }

    /// <summary>Whether a 404 says that there is no such record, rather than no such address.</summary>
    public static bool IsNoRecord(ApiAnswer answer) => ErrorOf(answer).Message.StartsWith("No Record found", StringComparison.OrdinalIgnoreCase);

    /// <summary>A web page, or something else that the Table API does not answer.</summary>
    public static IntegrationException NotTheApi(ApiAnswer answer, string host)
    {
        if (Encoding.UTF8.GetString(answer.Body.Span[..Math.Min(answer.Body.Length, 64 * 1024)])
            .Contains("hibernat", StringComparison.OrdinalIgnoreCase))
        {
            return new IntegrationException(
                FailureKind.Unavailable,
                $"{host} is a developer instance that hibernates. Sign in at developer.servicenow.com to wake it up, and try again.")
            {
                Effect = Effect.None,
            };
        }

        return answer.ToFailure(
            $"{host} did not answer as a ServiceNow instance does ({answer.StatusCode}). Check instance_url, and whether a sign-in page or a "
            + "maintenance page stands before the API.",
            FailureKind.InvalidConfiguration);
    }

    /// <summary>Whether it was no call of the API that failed, but fetching a token for it. A 401 of the API is an answer, not thrown.</summary>
    public static bool IsOfTokenEndpoint(IntegrationException failure) => failure.MakesUnusable is null
        && (failure.Kind is FailureKind.Unauthorized
            || (failure.Kind is FailureKind.InvalidConfiguration && failure.Message.Contains("access token", StringComparison.Ordinal)));

    /// <summary>No token. ServiceNow says <c>access_denied</c> to everything, so all that may be wrong is named.</summary>
    public static IntegrationException NoToken(IntegrationException failure, OAuth2Settings settings)
    {
        var host = settings.TokenUrl.Host;
        var message = failure.Kind is FailureKind.InvalidConfiguration
            ? $"{host} gave no access token. Check instance_url, that OAuth is active there, and that a developer instance does not hibernate."
            : $"{host} refused to give an access token. Check the client id and the client secret" + settings.Grant switch
            {
                OAuth2Grant.ClientCredentials =>
                    ", that the application has an OAuth Application User, and that the system property "
                    + "glide.oauth.inbound.client.credential.grant_type.enabled is true.",
                OAuth2Grant.Password => ", the user name and the password, and that the user is active and need not reset the password.",
                OAuth2Grant.RefreshToken => ", and whether the refresh token has lapsed (after 100 days unless the application says otherwise): "
                    + "then have the user consent again and store the new one.",
                OAuth2Grant.AuthorizationCode => ".",
            };
        return new IntegrationException(failure.Kind, message, failure) { Effect = Effect.None, RetryAfter = failure.RetryAfter };
    }

    public static IntegrationException InvalidInput(string path, string message) => new(FailureKind.InvalidInput, message)
    {
        Effect = Effect.None,
        Errors = [new FieldError(path, message)],
    };

    /// <summary>A refusal.</summary>
    public static IntegrationException From(ApiAnswer answer, string host, TimeProvider clock)
    {
        var error = ErrorOf(answer);
        return answer.StatusCode switch
        {
            400 or 422 when error.Says("Invalid table") => Refused(
                answer, FailureKind.InvalidInput, $"{host} has no such table. Check its name, such as incident or cmdb_ci_server.", "table"),
            400 or 422 => answer.ToFailure($"{host} did not understand the request{error.Quote()}. Check the names and values of the fields."),
            401 => answer.ToFailure(
                $"{host} refused the credentials. Check auth, and that the user is active, not locked out and allowed to use web services."),
            403 or 409 or 500 when error.Says("Data Policy Exception") => MissingFields(answer, host, error),
            403 or 500 when error.Says("aborted by Business Rule") => answer.ToFailure(
                $"{host} refused this by {error.Rule()}. Ask the administrator of the instance what it demands.", FailureKind.Rejected),
            403 => answer.ToFailure(
                $"{host} does not allow this{(error.Says("ACL") ? " (an access control rule refused it)" : "")}. Give the integration's user "
                + "a role that may, such as itil for incidents."),
            404 when IsNoRecord(answer) => answer.ToFailure(
                $"{host} has no such record, or an access control rule hides it. Check the table and the sys_id or number."),
            404 => answer.ToFailure($"{host} has nothing at this address. Check instance_url, and that the REST API is active."),
            413 => answer.ToFailure($"{host} does not take this much at once. Send less, or have com.glide.attachment.max_size raised."),
            415 => answer.ToFailure($"{host} does not take this kind of content{error.Quote()}."),
            429 => new IntegrationException(FailureKind.RateLimited, $"{host} limits how many requests it takes. Try again later.")
            {
                Effect = answer.Effect,
                RetryAfter = answer.RetryAfter ?? ResetOf(answer, clock),
            },
            >= 300 and < 400 => answer.ToFailure(
                $"{host} redirects ({answer.StatusCode}), which is not followed. Set instance_url to the final address."),
            >= 500 => answer.ToFailure($"{host} cannot answer now ({answer.StatusCode}). Try again later."),
            _ => answer.ToFailure($"{host} refused the request ({answer.StatusCode}){error.Quote()}."),
        };
    }

    // "The following fields are mandatory: Resolution code, Resolution notes", or "Short description is mandatory": labels, not names.
    private static IntegrationException MissingFields(ApiAnswer answer, string host, Error error)
    {
        var text = Error.Clean(error.Detail.Length > 0 ? error.Detail : error.Message);
        var labels = MandatoryList.Match(text) is { Success: true } list ? list.Groups[1].Value
            : MandatoryOne.Match(text) is { Success: true } one ? one.Groups[1].Value
            : null;
        return labels is null
            ? Refused(answer, FailureKind.InvalidInput, $"A data policy of {host} refused the values. Ask its administrator what it demands.", "")
            : answer.ToFailure(
                $"A data policy of {host} demands more fields: {labels}. Give them too.",
                FailureKind.InvalidInput,
                [.. labels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(label => new FieldError("", $"{label} is mandatory."))]);
    }

    private static IntegrationException Refused(ApiAnswer answer, FailureKind kind, string message, string path) =>
        answer.ToFailure(message, kind, [new FieldError(path, message)]);

    // Seconds since 1970.
    private static TimeSpan? ResetOf(ApiAnswer answer, TimeProvider clock) =>
        answer.Headers.TryGetValues(ResetHeader, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at - clock.GetUtcNow().ToUnixTimeSeconds() is > 0 and <= 24 * 60 * 60 and var wait
            ? TimeSpan.FromSeconds(wait)
            : null;

    private static Error ErrorOf(ApiAnswer answer)
    {
        if (answer.Json is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("error", out var error)) return Error.None;
        return error.ValueKind switch
        {
            JsonValueKind.Object => new Error(Text(error, "message"), Text(error, "detail")),
            JsonValueKind.String => new Error(error.ToString(), ""),
            _ => Error.None,
        };
    }

    private static string Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.ToString() : "";

    [GeneratedRegex(@"mandatory:\s*([\p{L}\p{N} ,_()/.'-]{1,200})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MandatoryList { get; }

    [GeneratedRegex(@"(?:Exception:\s*)?([\p{L}\p{N} _()/.'-]{1,80}) is mandatory", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MandatoryOne { get; }

    [GeneratedRegex(@"Business Rule '([\p{L}\p{N} _()/.:-]{1,100})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RuleName { get; }

    private sealed record Error(string Message, string Detail)
    {
        public static Error None { get; } = new("", "");

        public bool Says(string words) =>
            Message.Contains(words, StringComparison.OrdinalIgnoreCase) || Detail.Contains(words, StringComparison.OrdinalIgnoreCase);

        public string Rule() => RuleName.Match($"{Message} {Detail}") is { Success: true } rule
            ? $"the business rule '{rule.Groups[1].Value}'"
            : "a business rule";

        /// <summary>The message, short and on one line.</summary>
        public string Quote() => Clean(Message) is { Length: > 0 } text ? $": {text.TrimEnd('.')}" : "";

        public static string Clean(string text)
        {
            var words = text[..Math.Min(text.Length, 4 * LongestQuote)].Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c);
            var line = string.Join(' ', string.Concat(words).Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return line.Length > LongestQuote ? $"{line[..LongestQuote]}…" : line;
        }
    }
}
