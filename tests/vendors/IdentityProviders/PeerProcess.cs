using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Vaka.Plugins.Vendors.IdentityProviders;

/// <summary>A peer's process, in a directory of its own and on a free port of this machine. It ends with its standard input, so that none is left
/// behind by a test run that is killed.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();

    private PeerProcess(Process process, string directory, int port) => (this.process, Directory, Port) = (process, directory, port);

    public string Directory { get; }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="prepare">Writes what it needs into its directory.</param>
    /// <param name="command">The program and its arguments; the port and the directory are added.</param>
    /// <param name="environment">Environment variables beside the test's own.</param>
    public static async Task<PeerProcess> StartAsync(
        Action<string> prepare, IReadOnlyList<string> command, params IEnumerable<(string Name, string Value)> environment)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("vaka-idp-").FullName;
        prepare(directory);
        var port = FreePort();
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), $"{port}", directory])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} was not started.");
        var peer = new PeerProcess(process, directory, port);
        process.OutputDataReceived += (_, line) => peer.output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => peer.output.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await peer.AwaitAsync();
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task AwaitAsync()
    {
        using var client = new HttpClient();
        using var patience = new CancellationTokenSource(Patience);
        while (!process.HasExited && !patience.IsCancellationRequested)
        {
            try
            {
                using var answer = await client.GetAsync($"{Address}/healthz", patience.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                await Task.Delay(50);
            }
        }

        var said = string.Join('\n', output);
        await DisposeAsync();
        throw new InvalidOperationException($"The identity provider does not answer. It said:\n{said}");
    }

    // Below the range that outgoing connections take theirs from.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20000, 32000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
