using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Vaka.Plugins.Smtp.Messages;

namespace Vaka.Plugins.Smtp.Connections;

/// <summary>One connection to the server: MailKit's client, which goes on with the other recipients when one is refused.</summary>
internal sealed class SmtpConnection(SmtpWire wire) : MailKit.Net.Smtp.SmtpClient
{
    private static readonly FormatOptions Utf8Headers = WithUtf8Headers();

    private const int MaxMails = 100;

    private readonly List<Recipient> accepted = [];
    private readonly List<Refusal> refusals = [];
    private bool withoutUtf8;

    /// <summary>Mails begun on this connection.</summary>
    public int Mails { get; private set; }

    /// <summary>It must not be used for another mail.</summary>
    public bool IsSpent => Mails >= MaxMails || withoutUtf8;

    /// <summary>When the last one ended, as a timestamp of the pool's clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>What was signed in with: it must not come back in what the server says.</summary>
    public string? Secret { get; set; }

    public bool MailHandedOver => wire.MailHandedOver;

    public bool HasEnded => wire.HasEnded;

    /// <summary>The recipients that the server refused in the last mail.</summary>
    public IReadOnlyList<Refusal> Refusals => refusals;

    /// <summary>What this side calls itself: the domain it sends from. Strict relays want to see that one, not the machine's.</summary>
    public static string HelloName(SmtpConfig config) =>
        Mailbox.TryParse(config.FromEmail, out var from, out _) ? from.AsciiDomain : "localhost";

    /// <summary>Reads the greeting and says hello.</summary>
    public async Task GreetAsync(SmtpConfig config, CancellationToken cancellationToken)
    {
        LocalDomain = HelloName(config);
        await ConnectAsync(wire, config.SmtpHost, config.SmtpPort, SecureSocketOptions.None, cancellationToken).ConfigureAwait(false);

        // A server further on may not take binary parts.
        Capabilities &= ~SmtpCapabilities.BinaryMime;
    }

    /// <summary>Hands a mail over.</summary>
    public async Task<Receipt> SubmitAsync(SmtpMessage message, SmtpConfig config, CancellationToken cancellationToken)
    {
        accepted.Clear();
        refusals.Clear();
        wire.BeginMail();
        Mails++;

        var utf8 = message.FirstUtf8Address;
        if (utf8 is not null && (!Capabilities.HasFlag(SmtpCapabilities.UTF8) || !Capabilities.HasFlag(SmtpCapabilities.EightBitMime)))
        {
            throw SmtpFailures.NoUtf8(config, utf8);
        }

        // A domain alone can go in ASCII. With SMTPUTF8 MailKit would ask for that all the way, and a server further on without it would
        // send the mail back. What is given up cannot be asked for again on this connection.
        if (utf8 is null && Capabilities.HasFlag(SmtpCapabilities.UTF8) && message.HasInternationalAddress)
        {
            Capabilities &= ~SmtpCapabilities.UTF8;
            withoutUtf8 = true;
        }

        var format = utf8 is null ? FormatOptions.Default : Utf8Headers;
        var response = await SendAsync(format, message.Content, message.Sender, message.Recipients, cancellationToken)
            .ConfigureAwait(false);
        return new(Quote(response), [.. accepted], [.. refusals]);
    }

    /// <summary>The server's words fit to be shown.</summary>
    public string Quote(string text) => SmtpFailures.Quote(text, Secret);

    /// <summary>Whether the server had given this connection up while it was idle: it says nothing to the new mail, or goodbye.</summary>
    public bool WasStale(Exception exception) =>
        Mails > 1 && exception switch
        {
            SmtpCommandException { ErrorCode: SmtpErrorCode.SenderNotAccepted, StatusCode: SmtpStatusCode.ServiceNotAvailable } => true,
            SmtpProtocolException or IOException => !wire.HasAnswered,
            _ => false,
        };

    /// <summary>With BDAT (RFC 3030) the mail does not wait for the answer to DATA: one round trip less.</summary>
    protected override bool PreferSendAsBinaryData => true;

    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        accepted.Add((Recipient)mailbox);

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        refusals.Add(new((Recipient)mailbox, (int)response.StatusCode, Quote(response.Response)));

    private static FormatOptions WithUtf8Headers()
    {
        var options = FormatOptions.Default.Clone();
        options.International = true;
        return options;
    }
}

/// <summary>What the server said to a mail that it took.</summary>
internal sealed record Receipt(string Response, IReadOnlyList<Recipient> Accepted, IReadOnlyList<Refusal> Refusals);

/// <summary>A recipient that the server refused.</summary>
internal sealed record Refusal(Recipient Recipient, int Code, string Text)
{
    /// <summary>With 421 the server closes the connection.</summary>
    public bool IsGoodbye => Code == 421;

    public bool IsTemporary => Code is >= 400 and < 500;

    public string Reason => $"{(IsTemporary ? "temporary" : "refused")} ({Code}): {Text}";
}
