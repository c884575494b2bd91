using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Vaka.Plugins.Testing;

/// <summary>A server on this machine that follows transcripts, one for each connection in their order; a connection beyond the last
/// one is closed at once.</summary>
public sealed class TranscriptServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> received = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Transcript[] transcripts;
    private readonly Task[] conversations;
    private readonly TaskCompletionSource[] begun;
    private readonly Task accepting;
    private int connections;

    private TranscriptServer(Transcript[] transcripts)
    {
        this.transcripts = transcripts;
        begun = [.. transcripts.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        conversations = new Task[transcripts.Length];
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    /// <summary>Always <c>127.0.0.1</c>.</summary>
    public string Host => "127.0.0.1";

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>How many connections came in.</summary>
    public int Connections => connections;

    /// <summary>Every line that clients sent, in its order.</summary>
    public IReadOnlyList<string> Received => [.. received];

    /// <summary>Starts it.</summary>
    public static TranscriptServer Start(params Transcript[] transcripts) => new(transcripts);

    /// <summary>Waits until every transcript has been followed to its end.</summary>
    /// <exception cref="TranscriptException">A client left it, and where.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken = default)
    {
        for (var index = 0; index < transcripts.Length; index++)
        {
            await begun[index].Task.WaitAsync(cancellationToken);
            await conversations[index].WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;

        // What went wrong in a conversation is for CompleteAsync to tell.
        await Task.WhenAll(conversations.OfType<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop.Token);
                var index = connections++;
                if (index >= transcripts.Length)
                {
                    socket.Dispose();
                    continue;
                }

                conversations[index] = FollowAsync(transcripts[index], socket);
                begun[index].SetResult();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task FollowAsync(Transcript transcript, Socket socket)
    {
        await using var connection = new TranscriptConnection(socket, received);
        foreach (var step in transcript.Steps)
        {
            await step(connection, stop.Token);
        }
    }
}
