using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>A program of its own on this machine, from when it listens until it is disposed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Queue<string> lastWords = [];

    private ServerProcess(Process process, int port) => (Process, Port) = (process, port);

    public Process Process { get; }

    public int Port { get; }

    /// <summary>This program in another role.</summary>
    public static Task<ServerProcess> StartRoleAsync(string role, int port, params string[] arguments) =>
        StartAsync(typeof(ServerProcess).Assembly.Location, port, [role, $"{port}", .. arguments], AppContext.BaseDirectory);

    /// <param name="program">A .NET assembly.</param>
    /// <param name="port">On which it will listen.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="directory">Where it runs.</param>
    public static async Task<ServerProcess> StartAsync(string program, int port, IEnumerable<string> arguments, string directory)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException("No process was started."), port);
        server.Process.OutputDataReceived += server.Keep;
        server.Process.ErrorDataReceived += server.Keep;
        server.Process.BeginOutputReadLine();
        server.Process.BeginErrorReadLine();
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60) && !server.Process.HasExited;)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return server;
            }
            catch (SocketException)
            {
                await Task.Delay(5);
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException($"{Path.GetFileName(program)} did not listen on {port}:\n{string.Join('\n', server.lastWords)}");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>What the project noted about where things lie.</summary>
    public static string Metadata(string key) => typeof(ServerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == key).Value!; // put there by the project

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (lastWords)
        {
            if (line.Data is { } text) lastWords.Enqueue(text);
            if (lastWords.Count > 50) lastWords.Dequeue();
        }
    }
}
