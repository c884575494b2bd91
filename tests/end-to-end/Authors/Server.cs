using System.Diagnostics;
using System.Text;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>A command that goes on until somebody stops it, in a terminal of its own.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly StringBuilder output = new();
    private readonly List<(string Text, TaskCompletionSource Said)> waiting = [];
    private readonly Process process;
    private readonly string command;

    public Server(string command, string directory, IReadOnlyDictionary<string, string> environment)
    {
        this.command = command;
        var start = new ProcessStartInfo("bash", ["--noprofile", "--norc", "-c", command])
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    /// <summary>Waits until it has said that.</summary>
    public async Task SaysAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (output)
        {
            if (output.ToString().Contains(text, StringComparison.Ordinal)) return;
            waiting.Add((text, said));
        }

        using var patience = new CancellationTokenSource(AuthorsMachine.Patience);
        var ended = process.WaitForExitAsync(patience.Token);
        await Task.WhenAny(said.Task, ended);
        Assert.True(said.Task.IsCompleted, $"'{command}' did not say '{text}':\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (output)
        {
            output.AppendLine(line.Data);
            foreach (var (text, said) in waiting)
                if (line.Data?.Contains(text, StringComparison.Ordinal) == true) said.TrySetResult();
        }
    }
}
