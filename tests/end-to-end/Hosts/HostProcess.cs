using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Vaka.Plugins.EndToEnd.Tests.Contract;

namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>The host as a real process, in an empty directory of its own.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    /// <summary>One that was published, when the tests were given one.</summary>
    internal static readonly string? Published = Environment.GetEnvironmentVariable("VAKA_TEST_HOST");

    private static readonly string Program = Published ?? Metadata("HostProgram");

    private readonly string program;
    private readonly string[] settings;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly StringBuilder output = new();
    private readonly SemaphoreSlim proxying = new(1);
    private Process? process;
    private PrismProxy? proxy;

    private HostProcess(
        string directory, Uri address, string[] settings, IReadOnlyDictionary<string, string> environment, string? program = null)
    {
        this.program = program ?? Program;
        Directory = directory;
        Address = address;
        this.settings = settings;
        this.environment = environment;
    }

    /// <summary>Where the sources lie.</summary>
    public static string Repository { get; } = Metadata("Repository");

    /// <summary>What it was built as, such as Debug.</summary>
    public static string Configuration { get; } = Metadata("Configuration");

    /// <summary>Where the packages lie that everything here was built with.</summary>
    public static string NuGetPackages { get; } = Metadata("NuGetPackages");

    public static string ProgramName => Path.GetFileName(Program);

    /// <summary>The plugins that come with the host.</summary>
    public static string ShippedPlugins { get; } = Path.Combine(Path.GetDirectoryName(Program)!, "plugins"); // a file's path has one

    public string Directory { get; }

    public Uri Address { get; }

    /// <summary>By which Linux knows it.</summary>
    public int Id => process?.Id ?? throw new InvalidOperationException("It does not run.");

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Everything that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    /// <summary>Bytes of memory that it holds.</summary>
    public long Memory
    {
        get
        {
            process?.Refresh();
            return process?.WorkingSet64 ?? 0;
        }
    }

    public static async Task<HostProcess> StartAsync(
        string directory, IEnumerable<string> settings, IReadOnlyDictionary<string, string>? environment = null, string? program = null)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        string[] all = ["--environment", "Development", $"--Urls={address}", .. settings];
        var host = new HostProcess(directory, address, all, environment ?? new Dictionary<string, string>(), program);
        await host.StartAsync();
        return host;
    }

    /// <summary>Starts one that must give up by itself.</summary>
    public static async Task<(int Code, string Printed)> FailToStartAsync(string directory, IEnumerable<string> settings)
    {
        await using var host = new HostProcess(
            directory, new Uri($"http://127.0.0.1:{FreePort()}/"), ["--environment", "Development", .. settings], new Dictionary<string, string>());
        var (code, output, error) = await host.RunCommandAsync();
        return (code, output + error);
    }

    public async Task StartAsync()
    {
        process = Launch([]);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = Address };
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60);)
        {
            if (process.HasExited) break;
            try
            {
                if ((await client.GetAsync("readyz")).StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // not yet
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"The host did not become ready:\n{Output}");
    }

    /// <summary>Runs one of the program's commands beside the host, on the same database.</summary>
    public async Task<(int Code, string Output, string Error)> RunCommandAsync(params string[] command)
    {
        using var run = Launch(command);
        var error = run.StandardError.ReadToEndAsync();
        var text = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        return (run.ExitCode, text, await error);
    }

    /// <summary>A client with a new key.</summary>
    public async Task<HttpClient> ClientAsync(string role, Guid? tenant = null)
    {
        string[] scope = tenant is { } id ? ["--tenant", id.ToString()] : [];
        var (code, key, error) = await RunCommandAsync(["keys", "create", "--name", "test", "--role", role, .. scope]);
        Assert.True(code == 0, error);
        var client = NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.TrimEnd('\n'));
        return client;
    }

    /// <summary>A client without a key. With VAKA_TEST_PRISM=1, everything that any test asks goes through a proxy that judges it.</summary>
    public HttpClient NewClient() =>
        Environment.GetEnvironmentVariable("VAKA_TEST_PRISM") == "1" ? NewJudgedClient() : new HttpClient { BaseAddress = new Uri(Address, "api/v1/") };

    /// <summary>A client whose calls fail where the wire and the OpenAPI document differ.</summary>
    public HttpClient NewJudgedClient() => new(new ContractHandler(ProxyAsync)) { BaseAddress = new Uri(Address, "api/v1/") };

    /// <summary>Asks it to stop (SIGTERM), as whatever runs it would.</summary>
    public Task TerminateAsync() => SignalAsync("-TERM");

    /// <summary>Lets it stand still (SIGSTOP), as a machine does that swaps or is moved.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Lets it go on as if nothing had been (SIGCONT).</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<int> WaitForExitAsync()
    {
        if (process is null) throw new InvalidOperationException("It does not run.");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    /// <summary>Ends it without a word, as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null) await proxy.DisposeAsync();
        if (process is { HasExited: false }) await KillAsync();
        process?.Dispose();
        proxying.Dispose();
    }

    // The first who asks starts it.
    private async Task<Uri> ProxyAsync()
    {
        await proxying.WaitAsync();
        try
        {
            if (proxy is { IsRunning: false })
            {
                await proxy.DisposeAsync();
                proxy = null;
            }

            return (proxy ??= await PrismProxy.StartAsync(Address)).Address;
        }
        finally
        {
            proxying.Release();
        }
    }

    private async Task SignalAsync(string signal)
    {
        if (process is null) return;
        using var kill = Process.Start("kill", [signal, $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private Process Launch(string[] command)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. command, .. settings])
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (output) output.AppendLine(line.Data);
    }

    private static string Metadata(string key) => typeof(HostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == key).Value!; // put there by the project

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
