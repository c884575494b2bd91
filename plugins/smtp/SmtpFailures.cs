using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Vaka.Plugins.Smtp.Connections;
using Vaka.Plugins.Smtp.Messages;
using Vaka.Plugins.Smtp.SignIn;

namespace Vaka.Plugins.Smtp;

/// <summary>What a server's answer, or its silence, means for the caller.</summary>
internal static class SmtpFailures
{
    private const int MaxQuote = 200;
    private const string Later = "Try again later.";

    /// <summary>A failure before any mail was begun; <c>null</c>: nothing that is understood here, or well said already.</summary>
    public static IntegrationException? OfOpening(Exception exception, bool hungUp, SmtpConfig config)
    {
        var server = config.Endpoint;
        return exception switch
        {
            IntegrationException { Effect: Effect.Possible } known => WithoutEffect(known),
            AuthenticationException refused => OfSignIn(refused, config),
            SmtpCommandException { StatusCode: < (SmtpStatusCode)500 } answer =>
                Unavailable($"{server} is not ready ({Answer(answer)}). {Later}", answer),
            SmtpCommandException answer =>
                Rejected($"{server} refuses the connection ({Answer(answer)}). Ask whoever runs it whether this host may use it.", answer),
            SmtpProtocolException or FormatException when !hungUp => Misconfigured(
                $"{server} does not answer like a mail server. Check smtp_host and smtp_port; "
                + "a server that speaks TLS from the first byte needs security implicit_tls.",
                exception),
            SmtpProtocolException or IOException => Unavailable($"{server} hung up before a mail could be sent. {Later}", exception),
            _ => null,
        };
    }

    /// <summary>A failure while a mail was handed over; <c>null</c>: nothing that is understood here, or well said already.</summary>
    public static IntegrationException? OfSending(Exception exception, SmtpConnection connection, SmtpConfig config) => exception switch
    {
        // The mail's end was sent and no answer came that says what became of it.
        SmtpProtocolException or IOException or OperationCanceledException when connection.MailHandedOver => Unknown(config, exception),
        SmtpCommandException { StatusCode: < (SmtpStatusCode)400 } when connection.MailHandedOver => Unknown(config, exception),

        SmtpCommandException { ErrorCode: SmtpErrorCode.MessageNotAccepted } when !connection.MailHandedOver =>
            OfRecipients(connection.Refusals, config),
        SmtpCommandException answer => OfAnswer(answer, connection, config),
        ServiceNotAuthenticatedException answer => NotSignedIn(connection.Quote(answer.Message), config, answer),
        SmtpProtocolException or IOException => OfBreak(connection, config, exception),
        _ => null,
    };

    /// <summary>The network's own words, which name the certificate and its fingerprint, and the field that takes it.</summary>
    public static IntegrationException OfTls(IntegrationException failure) => failure.Kind == FailureKind.InvalidConfiguration
        ? Misconfigured($"{failure.Message} The field for a pinned fingerprint is pinned_certificate.", failure)
        : WithoutEffect(failure);

    public static IntegrationException NoStartTls(SmtpConfig config) => Misconfigured(
        $"{config.Endpoint} does not offer STARTTLS, and nothing is sent in the clear. If it speaks TLS from the first byte, "
        + "set security to implicit_tls; if it has no TLS at all, set smtp_use_tls to false.");

    public static IntegrationException TalksBeforeTls(SmtpConfig config) => Misconfigured(
        $"{config.Endpoint} sent more than its answer before TLS began. Nothing was sent. "
        + "Somebody on the way may be tampering with the connection: check the network and smtp_host.");

