using System.Collections.Concurrent;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>MailKit with a pool, as it is written by hand: connections are kept for ever and never asked whether they still work.</summary>
internal sealed class PlainMail(int port, int connections)
{
    private readonly SemaphoreSlim slots = new(connections, connections);
    private readonly ConcurrentBag<SmtpClient> idle = [];

    public async Task<string> SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        using var message = new MimeMessage();
        message.From.Add(new MailboxAddress("Alice", "alice@vaka.test"));
        foreach (var to in mail.To) message.To.Add(MailboxAddress.Parse(to));
        message.Subject = mail.Subject;
        message.Body = new BodyBuilder { TextBody = mail.Text, HtmlBody = mail.Html }.ToMessageBody();
        await slots.WaitAsync(cancellationToken);
        try
        {
            if (!idle.TryTake(out var client))
            {
                client = new SmtpClient();
                await client.ConnectAsync("127.0.0.1", port, SecureSocketOptions.None, cancellationToken);
            }

            await client.SendAsync(message, cancellationToken);
            idle.Add(client);
        }
        finally
        {
            slots.Release();
        }

        return message.MessageId!; // made with the message
    }
}
