using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Integrations.Resolution;

/// <summary>The rooms that resolve and run, over a real database that begins without integrations, and a catalog with the providers
/// <c>smtp</c> and <c>webhook</c>. Nothing runs in the background.</summary>
internal sealed class Rooms : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly string keyDirectory;
    private readonly bool isFirst;
    private int added;

    private Rooms(ServiceProvider services, TestCatalog catalog, string keyDirectory, bool isFirst) =>
        (this.services, Catalog, this.keyDirectory, this.isFirst) = (services, catalog, keyDirectory, isFirst);

    public TestCatalog Catalog { get; }

    public IntegrationResolver Resolver => Get<IntegrationResolver>();

    public ResolutionCache Cache => Get<ResolutionCache>();

    public IntegrationChanges Changes => Get<IntegrationChanges>();

    public IDbContextFactory<HostDbContext> Contexts => Get<IDbContextFactory<HostDbContext>>();

    public static async Task<Rooms> OpenAsync(TestDatabase database, Action<IServiceCollection>? change = null)
    {
        var keyDirectory = Directory.CreateTempSubdirectory("vaka-key-").FullName;
        MasterKey.Create(KeyFile(keyDirectory));
        var rooms = Build(database, keyDirectory, isFirst: true, change);
        await using (var context = rooms.Contexts.CreateDbContext())
        {
            await context.Set<Integration>().ExecuteDeleteAsync();
            await context.Set<StoredState>().ExecuteDeleteAsync();
            await context.Set<SecretAnchor>().ExecuteDeleteAsync();
            await context.DataProtectionKeys.ExecuteDeleteAsync();
        }

        await rooms.Get<SecretsStart>().RunAsync(CancellationToken.None);
        return rooms;
    }

    /// <summary>Another node on the same database, with the same master key.</summary>
    public async Task<Rooms> OpenSecondAsync(TestDatabase database, Action<IServiceCollection>? change = null)
    {
        var rooms = Build(database, keyDirectory, isFirst: false, change);
        await rooms.Get<SecretsStart>().RunAsync(CancellationToken.None);
        return rooms;
    }

    private static Rooms Build(TestDatabase database, string keyDirectory, bool isFirst, Action<IServiceCollection>? change)
    {
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(database.Configuration)
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:MasterKeyFile"] = KeyFile(keyDirectory) })
            .Build();
        var catalog = new TestCatalog();
        catalog.Load("smtp", "SMTP");
        catalog.Load("webhook", "Webhook");
        var collection = new ServiceCollection()
            .AddLogging()
            .AddData(configuration)
            .AddIntegrationStore(configuration)
            .AddNetwork(configuration)
            .AddSchema()
            .AddSingleton<IPluginCatalog>(catalog)
            .AddResolution()
            .AddRuntime();
        change?.Invoke(collection);
        return new Rooms(collection.BuildServiceProvider(), catalog, keyDirectory, isFirst);
    }

    private static string KeyFile(string directory) => Path.Combine(directory, "master.key");

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>A row that serves, unless <paramref name="change"/> says otherwise; each is newer than the one before.</summary>
    public async Task<Integration> AddAsync(Guid? tenantId, string name, Action<Integration>? change = null, string type = "smtp")
    {
        var row = Row(tenantId, name, change, type);
        await using var context = Contexts.CreateDbContext();
        context.Add(row);
        await context.SaveChangesAsync();
        return row;
    }

    public Integration Row(Guid? tenantId, string name, Action<Integration>? change = null, string type = "smtp")
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(added++);
        var row = new Integration
        {
            Id = Guid.CreateVersion7(at),
            TenantId = tenantId,
            Name = name,
            IntegrationType = type,
            Status = IntegrationStatus.Active,
            IsActive = true,
            Config = """{"address": "here"}""",
            CreatedAt = at,
            CreatedBy = "test",
            UpdatedAt = at,
            UpdatedBy = "test",
        };
        change?.Invoke(row);
        return row;
    }

    /// <summary>Changes a row in the database, as another process would: nobody here is told.</summary>
    public async Task EditAsync(Integration row, Action<Integration> change)
    {
        await using var context = Contexts.CreateDbContext();
        var stored = await context.Set<Integration>().SingleAsync(other => other.Id == row.Id);
        change(stored);
        stored.Revision++;
        await context.SaveChangesAsync();
    }

    public void Publish(Integration row) => Changes.Publish(new IntegrationChange(row.Id, row.TenantId, row.IntegrationType));

    public async Task<string> ResolveNameAsync(Guid? tenantId, string? nameOrId = null, string type = "smtp") =>
        (await Resolver.ResolveAsync(type, tenantId, nameOrId, CancellationToken.None)).Integration.Name;

    public Task<ProblemException> RefuseAsync(Guid? tenantId, string? nameOrId = null, string type = "smtp") =>
        Assert.ThrowsAsync<ProblemException>(async () => await Resolver.ResolveAsync(type, tenantId, nameOrId, CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        if (isFirst) Directory.Delete(keyDirectory, recursive: true);
    }
}
