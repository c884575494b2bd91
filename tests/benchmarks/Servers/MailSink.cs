using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>A mail server that takes every mail and forgets it. It offers what Postfix offers by default, without TLS.</summary>
internal static class MailSink
{
    public const string Role = "mail-sink";

    public static async Task RunAsync(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            client.NoDelay = true;
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await new MailSession(client.GetStream()).TalkAsync();
            }
            catch (IOException)
            {
                // It hung up.
            }
        }
    }
}

/// <summary>One connection to the sink.</summary>
internal sealed class MailSession(Stream stream)
{
    private static readonly byte[] EndOfMail = "\r\n.\r\n"u8.ToArray();

    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly MemoryStream answers = new();
    private int start;
    private int end;

    public async Task TalkAsync()
    {
        answers.Write("220 sink ESMTP\r\n"u8);
        while (true)
        {
            var line = await ReadLineAsync();
            switch (line.Split(' ')[0].ToUpperInvariant())
            {
                case "EHLO":
                    answers.Write("250-sink\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-ENHANCEDSTATUSCODES\r\n"u8);
                    answers.Write("250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n"u8);
                    break;
                case "DATA":
                    answers.Write("354 End data with <CR><LF>.<CR><LF>\r\n"u8);
                    await SkipMailAsync();
                    answers.Write("250 2.0.0 Ok: queued as 4CNzXH0Zp5z1\r\n"u8);
                    break;
                case "BDAT":
                    await SkipAsync(int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
                    answers.Write("250 2.0.0 Ok: queued as 4CNzXH0Zp5z1\r\n"u8);
                    break;
                case "QUIT":
                    answers.Write("221 2.0.0 Bye\r\n"u8);
                    await FlushAsync();
                    return;
                default:
                    answers.Write("250 2.0.0 Ok\r\n"u8);
                    break;
            }
        }
    }

    private async Task<string> ReadLineAsync()
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n')) < 0) await FillAsync();
        var line = Encoding.ASCII.GetString(buffer, start, length).TrimEnd('\r');
        start += length + 1;
        return line;
    }

    private async Task SkipMailAsync()
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf(EndOfMail)) < 0)
        {
            // The end may come in two pieces.
            start = Math.Max(start, end - EndOfMail.Length + 1);
            await FillAsync();
        }

        start += length + EndOfMail.Length;
    }

    private async Task SkipAsync(int count)
    {
        while (end - start < count)
        {
            count -= end - start;
            start = end;
            await FillAsync();
        }

        start += count;
    }

    // Answers to a pipelined batch go out together, once there is nothing more to read.
    private async Task FillAsync()
    {
        await FlushAsync();
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        var read = await stream.ReadAsync(buffer.AsMemory(end));
        if (read == 0) throw new IOException("The client hung up.");
        end += read;
    }

    private async Task FlushAsync()
    {
        if (answers.Length == 0) return;
        await stream.WriteAsync(answers.GetBuffer().AsMemory(0, (int)answers.Length));
        answers.SetLength(0);
    }
}