    public static IntegrationException NoSignIn(SmtpConfig config, IEnumerable<string> offered)
    {
        var mechanisms = string.Join(", ", offered.Where(name => name.Length <= 20 && name.All(IsOfAName)).Take(10));
        return Misconfigured((mechanisms.Length, config.UsesOAuth) switch
        {
            (0, _) => $"{config.Endpoint} offers no sign-in. Remove smtp_user, or use the port that offers one, usually 587 or 465.",
            (_, true) => $"{config.Endpoint} offers no sign-in with OAuth 2, only {mechanisms}. Use smtp_password instead.",
            (_, false) => $"{config.Endpoint} offers no sign-in with a password that is supported here, only {mechanisms}.",
        });

        static bool IsOfAName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
    }

    public static IntegrationException NoUtf8(SmtpConfig config, Recipient address) => new(
        FailureKind.Rejected,
        $"{config.Endpoint} takes only plain ASCII before the @ of an address (it has no SMTPUTF8). Use another address or another server.")
    {
        Effect = Effect.None,
        Errors = address.Path.Length > 0 ? [new(address.Path, "The server takes only plain ASCII before the @.")] : [],
    };

    /// <summary>A failure that certainly changed nothing out there.</summary>
    public static IntegrationException NoEffect(FailureKind kind, string message, Exception? inner = null) =>
        new(kind, message, Loggable(inner)) { Effect = Effect.None };

    /// <summary>A server's words fit to be shown: one line, short, without <paramref name="secret"/> if the server repeats it.</summary>
    public static string Quote(string text, string? secret)
    {
        if (!string.IsNullOrEmpty(secret))
        {
            text = text.Replace(secret, "[secret]", StringComparison.Ordinal)
                .Replace(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), "[secret]", StringComparison.Ordinal);
        }

        var line = new StringBuilder(Math.Min(text.Length, MaxQuote));
        foreach (var c in text.AsSpan().Trim())
        {
            var shown = char.IsControl(c) || char.IsSurrogate(c) || c == '\ufffd' ? ' ' : c;
            if (shown != ' ' || (line.Length > 0 && line[^1] != ' '))
            {
                line.Append(shown);
            }

            if (line.Length == MaxQuote)
            {
                return line.Append('…').ToString();
            }
        }

