using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>The rooms that the store needs, as one host has them.</summary>
internal sealed class StoreHost : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private StoreHost(ServiceProvider services) => this.services = services;

    public FakeCatalog Catalog => (FakeCatalog)Get<IPluginCatalog>();

    public FakeTimeProvider Time => (FakeTimeProvider)Get<TimeProvider>();

    public IntegrationStore Store => Get<IntegrationStore>();

    public static async Task<StoreHost> StartAsync(TestDatabase database, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var configuration = new ConfigurationBuilder().AddConfiguration(database.Configuration)
            .AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build();
        var catalog = new FakeCatalog();
        catalog.Add("relay");
        catalog.Add("other");
        var host = new StoreHost(new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero)))
            .AddSingleton<IPluginCatalog>(catalog)
            .AddData(configuration).AddSchema().AddIntegrationStore(configuration)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }));
        try
        {
            await host.Get<SecretsStart>().RunAsync(CancellationToken.None);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public static Caller Tenant(Guid tenant, string name = "key:tenant") =>
        new() { Name = name, Role = CallerRole.Admin, HomeTenantId = tenant, TenantId = tenant };

    public static Caller Platform(Guid? tenant = null) => new() { Name = "key:platform", Role = CallerRole.Admin, TenantId = tenant };

    public static JsonObject Json(string json) => JsonNode.Parse(json)!.AsObject();

    public static IntegrationDraft Draft(string config, string name = "Relay", string type = "relay") =>
        new() { Name = name, IntegrationType = type, Config = Json(config) };

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
