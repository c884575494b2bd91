using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Loading;
using Vaka.Plugins.Host.Plugins.Packages;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Plugins.Packages;

namespace Vaka.Plugins.Host.Tests.Plugins.Loading;

[Collection(nameof(UnloadingTests))] // what others load at the same time would be counted
public sealed class UnloadingTests : IClassFixture<SqliteDatabase>, IDisposable
{
    private const string Type = "fixture_upgrade";

    private readonly SqliteDatabase database;
    private readonly PluginDirectory plugins = new();

    public UnloadingTests(SqliteDatabase database)
    {
        this.database = database;
        PluginHost.Forget(database);
    }

    public void Dispose() => plugins.Dispose();

    // Fifty times with VAKA_TEST_LONG=1.
    [Fact]
    public async Task Upgrade_ManyTimes_LeavesNothingBehind()
    {
        var cycles = Environment.GetEnvironmentVariable("VAKA_TEST_LONG") == "1" ? 50 : 10;
        await using var host = await InstalledAsync(null);
        await AddAsync(host, "upgrade-2");
        await UntilAsync(() => host.Get<Unloading>().Count == 0);
        var (before, contexts) = (Memory(), Contexts());

        for (var cycle = 0; cycle < cycles; cycle++)
        {
            await host.Get<PackageInstaller>().RollBackAsync(Type, false, Caller.CommandLine, CancellationToken.None);
            Use(host.Catalog.Find(Type)!.Plugin!);
        }

        await UntilAsync(() => host.Get<Unloading>().Count == 0);
        Assert.InRange(Memory() - before, long.MinValue, 8 * 1024 * 1024);
        Assert.InRange(Contexts(), 1, contexts);
        Assert.Empty(host.Catalog.Find(Type)!.Notes);
    }

    [Fact]
    public async Task Upgrade_WhileACallRuns_DisposesAfterItHasEnded()
    {
        await using var host = await InstalledAsync(null);
        var (call, desk) = Begin(host);

        await AddAsync(host, "upgrade-2");
        var disposed = Assert.Single(host.Catalog.Entries, entry => entry.Type == Type && entry.Version == "2.0.0");
        Assert.NotNull(disposed.Plugin);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            Assert.False(IsDisposed(desk));
        }

        call.SetResult();
        await UntilAsync(() => host.Get<Unloading>().Count == 0 || IsDisposed(desk));
        Assert.True(IsDisposed(desk));
    }

    [Fact]
    public async Task Upgrade_ThatSomethingHolds_IsReportedUntilItLetsGo()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await InstalledAsync(clock);
        var (call, _) = Begin(host);

        await AddAsync(host, "upgrade-2");
        await UntilAsync(() => host.Get<Unloading>().NotesOn(Type).Count > 0, clock);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Contains("Version 1.0.0 was replaced but is still in memory: a call of it has not ended", Assert.Single(host.Catalog.Find(Type)!.Notes));
        Assert.Contains(host.Log.Lines, line => line.Contains("is not collectable"));

        call.SetResult();
        await UntilAsync(
            () =>
            {
                GC.Collect();
                return host.Get<Unloading>().Count == 0;
            },
            clock,
            TimeSpan.FromMinutes(1));
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Empty(host.Catalog.Find(Type)!.Notes);
    }

    [Fact]
    public async Task Upgrade_OfWhatRegisteredWithTheProcess_IsReportedAsNotCollectable()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await InstalledAsync(clock);
        Pin(host);

        await AddAsync(host, "upgrade-2");

        await UntilAsync(() => host.Get<Unloading>().NotesOn(Type).Count > 0, clock);
        Assert.Contains("a static event", Assert.Single(host.Get<Unloading>().NotesOn(Type)));
    }

    // Longer than whatever is waited for goes on looking by itself.
    private static async Task UntilAsync(Func<bool> holds, FakeTimeProvider? clock = null, TimeSpan? step = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!holds())
        {
            clock?.Advance(step ?? TimeSpan.FromSeconds(1));
            await Task.Delay(20, patience.Token);
        }
    }

    private static int Contexts() => AssemblyLoadContext.All.Count(context =>
        context.IsCollectible && context.Assemblies.Any(assembly => assembly.GetName().Name == "Vaka.Plugins.Fixtures.Upgrade"));

    private static long Memory()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // What a local variable of an async method held would live as long as the method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Use(LoadedPlugin plugin)
    {
        var contract = new ProviderContracts().Config(plugin);
        var member = plugin.Descriptor.ConfigVersion == 1 ? "label" : "title";
        Assert.NotNull(contract.Bind(new System.Text.Json.Nodes.JsonObject { [member] = "x" }).Value);
        Assert.NotNull(plugin.Services.GetService(plugin.Assembly.GetType("Vaka.Plugins.Fixtures.Upgrade.Desk")!));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (TaskCompletionSource End, WeakReference Desk) Begin(PluginHost host)
    {
        var plugin = host.Catalog.Find(Type)!.Plugin!;
        var end = new TaskCompletionSource();
        var desk = plugin.Services.GetService(plugin.Assembly.GetType("Vaka.Plugins.Fixtures.Upgrade.Desk")!);
        _ = end.Task.ContinueWith(_ => GC.KeepAlive(plugin), TaskScheduler.Default);
        return (end, new WeakReference(desk));
    }

    private static bool IsDisposed(WeakReference desk) => desk.Target is not { } alive || Disposed(alive);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Disposed(object desk) => (bool)desk.GetType()
        .GetField("isDisposed", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(desk)!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Pin(PluginHost host)
    {
        var plugin = host.Catalog.Find(Type)!.Plugin!;
        var action = plugin.FindAction("pin")!;
        var config = new ProviderContracts().Config(plugin).Bind(new System.Text.Json.Nodes.JsonObject { ["label"] = "x" }).Value!;
        _ = action.InvokeAsync(Activator.CreateInstance(action.InputType)!, config, null!, CancellationToken.None);
    }

    private static async Task AddAsync(PluginHost host, string fixture)
    {
        await host.Get<PackageInstaller>().AddAsync(
            PackageArchive.Pack(PluginDirectory.Fixture(fixture)), false, Caller.CommandLine, CancellationToken.None);
        await host.Catalog.RefreshAsync(CancellationToken.None);
    }

    private async Task<PluginHost> InstalledAsync(TimeProvider? clock)
    {
        var host = new PluginHost(database, plugins.FullPath, clock, new ProviderContracts());
        await host.Catalog.LoadAsync(CancellationToken.None);
        await AddAsync(host, "upgrade-1");
        return host;
    }
}

[CollectionDefinition(nameof(UnloadingTests), DisableParallelization = true)]
public sealed class UnloadingCollection;