        return line.ToString().TrimEnd();
    }

    private static IntegrationException OfSignIn(AuthenticationException refused, SmtpConfig config)
    {
        var (server, code) = (config.Endpoint, SmtpSignIn.Code(refused));
        return code switch
        {
            // RFC 4954: with 4.7.12 a person has to change the password, however temporary the code says it is.
            432 when refused.Message.Contains("4.7.12", StringComparison.Ordinal) =>
                Unauthorized($"{server} wants a new password first ({code}). Sign in there once, then store it in smtp_password.", refused),
            >= 400 and < 500 => Unavailable($"{server} cannot check the sign-in now ({code}). {Later}", refused),
            504 or 538 => Misconfigured($"{server} takes no sign-in of this kind ({code}). Check smtp_use_tls and security.", refused),
            _ when config.UsesOAuth => Unauthorized(
                $"{server} refused the access token ({code}). Check smtp_user, the mailbox it is for, and oauth2_scope.", refused),
            534 => Unauthorized($"{server} refused the sign-in (534). It may want an app password in smtp_password, or OAuth 2.", refused),
            _ => Unauthorized($"{server} refused the user name or the password ({code}). Check smtp_user and smtp_password.", refused),
        };
    }

    private static IntegrationException OfAnswer(SmtpCommandException exception, SmtpConnection connection, SmtpConfig config)
    {
        var (server, code) = (config.Endpoint, (int)exception.StatusCode);
        var answer = $"{code}: {connection.Quote(exception.Message)}";
        return code switch
        {
            < 400 => Unavailable($"{server} answered out of turn ({answer}). Nothing was sent. {Later}", exception),
            421 => Unavailable($"{server} closed the connection ({answer}). Nothing was sent. {Later}", exception),
            < 500 => Unavailable($"{server} cannot take the mail now ({answer}). {Later}", exception),
            530 => NotSignedIn(connection.Quote(exception.Message), config, exception),
            523 or 552 => Rejected($"The mail is larger than {server} takes ({answer}). Send smaller attachments, or a link.", exception),
            _ when exception.ErrorCode == SmtpErrorCode.SenderNotAccepted => Rejected(
                $"{server} refused the sender {config.FromEmail} ({answer}). Check that this account may send from from_email.", exception),
            _ => Rejected($"{server} refused the mail ({answer}). Sending it again unchanged will not help.", exception),
        };
    }

    private static IntegrationException OfRecipients(IReadOnlyList<Refusal> refusals, SmtpConfig config)
    {
        var temporary = refusals.FirstOrDefault(refusal => refusal.IsGoodbye) ?? refusals.FirstOrDefault(refusal => refusal.IsTemporary);
        var shown = temporary ?? refusals[0];
        var whom = refusals.Count == 1 ? "the recipient" : $"all {refusals.Count} recipients";
        return new(
            temporary is null ? FailureKind.Rejected : FailureKind.Unavailable,
            temporary is null
                ? $"{config.Endpoint} refused {whom} ({shown.Code}: {shown.Text}). Check the addresses."
                : $"{config.Endpoint} cannot take mail for {whom} now ({shown.Code}: {shown.Text}). {Later}")
        {
            Effect = Effect.None,
            Errors = [.. refusals.Select(refusal => new FieldError(refusal.Recipient.Path, refusal.Reason))],
        };
    }

    private static IntegrationException OfBreak(SmtpConnection connection, SmtpConfig config, Exception exception)
    {
        var goodbye = connection.Refusals.FirstOrDefault(refusal => refusal.IsGoodbye);
        var what = goodbye is not null ? $"closed the connection ({goodbye.Code}: {goodbye.Text})"
            : exception is SmtpProtocolException && !connection.HasEnded ? "gave an answer that is not SMTP or does not end"
            : "broke the connection off";
        return Unavailable($"{config.Endpoint} {what}. Nothing was sent. {Later}", exception);
    }

    private static IntegrationException NotSignedIn(string answer, SmtpConfig config, Exception exception) => Misconfigured(
        config.SignsIn
            ? $"{config.Endpoint} wants TLS or another sign-in first (530: {answer}). Check smtp_use_tls and smtp_user."
            : $"{config.Endpoint} wants a sign-in or TLS first (530: {answer}). Set smtp_user and smtp_password, and smtp_use_tls to true.",
        exception);

    private static IntegrationException Unknown(SmtpConfig config, Exception exception) => new(
        FailureKind.OutcomeUnknown,
        $"{config.Endpoint} got the whole mail and then did not say whether it accepts it. It may have been sent: "
        + "look for it before sending it again.",
        Loggable(exception));

    // An inner exception is logged. MailKit's hold the server's last words as they came, and those may repeat what was signed in with;
    // what is worth knowing of them is in the message.
    private static Exception? Loggable(Exception? exception) =>
        exception is CommandException or ProtocolException or AuthenticationException or ServiceNotAuthenticatedException
            ? null
            : exception;

    private static string Answer(SmtpCommandException exception) => $"{(int)exception.StatusCode}: {Quote(exception.Message, null)}";

    private static IntegrationException WithoutEffect(IntegrationException known) => new(known.Kind, known.Message, known)
    {
        Effect = Effect.None, RetryAfter = known.RetryAfter, Errors = known.Errors, MakesUnusable = known.MakesUnusable,
    };

    private static IntegrationException Unavailable(string message, Exception inner) => NoEffect(FailureKind.Unavailable, message, inner);

    private static IntegrationException Rejected(string message, Exception inner) => NoEffect(FailureKind.Rejected, message, inner);

    private static IntegrationException Unauthorized(string message, Exception inner) => NoEffect(FailureKind.Unauthorized, message, inner);

    private static IntegrationException Misconfigured(string message, Exception? inner = null) =>
        NoEffect(FailureKind.InvalidConfiguration, message, inner);
}
