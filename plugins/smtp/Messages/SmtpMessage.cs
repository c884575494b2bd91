using System.Text;
using MimeKit;
using Vaka.Plugins.Smtp.Actions;

namespace Vaka.Plugins.Smtp.Messages;

/// <summary>A mail ready to be sent: who gets it and what stands in it. A blind copy is a recipient and nothing else: it appears in no
/// header.</summary>
internal sealed class SmtpMessage
{
    private SmtpMessage(MimeMessage content, Recipient sender, IReadOnlyList<Recipient> recipients) =>
        (Content, Sender, Recipients) = (content, sender, recipients);

    public MimeMessage Content { get; }

    public Recipient Sender { get; }

    public IReadOnlyList<Recipient> Recipients { get; }

    /// <summary>The first address that only a server with SMTPUTF8 can take; <c>null</c>: there is none.</summary>
    public Recipient? FirstUtf8Address => Recipients.Append(Sender).FirstOrDefault(address => address.NeedsUtf8);

    /// <summary>Some domain is not ASCII.</summary>
    public bool HasInternationalAddress => Sender.IsInternational || Recipients.Any(address => address.IsInternational);

    /// <exception cref="IntegrationException"><see cref="FailureKind.InvalidInput"/>, with everything that is wrong.</exception>
    public static SmtpMessage Build(SendEmailInput input, SmtpConfig config, IntegrationContext context)
    {
        var errors = new List<FieldError>();
        var own = Required(config.FromEmail, "from_email");
        var sender = new Recipient(own with { Name = config.FromName }, "");
        var message = new MimeMessage { Date = context.Clock.GetUtcNow(), MessageId = $"{context.DeduplicationKey}@{own.AsciiDomain}" };
        message.From.Add(sender);

        var recipients = Address(input, message, errors);
        ReplyTo(input, config, message, errors);
        SetSubject(input.Subject, message, errors);
        AddHeaders(input.Headers, message, errors);
        message.Body = MessageBody.Build(input, errors);

        return errors.Count == 0
            ? new(message, sender, recipients)
            : throw new IntegrationException(FailureKind.InvalidInput, Summary(errors)) { Effect = Effect.None, Errors = errors };
    }

    private static string Summary(List<FieldError> errors) =>
        errors.Count == 1 ? $"{errors[0].Path}: {errors[0].Message}" : $"{errors.Count} fields of the mail are not valid. Correct them "
            + "and send it again.";

    private static List<Recipient> Address(SendEmailInput input, MimeMessage message, List<FieldError> errors)
    {
        var recipients = new List<Recipient>(input.To.Count + input.Cc.Count + input.Bcc.Count);
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        AddAll(input.To, "to", message.To);
        AddAll(input.Cc, "cc", message.Cc);
        AddAll(input.Bcc, "bcc", null);

        if (input.To.Count == 0)
        {
            errors.Add(new("to", "Give at least one recipient."));
        }

        if (recipients.Count > SendEmailInput.MaxRecipients)
        {
            errors.Add(new("to", $"to, cc and bcc have more than {SendEmailInput.MaxRecipients} recipients together. Send several mails."));
        }

        return recipients;

        void AddAll(IReadOnlyList<string> addresses, string field, InternetAddressList? header)
        {
            for (var i = 0; i < addresses.Count; i++)
            {
                if (!Mailbox.TryParse(addresses[i], out var mailbox, out var problem))
                {
                    errors.Add(new($"{field}[{i}]", problem));
                    continue;
                }

                var recipient = new Recipient(mailbox, $"{field}[{i}]");
                header?.Add(recipient);
                if (known.Add(recipient.Address))
                {
                    recipients.Add(recipient);
                }
            }
        }
    }

    private static void ReplyTo(SendEmailInput input, SmtpConfig config, MimeMessage message, List<FieldError> errors)
    {
        if (input.ReplyTo is null && config.ReplyTo is null)
        {
            return;
        }

        if (input.ReplyTo is null)
        {
            message.ReplyTo.Add(new Recipient(Required(config.ReplyTo!, "reply_to"), "")); // not null: the guard above
        }
        else if (Mailbox.TryParse(input.ReplyTo, out var mailbox, out var problem))
        {
            message.ReplyTo.Add(new Recipient(mailbox, "reply_to"));
        }
        else
        {
            errors.Add(new("reply_to", problem));
        }
    }

    private static void SetSubject(string subject, MimeMessage message, List<FieldError> errors)
    {
        if (subject.Length > SendEmailInput.MaxSubject || ControlCharacters.ButTabIn(subject))
        {
            errors.Add(new("subject", $"A subject is one line of at most {SendEmailInput.MaxSubject} characters without control "
                + "characters."));
            return;
        }

        message.Subject = subject;
    }

    private static void AddHeaders(IReadOnlyDictionary<string, string> headers, MimeMessage message, List<FieldError> errors)
    {
        if (headers.Count > CustomHeaders.Max)
        {
            errors.Add(new("headers", $"Give at most {CustomHeaders.Max} headers."));
            return;
        }

        foreach (var (name, value) in headers)
        {
            if (CustomHeaders.Problem(name, value) is { } problem)
            {
                errors.Add(new($"headers.{OneLine(name)}", problem));
            }
            else
            {
                message.Headers.Add(name, Encoding.UTF8, value);
            }
        }
    }

    // A name that holds a line break is refused and shown all the same.
    private static string OneLine(string name) => new(name.Take(76).Select(c => char.IsControl(c) ? '?' : c).ToArray());

    private static Mailbox Required(string address, string field) =>
        Mailbox.TryParse(address, out var mailbox, out var problem)
            ? mailbox
            : throw new IntegrationException(FailureKind.InvalidConfiguration, $"{field} of the integration is not an address: "
                + $"{problem}") { Effect = Effect.None };
}

/// <summary>An address of a mail, and where it stood in the input; empty: it is the integration's.</summary>
internal sealed class Recipient(Mailbox mailbox, string path) : MailboxAddress(Encoding.UTF8, mailbox.Name, mailbox.Address)
{
    public string Path { get; } = path;

    /// <inheritdoc cref="Mailbox.NeedsUtf8"/>
    public bool NeedsUtf8 { get; } = mailbox.NeedsUtf8;

    /// <summary>As it was given, without the name.</summary>
    public string Given { get; } = mailbox.Address;
}
