using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Net.Smtp;

namespace Vaka.Plugins.Smtp.Connections;

/// <summary>Encrypts a fresh connection, as the config says, with the host's own TLS: MailKit's would choose its trust by itself and fetch
/// missing issuers around the guard. So STARTTLS is spoken here, up to the handshake, and MailKit gets the encrypted stream.</summary>
internal static class SmtpTls
{
    // MailKit waits for a greeting; after STARTTLS the server sends no second one. What the first one said came unprotected and is dropped.
    private static readonly byte[] Greeting = "220 ready\r\n"u8.ToArray();

    public static async Task<SecuredStream> SecureAsync(
        Stream stream, SmtpConfig config, IOutboundNetwork network, CancellationToken cancellationToken)
    {
        switch (config.Protection)
        {
            case SmtpSecurity.None:
                return new(new SmtpWire(stream, default), null);
            case SmtpSecurity.Starttls:
                await StartTlsAsync(stream, config, cancellationToken).ConfigureAwait(false);
                return await AuthenticateAsync(Greeting).ConfigureAwait(false);
            case SmtpSecurity.ImplicitTls or SmtpSecurity.Auto:
                return await AuthenticateAsync(default).ConfigureAwait(false);
            default:
                throw new ArgumentOutOfRangeException(nameof(config));
        }

        async Task<SecuredStream> AuthenticateAsync(ReadOnlyMemory<byte> replay)
        {
            try
            {
                var encrypted = await network.AuthenticateAsync(stream, config.SmtpHost, config.Tls, cancellationToken)
                    .ConfigureAwait(false);
                return new(new SmtpWire(encrypted, replay), encrypted);
            }
            catch (IntegrationException exception)
            {
                throw SmtpFailures.OfTls(exception);
            }
        }
    }

    private static async Task StartTlsAsync(Stream stream, SmtpConfig config, CancellationToken cancellationToken)
    {
        var dialog = new Dialog(stream);
        Expect(220, await dialog.ReadAsync(cancellationToken).ConfigureAwait(false));
        var offer = await dialog.SendAsync($"EHLO {SmtpConnection.HelloName(config)}", cancellationToken).ConfigureAwait(false);
        if (offer.Code != 250 && offer.Code is < 500 or > 599)
        {
            Expect(250, offer);
        }

        if (offer.Code != 250 || !offer.Lines.Skip(1).Any(line => line.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
        {
            throw SmtpFailures.NoStartTls(config);
        }

        Expect(220, await dialog.SendAsync("STARTTLS", cancellationToken).ConfigureAwait(false));
        if (dialog.HasMore)
        {
            throw SmtpFailures.TalksBeforeTls(config);
        }
    }

    private static void Expect(int code, Reply reply)
    {
        if (reply.Code != code)
        {
            throw new SmtpCommandException(SmtpErrorCode.UnexpectedStatusCode, (SmtpStatusCode)reply.Code, string.Join(' ', reply.Lines));
        }
    }

    private sealed record Reply(int Code, IReadOnlyList<string> Lines);

    private sealed class Dialog(Stream stream)
    {
        private const int MaxLines = 128;

        private readonly byte[] buffer = new byte[4096];
        private int start;
        private int end;

        /// <summary>More came than was asked for.</summary>
        public bool HasMore => start < end;

        public async Task<Reply> SendAsync(string command, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            return await ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        public async Task<Reply> ReadAsync(CancellationToken cancellationToken)
        {
            var lines = new List<string>();
            while (lines.Count < MaxLines)
            {
                var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
                if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                    || code < 100 || (line.Length > 3 && line[3] is not (' ' or '-')))
                {
                    break;
                }

                lines.Add(line.Length > 4 ? line[4..] : "");
                if (line.Length == 3 || line[3] == ' ')
                {
                    return new(code, lines);
                }
            }

            throw new SmtpProtocolException("Not an SMTP answer.");
        }

        private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
                if (length >= 0)
                {
                    var line = Encoding.Latin1.GetString(buffer, start, length).TrimEnd('\r');
                    start += length + 1;
                    return line;
                }

                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                if (end == buffer.Length)
                {
                    throw new SmtpProtocolException("A line does not end.");
                }

                var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
                end += read > 0 ? read : throw new EndOfStreamException("The server hung up.");
            }
        }
    }
}

/// <summary>A connection ready for MailKit.</summary>
/// <param name="Wire">The stream to speak over.</param>
/// <param name="Tls">Its encryption; <c>null</c>: none.</param>
internal sealed record SecuredStream(SmtpWire Wire, SslStream? Tls)
{
    /// <summary>When the server's certificate runs out; <c>null</c> without TLS.</summary>
    public DateTimeOffset? CertificateExpiry { get; } = Tls?.RemoteCertificate is X509Certificate2 shown ? shown.NotAfter : null;
}
