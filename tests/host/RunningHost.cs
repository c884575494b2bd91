using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Commands;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests;

/// <summary>The whole host within the test's process, serving over HTTP: for what cannot be seen or brought about from outside.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private RunningHost(WebApplication app) => this.app = app;

    /// <summary>What it logs, at every level that its settings let through.</summary>
    public TestLog Log { get; } = new();

    public static async Task<RunningHost> StartAsync(TestDatabase database, params string[] settings)
    {
        var host = new RunningHost(Program.Compose(
        [
            "--environment", "Development", "--Urls=http://127.0.0.1:0", "--Logging:Console:LogLevel:Default=None",
            .. database.Configuration.AsEnumerable().Where(setting => setting.Value is not null).Select(setting => $"--{setting.Key}={setting.Value}"),
            .. settings,
        ]));
        host.app.Services.GetRequiredService<ILoggerFactory>().AddProvider(new Provider(host.Log));
        await HostStart.PrepareAsync(host.app.Services, withPlugins: true, CancellationToken.None);
        await host.app.StartAsync();
        return host;
    }

    /// <summary>A caller with a new key.</summary>
    public async Task<HttpClient> ClientAsync(CallerRole role, Guid? tenant)
    {
        var (_, key) = await app.Services.GetRequiredService<ApiKeys>().CreateAsync(
            new NewApiKey("test", role, tenant), Caller.CommandLine, CancellationToken.None);
        var client = new HttpClient { BaseAddress = new Uri(new Uri(app.Urls.Single()), "api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>What it answers an orchestrator.</summary>
    public async Task<JsonNode> ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        return JsonNode.Parse(await client.GetStringAsync("readyz")) ?? throw new InvalidOperationException("It answered nothing.");
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private sealed class Provider(TestLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
