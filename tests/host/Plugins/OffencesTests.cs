using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Plugins;

public sealed class OffencesTests : IClassFixture<SqliteDatabase>, IDisposable
{
    private const string Type = "fixture_good";

    private readonly SqliteDatabase database;
    private readonly PluginDirectory plugins = PluginDirectory.With("good", "upgrade-1");
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    public OffencesTests(SqliteDatabase database)
    {
        this.database = database;
        PluginHost.Forget(database);
    }

    public void Dispose() => plugins.Dispose();

    [Fact]
    public async Task Note_AsManyAsTheLimitWithinTheWindow_Quarantines()
    {
        await using var host = await LoadAsync();
        var told = 0;
        host.Get<Offences>().Quarantined += () => told++;

        await NoteAsync(host, Offences.Limit - 1);
        Assert.Equal((PluginState.Active, 0), (host.Catalog.Find(Type)!.State, told));
        await NoteAsync(host, 1);

        var entry = host.Catalog.Find(Type)!;
        Assert.Equal((PluginState.Quarantined, null, 1), (entry.State, entry.Plugin, told));
        Assert.Contains("the last one of the action block", entry.StateReason);
        Assert.Equal(PluginState.Active, host.Catalog.Find("fixture_upgrade")!.State);
    }

    [Fact]
    public async Task Note_SpreadOverMoreThanTheWindow_DoesNotQuarantine()
    {
        await using var host = await LoadAsync();
        for (var i = 0; i < 3 * Offences.Limit; i++)
        {
            await NoteAsync(host, 1);
            clock.Advance((Offences.Window / (Offences.Limit - 1)) + TimeSpan.FromSeconds(1));
        }

        Assert.Equal(PluginState.Active, host.Catalog.Find(Type)!.State);
    }

    [Fact]
    public async Task EnableAsync_OnAnotherHost_LiftsItAndTheCountBeginsAnew()
    {
        await using var host = await LoadAsync();
        await using var other = await LoadAsync();
        await NoteAsync(host, Offences.Limit);
        Assert.Equal(PluginState.Quarantined, host.Catalog.Find(Type)!.State);
        Assert.Equal(PluginState.Active, other.Catalog.Find(Type)!.State);

        clock.Advance(TimeSpan.FromMinutes(1));
        await other.Get<ProviderSwitch>().EnableAsync(Type, Caller.CommandLine, CancellationToken.None);
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal((PluginState.Active, null), (host.Catalog.Find(Type)!.State, host.Catalog.Find(Type)!.StateReason));
        await NoteAsync(host, Offences.Limit - 1);
        Assert.Equal(PluginState.Active, host.Catalog.Find(Type)!.State);
        await NoteAsync(host, 1);
        Assert.Equal(PluginState.Quarantined, host.Catalog.Find(Type)!.State);
    }

    private static async Task NoteAsync(PluginHost host, int times)
    {
        var plugin = host.Catalog.Find(Type)!.Plugin!;
        for (var i = 0; i < times; i++) host.Get<Offences>().Note(plugin, "the action block");
        await host.Catalog.RefreshAsync(CancellationToken.None);
    }

    private async Task<PluginHost> LoadAsync()
    {
        var host = new PluginHost(database, plugins.FullPath, clock);
        await host.Catalog.LoadAsync(CancellationToken.None);
        return host;
    }
}
