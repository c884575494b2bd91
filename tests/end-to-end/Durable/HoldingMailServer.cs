using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>Takes mails and keeps its last word on each until it is let go: whoever sends has sent everything and knows nothing.</summary>
public sealed class HoldingMailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> received = new();

    private HoldingMailServer()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Mails that it has, confirmed or not.</summary>
    public int Mails => received.Count;

    /// <summary>Their Message-IDs, in the order of arrival.</summary>
    public IReadOnlyCollection<string> Received => received;

    public object Config => new
    {
        smtp_host = "127.0.0.1", smtp_port = ((IPEndPoint)listener.LocalEndpoint).Port, smtp_use_tls = false, from_email = "alice@vaka.test", timeout_seconds = 60,
    };

    public static object Mail { get; } = new { input = new { to = new[] { "bob@vaka.test" }, subject = "Hello", text = "Hi there" } };

    public static HoldingMailServer Start() => new();

    public void LetGo() => go.TrySetResult();

    public async Task WaitForMailsAsync(int count)
    {
        for (var until = DateTime.UtcNow.AddSeconds(20); Mails < count; await Task.Delay(10)) Assert.True(DateTime.UtcNow < until, $"{Mails} mails");
    }

    public ValueTask DisposeAsync()
    {
        LetGo();
        listener.Stop();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = TalkAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            await using var writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 held.test ready");
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line == "DATA")
                {
                    await writer.WriteLineAsync("354 go on");
                    var id = "";
                    string? text;
                    while ((text = await reader.ReadLineAsync()) is not (null or "."))
                    {
                        if (text.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase)) id = text[11..].Trim();
                    }

                    if (text is null) return; // cut off: no mail
                    received.Enqueue(id);
                    await go.Task;
                }

                await writer.WriteLineAsync(line.StartsWith("EHLO", StringComparison.Ordinal) ? "250 held.test" : "250 2.0.0 done");
            }
        }
        catch (IOException)
        {
            // it hung up
        }
    }
}
