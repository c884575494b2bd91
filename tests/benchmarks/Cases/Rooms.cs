using System.Text.Json;
using Vaka.Plugins.Benchmarks.Servers;
using Vaka.Plugins.Host;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Commands;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>The host's rooms without its API, in this process, with the plugins that it ships.</summary>
internal sealed class Rooms : IAsyncDisposable
{
    private readonly WebApplication app;

    private Rooms(WebApplication app) => this.app = app;

    public static async Task<Rooms> OpenAsync(Database database)
    {
        var plugins = Path.Combine(Path.GetDirectoryName(ServerProcess.Metadata("HostProgram"))!, "plugins"); // a file has a directory
        var builder = HostSettings.CreateBuilder([.. database.Settings, $"--Plugins:Directory={plugins}"]);
        builder.Logging.ClearProviders();
        builder.Services
            .AddData(builder.Configuration)
            .AddNetwork(builder.Configuration, allowLoopback: true)
            .AddPlugins(builder.Configuration)
            .AddAccess(builder.Configuration)
            .AddIntegrations(builder.Configuration)
            .AddActions(builder.Configuration);
        var rooms = new Rooms(builder.Build());
        await HostStart.PrepareAsync(rooms.app.Services, withPlugins: true, CancellationToken.None);
        await rooms.Feed.StartAsync(CancellationToken.None);
        return rooms;
    }

    /// <summary>Without it the cache would trust nothing for longer than a second.</summary>
    private ChangeFeed Feed => Get<ChangeFeed>();

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>One that has nothing to write yet.</summary>
    public ExecutionRecorder NewRecorder() => ActivatorUtilities.CreateInstance<ExecutionRecorder>(app.Services);

    public Task<Integration> CreateAsync(string type, object config, Guid tenant) => Get<IntegrationStore>().CreateAsync(
        new IntegrationDraft { Name = type, IntegrationType = type, Config = JsonSerializer.SerializeToNode(config)!.AsObject() },
        new Caller { Name = "bench", Role = CallerRole.Admin, HomeTenantId = tenant, TenantId = tenant },
        CancellationToken.None);

    /// <summary>One call of an action as the host makes it, from the bound input to the output.</summary>
    public async Task<Func<Task>> ActionAsync(string type, string name, object config, object input)
    {
        var tenant = Guid.CreateVersion7();
        await CreateAsync(type, config, tenant);
        var integration = (await Get<IntegrationResolver>().ResolveAsync(type, tenant, null, CancellationToken.None)).Integration;
        var action = integration.Plugin.FindAction(name) ?? throw new InvalidOperationException($"There is no {type}/{name}.");
        var bound = Get<ProviderContracts>().Input(integration.Plugin, action)
            .Bind(JsonSerializer.SerializeToUtf8Bytes(input, JsonSerializerOptions.Web).AsMemory());
        var contexts = Get<ContextFactory>();
        return async () =>
        {
            var id = Guid.CreateVersion7();
            var lease = contexts.Create(
                integration, new ContextRequest { CallerTenantId = tenant, ExecutionId = id, DeduplicationKey = id.ToString("N") });
            await action.InvokeAsync(bound.Value!, integration.Config, lease.Context, CancellationToken.None); // bound without an error
            await lease.DisposeAsync();
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Feed.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
