using System.Text.Json;

namespace Vaka.Plugins.Teams;

/// <summary>What an answer of Power Automate or Graph means. Both say <c>{"error": {"code", "message"}}</c>; codes are shown, and of
/// messages only what Graph says of an input.</summary>
internal static class TeamsFailures
{
    private const int LongestMessage = 200;

    /// <summary>Anything but 2xx from a workflow's URL.</summary>
    public static IntegrationException FromWorkflow(ApiAnswer answer)
    {
        var (code, message) = ErrorOf(answer);
        var said = $"The workflow answered {Show(answer, code)}.";
        return (answer.StatusCode, code) switch
        {
            (404, "WorkflowNotFound") or (410, _) => Gone(answer, said),

            // A deleted workflow first answers like one that is switched off; only its state tells them apart.
            (400, "WorkflowTriggerIsNotEnabled") when message.Contains("'Deleted'", StringComparison.Ordinal) => Gone(answer, said),
            (400, "WorkflowTriggerIsNotEnabled") => answer.ToFailure(
                $"{said} It is switched off: turn it on in Power Automate or the Workflows app, or give the URL of another one.",
                FailureKind.InvalidConfiguration),
            (400, "TriggerInputSchemaMismatch") => answer.ToFailure(
                $"{said} Its trigger expects another form of message: make it from the template 'Send webhook alerts to a channel', or "
                + "remove the trigger's JSON schema.",
                FailureKind.InvalidConfiguration),
            (400, _) => answer.ToFailure($"{said} It did not take the message: look at the workflow's trigger.", FailureKind.Rejected),
            (401, _) or (403, "AuthorizationFailed") => answer.ToFailure(
                $"{said} The URL's signature is wrong or was withdrawn, or the trigger takes only callers who sign in. Set 'Who can "
                + "trigger the flow?' to Anyone, copy the URL again, whole, and store it.",
                FailureKind.Unauthorized),
            (403, _) => answer.ToFailure($"{said} It does not take calls from here: look at the addresses that the trigger allows."),
            (404, _) => answer.ToFailure($"{said} There is no workflow at this URL: copy it again."),
            (413, _) => TooLarge(answer, said),
            (429, _) => answer.ToFailure($"{said} It takes about four messages a second. Try again later."),
            (>= 300 and < 400, _) => answer.ToFailure($"{said} Redirects are not followed: copy the workflow's URL again."),
            (>= 500 and < 600, _) or (408 or 425, _) => answer.ToFailure($"{said} Power Automate cannot take messages now."),
            _ => answer.ToFailure($"{said} It refused the message.", FailureKind.Rejected),
        };
    }

    /// <summary>Anything but 2xx from Graph.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="permission">The permission that the call needs.</param>
    public static IntegrationException FromGraph(ApiAnswer answer, string permission)
    {
        var (code, message) = ErrorOf(answer);
        var said = $"Microsoft Graph answered {Show(answer, code)}.";
        return answer.StatusCode switch
        {
            400 when message.Contains("MessageSizeExceeded", StringComparison.Ordinal) => TooLarge(answer, said),
            400 or 422 => answer.ToFailure(
                $"{said} {Clean(message)}".TrimEnd(), errors: Clean(message) is { Length: > 0 } text ? [new FieldError("", text)] : null),
            401 => answer.ToFailure($"{said} The sign-in was refused, with a new token too. Open the integration in /integrations page "
                + "and press Connect."),
            403 => answer.ToFailure(
                $"{said} The call needs the permission {permission}, and the account that gave consent has to be a member of the team. "
                + "In a private or shared channel it has to be a member of the channel."),
            404 => answer.ToFailure($"{said} There is no such team, channel or message for this account. Look ids up with list_teams and "
                + "list_channels."),
            409 => answer.ToFailure($"{said} {Clean(message)}".TrimEnd(), FailureKind.Rejected),
            412 => answer.ToFailure(
                $"{said} A condition is not met, such as a Teams licence of the account or a policy of the directory. {Clean(message)}".TrimEnd(),
                FailureKind.Rejected),
            413 => TooLarge(answer, said),
            423 => answer.ToFailure($"{said} The team or channel is locked or archived.", FailureKind.Rejected),
            429 => answer.ToFailure($"{said} Graph limits how often it is called. Try again later."),
            >= 300 and < 400 => answer.ToFailure($"{said} Redirects are not followed: check the cloud of the connection."),
            408 or 425 or (>= 500 and < 600) => answer.ToFailure($"{said} Graph cannot answer now. Try again later."),
            _ => answer.ToFailure($"{said} It refused the call.", FailureKind.Rejected),
        };
    }

    /// <summary>2xx without what has to come with it, such as the page of a proxy.</summary>
    public static IntegrationException NotUnderstood(ApiAnswer answer, string who) => answer.Effect is Effect.None
        ? answer.ToFailure($"{who} answered {answer.StatusCode} with something else than JSON. Look at what stands in between.",
            FailureKind.Unavailable)
        : answer.ToFailure(
            $"{who} answered {answer.StatusCode} with something else than it should. Look in Teams whether the message is there.",
            FailureKind.OutcomeUnknown);

    public static IntegrationException InvalidInput(string path, string message) => InvalidInput([new FieldError(path, message)]);

    public static IntegrationException InvalidInput(IReadOnlyList<FieldError> errors) =>
        new(FailureKind.InvalidInput, errors.Count is 1 ? $"{errors[0].Path}: {errors[0].Message}" : $"{errors.Count} things are wrong "
            + $"with the input; the first: {errors[0].Path}: {errors[0].Message}")
        {
            Effect = Effect.None, Errors = errors,
        };

    public static IntegrationException InvalidConfiguration(string message) =>
        new(FailureKind.InvalidConfiguration, message) { Effect = Effect.None };

    private static IntegrationException Gone(ApiAnswer answer, string said) => answer.ToFailure(
        $"{said} The workflow was deleted, and its URL never comes back. Make a new one, give its URL and activate the integration again.",
        FailureKind.NotFound,
        makesUnusable: UnusableReason.EndpointGone);

    private static IntegrationException TooLarge(ApiAnswer answer, string said) =>
        answer.ToFailure($"{said} The message is too large for Teams: send less.", FailureKind.InvalidInput);

    private static string Show(ApiAnswer answer, string? code) => code is null ? $"{answer.StatusCode}" : $"{answer.StatusCode} {code}";

    private static (string? Code, string Message) ErrorOf(ApiAnswer answer) =>
        answer.Json is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("error", out var error)
        && error.ValueKind is JsonValueKind.Object
            ? (CodeOf(error), JsonText.Of(error, "message") ?? "")
            : (null, "");

    // A code is one word; whatever else stands there is not shown.
    private static string? CodeOf(JsonElement error) =>
        JsonText.Of(error, "code") is { Length: > 0 and <= 60 } code
        && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') ? code : null;

    private static string Clean(string message)
    {
        var shown = message.Where(character => !char.IsControl(character) && !char.IsSurrogate(character)).Take(LongestMessage);
        var text = string.Concat(shown).Trim();
        return text.Length is 0 || text.EndsWith('.') ? text : text + ".";
    }
}
