using System.Runtime.Loader;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Plugins;

public sealed class PluginCatalogTests : IClassFixture<SqliteDatabase>, IDisposable
{
    private readonly SqliteDatabase database;
    private readonly PluginDirectory plugins = new();

    public PluginCatalogTests(SqliteDatabase database)
    {
        this.database = database;
        PluginHost.Forget(database);
    }

    public void Dispose() => plugins.Dispose();

    [Fact]
    public async Task LoadAsync_GoodPlugin_IsActive()
    {
        plugins.Add("good");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var entry = Assert.Single(host.Catalog.Entries);
        Assert.Equal(("fixture_good", PluginState.Active, null), (entry.Type, entry.State, entry.StateReason));
        Assert.Equal(("2.3.4-fixture.1", "1.0"), (entry.Version, entry.ContractVersion));
        Assert.Equal(("2.3.4-fixture.1", "1.0", "Fixture"), (entry.Plugin!.Version, entry.Plugin.ContractVersion, entry.Plugin.Descriptor.DisplayName));
        Assert.NotEqual(Guid.Empty, entry.Plugin.Generation);
        Assert.Empty(entry.Findings);
        Assert.Same(entry, host.Catalog.Find("fixture_good"));
        Assert.Same(entry, host.Get<IPluginCatalog>().Find("fixture_good"));
        Assert.Null(host.Catalog.Find("good"));
        Assert.True(host.Catalog.IsLoaded);
    }

    [Fact]
    public async Task LoadAsync_GoodPlugin_SharesTheContractAndNothingElse()
    {
        plugins.Add("good");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var provider = host.Catalog.Find("fixture_good")!.Plugin!.Provider;
        var context = AssemblyLoadContext.GetLoadContext(provider.GetType().Assembly)!;
        Assert.NotSame(AssemblyLoadContext.Default, context);
        Assert.Same(typeof(IntegrationProvider<>), provider.GetType().BaseType!.GetGenericTypeDefinition());
        Assert.Same(typeof(SecretString), provider.ConfigType.GetProperty("Token")!.PropertyType);
    }

    [Fact]
    public async Task LoadAsync_FolderShipsWhatTheContractReferences_HostsIsUsed()
    {
        plugins.Add("good");
        foreach (var shared in new[] { typeof(ILogger).Assembly.Location, typeof(IServiceCollection).Assembly.Location })
        {
            File.Copy(shared, plugins.PathOf("good", Path.GetFileName(shared)));
        }

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var greeter = host.Catalog.Find("fixture_good")!.Plugin!.Assembly.GetType("Vaka.Plugins.Fixtures.Good.Greeter")!;
        Assert.Same(typeof(ILogger<>), greeter.GetConstructors()[0].GetParameters()[0].ParameterType.GetGenericTypeDefinition());
    }

    [Fact]
    public async Task LoadAsync_GoodPlugin_HasLogAndClockInItsOwnContainerOnly()
    {
        plugins.Add("good");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var services = host.Catalog.Find("fixture_good")!.Plugin!.Services;
        Assert.Same(host.Get<TimeProvider>(), services.GetService<TimeProvider>());
        Assert.Same(host.Get<ILoggerFactory>(), services.GetService<ILoggerFactory>());
        Assert.NotNull(services.GetService<ILogger<PluginCatalogTests>>());
        Assert.Null(services.GetService<PluginCatalog>());
    }

    [Fact]
    public async Task LoadAsync_TwoLoads_HaveDifferentGenerations()
    {
        plugins.Add("good");
        await using var one = await PluginHost.LoadAsync(database, plugins);
        await using var two = await PluginHost.LoadAsync(database, plugins);

        Assert.NotEqual(one.Catalog.Entries[0].Plugin!.Generation, two.Catalog.Entries[0].Plugin!.Generation);
        Assert.NotSame(one.Catalog.Entries[0].Plugin!.Assembly, two.Catalog.Entries[0].Plugin!.Assembly);
    }

    [Fact]
    public async Task LoadAsync_ClashingDependency_GetsItsOwnVersion()
    {
        plugins.Add("clashing-dependency");
        await using var host = await PluginHost.LoadAsync(database, plugins);

        var plugin = host.Catalog.Find("fixture_clashing")!.Plugin!;
        var version = await InvokeAsync(plugin, "show_version");

        var ours = typeof(System.CommandLine.RootCommand).Assembly.GetName().Version!.ToString();
        Assert.Equal("2.0.0.0", version);
        Assert.NotEqual(ours, version);
    }

    [Fact]
    public async Task LoadAsync_ThrowsInConstructor_IsFaultedWithoutItsMessage()
    {
        plugins.Add("throws-in-constructor");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var entry = AssertOnly(host, "throws-in-constructor", PluginState.Faulted);
        Assert.Equal(
            "It failed in the constructor of Vaka.Plugins.Fixtures.ThrowsInConstructor.ThrowingProvider (InvalidOperationException). "
            + "The host's log has the details.",
            entry.StateReason);
        Assert.Equal("1.0", entry.ContractVersion);
        Assert.Contains(host.Log.Lines, line => line.Contains("Password=hunter2") && line.Contains("ThrowingProvider..ctor"));
    }

