using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Packages;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Plugins;

/// <summary>The room as a host registers it, over a test's plugin directory and database.</summary>
internal sealed class PluginHost : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public PluginHost(TestDatabase database, string directory, TimeProvider? clock = null, params IProviderCheck[] checks)
        : this(database, directory, [], clock, checks)
    {
    }

    public PluginHost(
        TestDatabase database, string directory, IEnumerable<(string Name, string Value)> settings, TimeProvider? clock = null, params IProviderCheck[] checks)
    {
        PackageDirectory = Path.Combine(directory, $".packages-{Guid.NewGuid():N}");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Plugins:Directory"] = directory, ["Plugins:PackageDirectory"] = PackageDirectory })
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build();
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new LogProvider(Log)));
        collection.AddSingleton(database.Contexts);
        collection.AddSingleton(database.Queries);
        collection.AddSingleton(clock ?? TimeProvider.System);
        foreach (var check in checks) collection.AddSingleton(check);
        services = collection.AddPlugins(configuration).BuildServiceProvider();
    }

    public TestLog Log { get; } = new();

    /// <summary>Of this host alone, unless a setting says otherwise.</summary>
    public string PackageDirectory { get; }

    public PluginCatalog Catalog => services.GetRequiredService<PluginCatalog>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public static async Task<PluginHost> LoadAsync(TestDatabase database, PluginDirectory plugins, params IProviderCheck[] checks)
    {
        var host = new PluginHost(database, plugins.FullPath, null, checks);
        await host.Catalog.LoadAsync(CancellationToken.None);
        return host;
    }

    /// <summary>Forgets what other tests of the class have loaded and switched.</summary>
    public static void Forget(TestDatabase database)
    {
        using var context = database.CreateContext();
        context.Set<ProviderSetting>().ExecuteDelete();
        context.Set<PluginInstall>().ExecuteDelete();
        context.Set<PluginPackage>().ExecuteDelete();
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private sealed class LogProvider(TestLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
