using System.Diagnostics;
using System.Text;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>A shell that somebody types into: what one block of commands sets or where it goes holds for the next one.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private const string Done = "--done--";
    private readonly Process shell;

    public Terminal(string directory, IReadOnlyDictionary<string, string> environment)
    {
        Directory = directory;
        var start = new ProcessStartInfo("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail"])
        {
            WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        shell = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
    }

    /// <summary>Where it is.</summary>
    public string Directory { get; private set; }

    /// <summary>Runs commands to their end and answers what they say; the first that fails fails the test.</summary>
    public async Task<string> RunAsync(string commands)
    {
        await shell.StandardInput.WriteAsync($"{{\n{commands}\n}} </dev/null 2>&1\necho; echo \"{Done}$PWD\"\n");
        await shell.StandardInput.FlushAsync();
        using var patience = new CancellationTokenSource(AuthorsMachine.Patience);
        var said = new StringBuilder();
        while (await shell.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith(Done, StringComparison.Ordinal))
            {
                Directory = line[Done.Length..];
                return said.ToString();
            }

            said.AppendLine(line);
        }

        throw new InvalidOperationException($"It failed:\n{commands}\n{said}");
    }

    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        if (!shell.HasExited) shell.Kill(entireProcessTree: true);
        await shell.WaitForExitAsync();
        shell.Dispose();
    }
}
