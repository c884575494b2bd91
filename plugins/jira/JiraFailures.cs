using System.Globalization;
using System.Text.Json;

namespace Vaka.Plugins.Jira;

/// <summary>What Jira's answers mean. Of an answer only Jira's own short messages are shown, never the body as it is.</summary>
internal static class JiraFailures
{
    private const string LoginReason = "X-Seraph-LoginReason";
    private const string Denied = "AUTHENTICATION_DENIED";
    private const string Failed = "AUTHENTICATED_FAILED";

    public static IntegrationException From(ApiAnswer answer, JiraCall call, JiraConfig config, IReadOnlyList<FieldError>? errors = null)
    {
        var (kind, hint) = Meaning(answer, config);
        var said = errors is { Count: > 0 } ? string.Join(" ", errors.Take(5).Select(error => error.Message)) : JiraWords.Of(answer.Json);
        return new(kind, $"Jira did not {call.Purpose} ({answer.StatusCode}). {hint}{(said.Length > 0 ? $" Jira says: {said}" : "")}")
        {
            Effect = call.ReadsOnly ? Effect.None : answer.Effect,
            RetryAfter = answer.RetryAfter ?? ResetOf(answer),
            Errors = errors ?? [],
        };
    }

    /// <summary>Jira did not take the credentials and answered as to nobody, for whom issues do not exist and searches find nothing.</summary>
    public static bool IsForNobody(ApiAnswer answer) => LoginReasonOf(answer) is not null;

    /// <summary>A good status over something that is not Jira's, such as the sign-in page of a proxy.</summary>
    public static IntegrationException NotJira(ApiAnswer answer, JiraCall call) => new(
        FailureKind.InvalidConfiguration,
        $"Something that is not Jira's API answered the call to {call.Purpose} ({answer.StatusCode}). Check site_url and, on Data Center, "
        + "its context path; a sign-in page or proxy in front of Jira must let API calls through.")
    {
        Effect = call.ReadsOnly ? Effect.None : answer.Effect,
    };

    public static IntegrationException InvalidInput(string path, string message) => new(FailureKind.InvalidInput, message)
    {
        Effect = Effect.None,
        Errors = [new FieldError(path, message)],
    };

    public static IntegrationException NotFound(string message) => new(FailureKind.NotFound, message) { Effect = Effect.None };

    private static (FailureKind Kind, string Hint) Meaning(ApiAnswer answer, JiraConfig config)
    {
        if (answer.StatusCode < 500 && LoginReasonOf(answer) is { } reason)
        {
            return (FailureKind.Unauthorized, reason is Denied
                ? "Jira wants a CAPTCHA after failed sign-ins: sign in once in a browser as this account."
                : "The credentials were refused: check auth.");
        }

        return (answer.Kind, answer.StatusCode switch
        {
            >= 300 and < 400 => "It redirects, which is not followed: set site_url to the final address.",
            400 or 422 => "Correct the input.",
            401 => "The credentials were refused: check auth; API tokens end within a year.",
            403 => "The account may not do this: give it the permission in the project.",
            404 => "It does not exist, or the account may not see it.",
            409 => "Somebody changed it at the same time: look at it and try again.",
            410 => config.IsCloud
                ? "Atlassian has removed this part of the API: update the plugin."
                : "This part of the API is gone: for a site that Atlassian runs set deployment to cloud.",
            413 => "It is larger than this Jira allows.",
            429 => $"Too many calls{ReasonOf(answer)}.",
            >= 500 => "Jira failed or is busy; try again later.",
            _ => "It refused.",
        });
    }

    private static string? LoginReasonOf(ApiAnswer answer) => !answer.Headers.TryGetValues(LoginReason, out var values) ? null
        : string.Join(' ', values) is var text && text.Contains(Denied, StringComparison.OrdinalIgnoreCase) ? Denied
        : text.Contains(Failed, StringComparison.OrdinalIgnoreCase) ? Failed
        : null;

    // Such as jira-burst-based, jira-per-issue-on-write, jira-quota-global-based.
    private static string ReasonOf(ApiAnswer answer) =>
        answer.Headers.TryGetValues("RateLimit-Reason", out var values) && values.FirstOrDefault() is { Length: > 0 and <= 60 } reason
        && reason.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? $" ({reason})"
            : "";

    private static TimeSpan? ResetOf(ApiAnswer answer) =>
        answer.StatusCode is 429 && answer.Headers.TryGetValues("X-RateLimit-Reset", out var values) && answer.Headers.Date is { } now
        && DateTimeOffset.TryParse(values.FirstOrDefault(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var reset)
        && reset > now && reset - now < TimeSpan.FromDays(1)
            ? reset - now
            : null;
}
