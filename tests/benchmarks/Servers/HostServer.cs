using System.Diagnostics;
using System.Net.Http.Headers;

namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>The host as a process, with one tenant that has what is measured.</summary>
internal sealed class HostServer : IAsyncDisposable
{
    private static readonly string Program = ServerProcess.Metadata("HostProgram");

    private readonly ServerProcess server;
    private readonly string[] settings;
    private readonly string directory;

    private HostServer(ServerProcess server, string[] settings, string directory) =>
        (this.server, this.settings, this.directory) = (server, settings, directory);

    public Process Process => server.Process;

    /// <summary>May invoke actions for the tenant, and nothing else.</summary>
    public HttpClient Service { get; private set; } = new();

    public static Task<HostServer> StartAsync(Database database, params (string Type, object Config)[] integrations) =>
        StartAsync(database, [], integrations);

    /// <param name="database">On which.</param>
    /// <param name="more">Settings beside those of the database.</param>
    /// <param name="integrations">What its tenant has.</param>
    public static async Task<HostServer> StartAsync(Database database, IEnumerable<string> more, params (string Type, object Config)[] integrations)
    {
        var port = ServerProcess.FreePort();

        // Every caller has the address of this machine.
        string[] settings = [.. database.Settings, $"--Urls=http://127.0.0.1:{port}", "--Access:SignInRequestsPerMinute=1000000", .. more];
        var host = new HostServer(await ServerProcess.StartAsync(Program, port, settings, database.Directory), settings, database.Directory);
        host.Service = await host.AddTenantAsync(integrations);
        return host;
    }

    /// <summary>One more tenant that has these.</summary>
    /// <returns>Its service.</returns>
    public async Task<HttpClient> AddTenantAsync(params (string Type, object Config)[] integrations)
    {
        var tenant = Guid.CreateVersion7();
        using var admin = await ClientAsync("admin", tenant);
        foreach (var (type, config) in integrations)
        {
            using var made = await admin.PostAsJsonAsync("integrations", new { name = type, integration_type = type, config });
            if (!made.IsSuccessStatusCode) throw new InvalidOperationException(await made.Content.ReadAsStringAsync());
        }

        return await ClientAsync("service", tenant);
    }

    public async ValueTask DisposeAsync()
    {
        Service.Dispose();
        await server.DisposeAsync();
    }

    private async Task<HttpClient> ClientAsync(string role, Guid tenant)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Program, "keys", "create", "--name", "bench", "--role", role, "--tenant", $"{tenant}", .. settings])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };
        using var run = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        var key = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        return client;
    }
}