    [Fact]
    public async Task LoadAsync_HangsInConstructor_IsFaultedInBoundedTimeAndStopsNobody()
    {
        plugins.Add("hangs-in-constructor").Add("good");
        var clock = new FakeTimeProvider();
        await using var host = new PluginHost(database, plugins.FullPath, clock);

        var loading = host.Catalog.LoadAsync(CancellationToken.None);
        while (!host.Log.Lines.Any(line => line.Contains("holds provider fixture_good"))) await Task.Yield();
        Assert.False(loading.IsCompleted);
        while (!loading.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await loading;
        Assert.Equal(PluginState.Active, host.Catalog.Find("fixture_good")!.State);
        var hanging = host.Catalog.Find("hangs-in-constructor")!;
        Assert.Equal(PluginState.Faulted, hanging.State);
        Assert.StartsWith("It did not finish loading within 30 seconds.", hanging.StateReason);
    }

    [Fact]
    public async Task LoadAsync_NewerContract_IsIncompatible()
    {
        plugins.Add("newer-contract");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var entry = AssertOnly(host, "newer-contract", PluginState.Incompatible);
        Assert.Equal("It needs contract 1.3, the host has 1.0: update the host, or install an older plugin.", entry.StateReason);
        Assert.Equal("1.3", entry.ContractVersion);
    }

    [Fact]
    public async Task LoadAsync_ShipsContract_IsIncompatible()
    {
        plugins.Add("ships-contract");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var entry = AssertOnly(host, "ships-contract", PluginState.Incompatible);
        Assert.Equal(
            "It contains Vaka.Plugins.Abstractions.dll, which must come from the host: reference the contract with Private=\"false\" "
            + "ExcludeAssets=\"runtime\", and delete that file.",
            entry.StateReason);
    }

    [Theory]
    [InlineData("not-a-plugin", PluginState.Incompatible, "Not a plugin: nothing in it references Vaka.Plugins.Abstractions. Remove the folder, or build the plugin against the contract.")]
    [InlineData("two-providers", PluginState.Faulted, "Vaka.Plugins.Fixtures.TwoProviders has several providers (Vaka.Plugins.Fixtures.TwoProviders.FirstProvider, Vaka.Plugins.Fixtures.TwoProviders.SecondProvider): a plugin has exactly one. Give each a project and a folder of its own.")]
    [InlineData("unusable-provider", PluginState.Faulted, "Vaka.Plugins.Fixtures.UnusableProvider has no provider that can be made: Vaka.Plugins.Fixtures.UnusableProvider.HiddenProvider is not public; Vaka.Plugins.Fixtures.UnusableProvider.NeedyProvider has no public parameterless constructor.")]
    public async Task LoadAsync_BadPlugin_SaysWhy(string fixture, object state, string reason)
    {
        plugins.Add(fixture);

        await using var host = await PluginHost.LoadAsync(database, plugins);

        Assert.Equal(reason, AssertOnly(host, fixture, (PluginState)state).StateReason);
    }

    [Fact]
    public async Task LoadAsync_FoldersWithoutPlugin_SayWhy()
    {
        plugins.AddEmpty("empty").Write("garbage", "Plugin.dll", [1, 2, 3, 4]).AddEmpty(".hidden");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        Assert.Equal(["empty", "garbage"], host.Catalog.Entries.Select(entry => entry.Type));
        Assert.All(host.Catalog.Entries, entry => Assert.Equal(PluginState.Incompatible, entry.State));
        Assert.Equal(
            "Not a plugin: the folder holds no .dll. Copy the plugin's whole build output into it, or remove it.",
            host.Catalog.Find("empty")!.StateReason);
        Assert.Equal(
            "Not a plugin: nothing in it references Vaka.Plugins.Abstractions, and Plugin.dll is no .NET assembly. Copy the plugin again, or remove the folder.",
            host.Catalog.Find("garbage")!.StateReason);
    }

    [Fact]
    public async Task LoadAsync_DuplicateType_FirstFolderKeepsIt()
    {
        plugins.Add("good", "a-first").Add("duplicate-type", "b-second");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        Assert.Equal("Fixture", host.Catalog.Find("fixture_good")!.Plugin!.Descriptor.DisplayName);
        var second = host.Catalog.Find("b-second")!;
        Assert.Equal(PluginState.Faulted, second.State);
        Assert.Equal("Its type 'fixture_good' is taken by the plugin in folder 'a-first': remove one of the two.", second.StateReason);
        Assert.Null(second.Plugin);
    }

    [Fact]
    public async Task LoadAsync_FolderNamedLikeAnotherType_FindAnswersTheLoadedOne()
    {
        plugins.Add("good", "a-first").Add("throws-in-constructor", "fixture_good");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        Assert.Equal(2, host.Catalog.Entries.Count);
        Assert.Equal(PluginState.Active, host.Catalog.Find("fixture_good")!.State);
    }

    [Fact]
    public async Task LoadAsync_EveryBadPluginBesideGoodOnes_GoodOnesAreActive()
    {
        foreach (var fixture in Directory.GetDirectories(PluginDirectory.Fixture("")).Select(path => Path.GetFileName(path)))
        {
            if (fixture != "hangs-in-constructor") plugins.Add(fixture);
        }

        plugins.AddEmpty("empty").Write("garbage", "Plugin.dll", [1, 2, 3, 4]);

        await using var host = await PluginHost.LoadAsync(database, plugins);

        Assert.Equal(
            ["fixture_clashing", "fixture_forbidden", "fixture_good", "fixture_misbehaves", "fixture_upgrade"],
            host.Catalog.Entries.Where(entry => entry.State is PluginState.Active).Select(entry => entry.Type));
        Assert.All(host.Catalog.Entries, entry => Assert.Equal(entry.State is PluginState.Active, entry.StateReason is null));
        Assert.Equal(host.Catalog.Entries.Select(entry => entry.Type).Order(StringComparer.Ordinal), host.Catalog.Entries.Select(entry => entry.Type));
    }

    [Fact]
    public async Task LoadAsync_ForbiddenApis_AreReportedAndNotRefused()
    {
        plugins.Add("forbidden-apis");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var entry = AssertOnly(host, "fixture_forbidden", PluginState.Active);
        Assert.Contains("System.IO.File: A provider has no files", entry.Findings);
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Warning") && line.Contains("System.IO.File: A provider has no files"));
    }

    [Fact]
    public async Task LoadAsync_CheckRefuses_IsFaultedWithItsMessage()
    {
        plugins.Add("good").Add("clashing-dependency");

        await using var host = await PluginHost.LoadAsync(
            database, plugins, new Check("fixture_good", new ProviderCheckException("Its config is no record.")));

        var entry = host.Catalog.Find("fixture_good")!;
        Assert.Equal((PluginState.Faulted, "Its config is no record.", null), (entry.State, entry.StateReason, entry.Plugin));
        Assert.Equal(PluginState.Active, host.Catalog.Find("fixture_clashing")!.State);
    }

    [Fact]
    public async Task LoadAsync_CheckCrashes_IsFaultedWithoutItsMessage()
    {
        plugins.Add("good");

        await using var host = await PluginHost.LoadAsync(database, plugins, new Check("fixture_good", new InvalidCastException("hunter2")));

        Assert.Equal("It failed in loading (InvalidCastException). The host's log has the details.", host.Catalog.Find("fixture_good")!.StateReason);
    }

    [Fact]
    public async Task LoadAsync_NoDirectory_LoadsNothingAndSaysSo()
    {
        var nowhere = plugins.PathOf("nowhere");
        await using var host = new PluginHost(database, nowhere);

        await host.Catalog.LoadAsync(CancellationToken.None);

        Assert.Empty(host.Catalog.Entries);
        Assert.True(host.Catalog.IsLoaded);
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Warning") && line.Contains(nowhere) && line.Contains("Plugins:Directory"));
    }

    [Fact]
    public async Task LoadAsync_Twice_IsRefused()
    {
        await using var host = await PluginHost.LoadAsync(database, plugins);

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Catalog.LoadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task DisposeAsync_LoadedPlugin_DisposesItsContainer()
    {
        plugins.Add("good");
        var host = await PluginHost.LoadAsync(database, plugins);
        var plugin = host.Catalog.Find("fixture_good")!.Plugin!;

        await host.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => plugin.Services.GetService<TimeProvider>());
    }

    private static PluginEntry AssertOnly(PluginHost host, string type, PluginState state)
    {
        var entry = Assert.Single(host.Catalog.Entries);
        Assert.Equal((type, state), (entry.Type, entry.State));
        Assert.Equal(state is PluginState.Active, entry.Plugin is not null);
        return entry;
    }

    // Knows nothing of the plugin's types, as the host does not.
    private static async Task<object?> InvokeAsync(LoadedPlugin plugin, string name)
    {
        await using var test = new ProviderTestContext(plugin.Provider);
        var action = plugin.FindAction(name)!;
        var output = await action.InvokeAsync(
            Activator.CreateInstance(action.InputType)!, Activator.CreateInstance(action.ConfigType)!, test.Create(), CancellationToken.None);
        return output.GetType().GetProperty("Version")!.GetValue(output);
    }

    private sealed class Check(string type, Exception failure) : IProviderCheck
    {
        void IProviderCheck.Check(LoadedPlugin plugin)
        {
            if (plugin.Type == type) throw failure;
        }
    }
}
