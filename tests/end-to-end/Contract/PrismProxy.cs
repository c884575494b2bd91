using System.Diagnostics;
using System.Text;

namespace Vaka.Plugins.EndToEnd.Tests.Contract;

/// <summary>Prism in front of a host: passes everything on, and says in a header of each answer where it and the host's own OpenAPI document
/// differ.</summary>
internal sealed class PrismProxy : IAsyncDisposable
{
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process prism;

    private PrismProxy(Process prism, Uri address)
    {
        this.prism = prism;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Some hostile bodies end it.</summary>
    public bool IsRunning => !prism.HasExited;

    /// <param name="host">The host's address.</param>
    public static async Task<PrismProxy> StartAsync(Uri host)
    {
        var port = Hosts.HostProcess.FreePort();
        var proxy = new PrismProxy(
            NodeTool.Start("@stoplight/prism-cli", "proxy", new Uri(host, "openapi/v1.json").ToString(), host.ToString().TrimEnd('/'), "--port", $"{port}"),
            new Uri($"http://127.0.0.1:{port}/"));
        proxy.prism.OutputDataReceived += proxy.Hear;
        proxy.prism.ErrorDataReceived += proxy.Hear;
        proxy.prism.BeginOutputReadLine();
        proxy.prism.BeginErrorReadLine();
        await Task.WhenAny(proxy.listening.Task, proxy.prism.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(60)));
        if (proxy.listening.Task.IsCompleted) return proxy;
        await proxy.DisposeAsync();
        throw new InvalidOperationException($"Prism does not listen:\n{proxy.output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!prism.HasExited) prism.Kill();
        await prism.WaitForExitAsync();
        prism.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (output) output.AppendLine(line.Data);
        if (line.Data?.Contains("Prism is listening", StringComparison.Ordinal) == true) listening.TrySetResult();
    }
}
