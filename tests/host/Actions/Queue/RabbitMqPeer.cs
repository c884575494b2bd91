using System.Diagnostics;
using System.Reflection;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

/// <summary>A RabbitMQ of one test class, which can be ended without anybody else minding.</summary>
public sealed class RabbitMqPeer : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vaka-mq-").FullName;

    public static string? Unavailable => File.Exists("/usr/lib/rabbitmq/bin/rabbitmq-server")
        ? null
        : "RabbitMQ is not installed here (tests/run.sh installs it).";

    /// <summary>Its default virtual host, as <c>Queue:RabbitMq</c> names it.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it, on the same data and port when it was ended.</summary>
    public async Task StartAsync()
    {
        await RunAsync("start");
        Address = (await File.ReadAllTextAsync(Path.Combine(directory, "env"))).Split('\'')[1];
    }

    /// <summary>Ends it without a word, as a power cut would.</summary>
    public Task KillAsync() => RunAsync("kill");

    /// <summary>Has it end as it wants to, and starts it again.</summary>
    public Task RestartAsync() => RunAsync("restart");

    /// <summary>From now on it keeps its connections and answers nothing.</summary>
    public Task PauseAsync() => RunAsync("pause");

    public Task ResumeAsync() => RunAsync("resume");

    public async ValueTask DisposeAsync()
    {
        if (Address.Length > 0)
        {
            await KillAsync(); // it has nothing to keep
            await RunAsync("stop");
        }

        Directory.Delete(directory, recursive: true);
    }

    // What it starts would hold pipes open.
    private async Task RunAsync(string command)
    {
        var repository = typeof(RabbitMqPeer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Repository").Value;
        using var script = Process.Start(Path.Combine(repository ?? "", "tests", "peers", "rabbitmq.sh"), [command, directory]);
        await script.WaitForExitAsync();
        Assert.True(script.ExitCode == 0, $"rabbitmq.sh {command} ended with code {script.ExitCode}.");
    }
}
