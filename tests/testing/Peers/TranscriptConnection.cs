using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Vaka.Plugins.Testing;

/// <summary>The server's end of one connection.</summary>
internal sealed class TranscriptConnection(Socket socket, ConcurrentQueue<string> received) : IAsyncDisposable
{
    private Stream stream = new NetworkStream(socket, ownsSocket: true);

    public Task WriteAsync(byte[] bytes, CancellationToken cancellationToken) => stream.WriteAsync(bytes, cancellationToken).AsTask();

    /// <summary>Byte by byte: what follows the line may be a TLS handshake, which is not ours to read.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        try
        {
            while (await stream.ReadAsync(one, cancellationToken) == 1)
            {
                if (one[0] == '\n')
                {
                    var text = Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                    received.Enqueue(text);
                    return text;
                }

                line.Add(one[0]);
            }
        }
        catch (IOException)
        {
            // Reset by the client: as good an end as any.
        }

        return null;
    }

    /// <summary>Taken down as one line.</summary>
    public async Task ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        received.Enqueue(Encoding.UTF8.GetString(bytes));
    }

    public async Task StartTlsAsync(SslServerAuthenticationOptions options, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream);
        stream = tls;
        await tls.AuthenticateAsServerAsync(options, cancellationToken);
    }

    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
