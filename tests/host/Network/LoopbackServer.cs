using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vaka.Plugins.Host.Tests.Network;

/// <summary>A real listener on loopback that runs a script for each connection.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private int connections;

    public LoopbackServer(Func<Stream, CancellationToken, Task> script, IPAddress? address = null, int port = 0)
    {
        listener = new TcpListener(address ?? IPAddress.Loopback, port);
        listener.Start();
        loop = AcceptAsync(script);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many came, accepted or about to be.</summary>
    public int Connections => Volatile.Read(ref connections) + (listener.Pending() ? 1 : 0);

    public static LoopbackServer Http(string answer) => Http(Encoding.Latin1.GetBytes(answer));

    /// <summary>Reads one request's head, sends the bytes and closes.</summary>
    public static LoopbackServer Http(byte[] answer) => new(async (stream, token) =>
    {
        await ReadHeadAsync(stream, token);
        await stream.WriteAsync(answer, token);
    });

    public static LoopbackServer Tls(
        X509Certificate2 certificate, Func<SslStream, CancellationToken, Task>? script = null, bool askForClient = false) =>
        new(async (stream, token) =>
        {
            await using var secured = new SslStream(stream);
            await secured.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                    ClientCertificateRequired = askForClient,
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,

                    // The server must not blur what the client downloads.
                    CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true },
                },
                token);
            await (script ?? AnswerOkAsync)(secured, token);
        });

    public static async Task AnswerOkAsync(Stream stream, CancellationToken token)
    {
        await ReadHeadAsync(stream, token);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), token);
    }

    public static async Task<string> ReadHeadAsync(Stream stream, CancellationToken token)
    {
        var head = new StringBuilder();
        var buffer = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, token) > 0)
        {
            head.Append((char)buffer[0]);
        }

        return head.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        listener.Stop();
        stop.Dispose();
    }

    private async Task AcceptAsync(Func<Stream, CancellationToken, Task> script)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref connections);
                running.Add(RunAsync(client, script));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task RunAsync(TcpClient client, Func<Stream, CancellationToken, Task> script)
    {
        using (client)
        {
            try
            {
                await script(client.GetStream(), stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or AuthenticationException)
            {
                // The other side has gone, which many of these tests are about.
            }
        }
    }
}
