using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.Slack;

/// <summary>What an answer that is not <c>"ok": true</c> means. Of Slack's words only its codes, the names of scopes and what it says about
/// single fields are passed on, without control characters and cut to length.</summary>
internal static partial class SlackFailures
{
    private const int LongestWord = 200;
    private const string Pointer = "[json-pointer:";
    private const string CodeKey = "slack_error";

    /// <param name="method">What was called, for the message.</param>
    /// <param name="answer">What came back.</param>
    public static IntegrationException Of(string method, ApiAnswer answer)
    {
        if (answer.Json?.Text("error") is { } code && CodePattern.IsMatch(code)) return OfCode(code, answer, answer.Json.GetValueOrDefault());
        if (answer.IsSuccess)
        {
            return answer.ToFailure(
                $"Something answered {method} that is not Slack, such as a proxy on the way. Check the network, and try again later.",
                FailureKind.Unavailable);
        }

        return answer.ToFailure(answer.StatusCode switch
        {
            429 => $"Slack answered 429 to {method}: it gets too many calls. Try again later.",
            401 => $"Slack answered 401 to {method}. Check the bot token.",
            >= 300 and < 400 => $"Slack answered {answer.StatusCode} to {method}. Redirects are not followed: check the environment.",
            >= 500 => $"Slack answered {answer.StatusCode} to {method}: it has a problem of its own. Try again later.",
            _ => $"Slack answered {answer.StatusCode} to {method}, without saying why. Check that nothing on the way refuses the call.",
        });
    }

    public static IntegrationException NeedsBotToken() => NoEffect(
        FailureKind.InvalidConfiguration,
        "An incoming webhook can only post messages. Configure this integration with auth of type bot_token to do more.");

    public static IntegrationException ForeignUpload(SlackHosts hosts) => NoEffect(
        FailureKind.Unavailable, $"The address that was given for the file is not one of {hosts.Domain}; nothing was sent there.");

    /// <summary>Slack said yes and left out what belongs to it.</summary>
    public static IntegrationException Incomplete(string field) =>
        new(FailureKind.OutcomeUnknown, $"Slack answered without {field}, so that it is not known what was done. Look into the workspace.");

    public static IntegrationException InvalidInput(string path, string message) => InvalidInput([new FieldError(path, message)]);

    public static IntegrationException InvalidInput(IReadOnlyList<FieldError> errors) => new(
        FailureKind.InvalidInput,
        errors is [var only] ? $"{only.Path}: {only.Message}" : $"{errors.Count} fields are wrong, the first at {errors[0].Path}.")
    {
        Effect = Effect.None, Errors = errors,
    };

    public static IntegrationException NoEffect(FailureKind kind, string message) => new(kind, message) { Effect = Effect.None };

    /// <summary>The same failure of a step after which nothing has been changed yet.</summary>
    public static IntegrationException BeforeAnyEffect(IntegrationException failure) => new(failure.Kind, failure.Message, failure)
    {
        Effect = Effect.None, RetryAfter = failure.RetryAfter, Errors = failure.Errors, MakesUnusable = failure.MakesUnusable,
    };

    /// <summary>A word of Slack's, fit to be shown.</summary>
    public static string Clean(string word)
    {
        var clean = new StringBuilder(Math.Min(word.Length, LongestWord));
        foreach (var rune in word.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > LongestWord) break;
            if (!Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) is not UnicodeCategory.Format) clean.Append(rune.ToString());
        }

        return clean.ToString().Trim();
    }

    /// <summary>The code that Slack answered; <c>null</c>: the failure has another cause.</summary>
    public static string? CodeOf(IntegrationException failure) => failure.Data[CodeKey] as string;

    private static IntegrationException OfCode(string code, ApiAnswer answer, JsonElement root)
    {
        var error = SlackError.Of(code);
        var fields = Fields(root, error, code);
        return new IntegrationException(error.Kind, Message(code, error, root))
        {
            Effect = answer.Method == HttpMethod.Get ? Effect.None : error.Effect,
            RetryAfter = error.Kind is FailureKind.RateLimited or FailureKind.Unavailable ? answer.RetryAfter : null,
            Errors = fields,
            Data = { [CodeKey] = code },
        };
    }

    private static string Message(string code, SlackError error, JsonElement root) =>
        code is "missing_scope" && root.Text("needed") is { } needed
        ? $"The Slack app lacks the scope {Scopes(needed)} (it has {Scopes(root.Text("provided") ?? "")}). {error.Hint}"
        : $"Slack answered {code}. {error.Hint}";

    private static string Scopes(string list) =>
        string.Concat(list.Where(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '_' or '-' or ',')) is { Length: > 0 } names
            ? Clean(names.Replace(",", ", ", StringComparison.Ordinal))
            : "none that it names";

    // "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    private static List<FieldError> Fields(JsonElement root, SlackError error, string code)
    {
        var fields = new List<FieldError>();
        foreach (var message in SlackAnswer.Texts(root.Child("response_metadata"), "messages").Take(20))
        {
            var begin = message.LastIndexOf(Pointer, StringComparison.Ordinal);
            if (begin < 0 || !message.EndsWith(']')) continue;
            var words = message[..begin].Replace("[ERROR]", "", StringComparison.Ordinal);
            fields.Add(new FieldError(PathOf(message[(begin + Pointer.Length)..^1]), Clean(words)));
        }

        if (fields.Count is 0 && error.Field is { } field) fields.Add(new FieldError(field, $"Slack answered {code}. {error.Hint}"));
        return fields;
    }

    private static string PathOf(string pointer)
    {
        var path = new StringBuilder();
        foreach (var part in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries).Take(20))
        {
            if (part.All(char.IsAsciiDigit)) path.Append('[').Append(part).Append(']');
            else path.Append(path.Length > 0 ? "." : "").Append(Clean(part));
        }

        return path.ToString();
    }

    [GeneratedRegex(@"\A[a-z0-9_]{1,80}\z")]
    private static partial Regex CodePattern { get; }
}
