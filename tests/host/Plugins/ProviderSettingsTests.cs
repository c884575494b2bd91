using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Plugins;

/// <summary>What passed its checks is not checked again, as long as nothing changes.</summary>
public abstract class ProviderSettingsTests : IDisposable
{
    private const string Type = "fixture_good";
    private static readonly DateTimeOffset Switched = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly TestDatabase database;
    private readonly PluginDirectory plugins = PluginDirectory.With("good");
    private readonly Counting check = new();

    protected ProviderSettingsTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
        PluginHost.Forget(database);
    }

    public void Dispose()
    {
        plugins.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task LoadAsync_PassedBefore_IsNotCheckedAgain()
    {
        await StartAsync(check);
        Assert.Equal([Type], check.Checked);
        var remembered = await ReadAsync();

        await using var host = await PluginHost.LoadAsync(database, plugins, check);

        Assert.Equal([Type], check.Checked);
        Assert.Equal(PluginState.Active, host.Catalog.Find(Type)!.State);
        Assert.Contains(host.Log.Lines, line => line.Contains($"Provider {Type} 2.3.4-fixture.1 is loaded"));
        Assert.Equal(remembered.CheckedBuild, (await ReadAsync()).CheckedBuild);
    }

    [Fact]
    public async Task LoadAsync_FileChanged_IsCheckedAgain()
    {
        await StartAsync(check);
        plugins.Write("good", "settings.json", [1]);

        await StartAsync(check);
        Assert.Equal(2, check.Checked.Count);

        File.SetLastWriteTimeUtc(plugins.PathOf("good", "settings.json"), DateTime.UtcNow.AddHours(-1));
        await StartAsync(check);
        Assert.Equal(3, check.Checked.Count);

        await StartAsync(check);
        Assert.Equal(3, check.Checked.Count);
    }

    [Fact]
    public async Task LoadAsync_AnotherHostPassedIt_IsCheckedByThisOne()
    {
        await StartAsync(new Lenient());

        await StartAsync(check);

        Assert.Equal([Type], check.Checked);
    }

    [Fact]
    public async Task LoadAsync_CheckFails_IsCheckedAndExplainedEachTime()
    {
        check.Refusal = "Its config is no record.";

        for (var start = 1; start <= 2; start++)
        {
            await using var host = await PluginHost.LoadAsync(database, plugins, check);
            var entry = host.Catalog.Find(Type)!;
            Assert.Equal((PluginState.Faulted, "Its config is no record."), (entry.State, entry.StateReason));
            Assert.Equal(start, check.Checked.Count);
        }

        check.Refusal = null;
        await StartAsync(check);
        Assert.Equal(3, check.Checked.Count);
    }

    [Fact]
    public async Task LoadAsync_FailsAfterAChange_IsNotTakenForWhatPassed()
    {
        await StartAsync(check);
        var passed = (await ReadAsync()).CheckedBuild;
        plugins.Write("good", "settings.json", [1]);
        check.Refusal = "Not like this.";

        for (var start = 1; start <= 2; start++)
        {
            await using var host = await PluginHost.LoadAsync(database, plugins, check);
            Assert.Equal(PluginState.Faulted, host.Catalog.Find(Type)!.State);
        }

        Assert.Equal(3, check.Checked.Count);
        Assert.Equal(passed, (await ReadAsync()).CheckedBuild);
    }

    [Fact]
    public async Task LoadAsync_TypeTaken_SecondIsCheckedOnceItHasTheType()
    {
        plugins.Add("duplicate-type", "z-second");
        await StartAsync(check);
        Assert.Single(check.Checked);

        plugins.Remove("good");
        await using var host = await PluginHost.LoadAsync(database, plugins, check);

        Assert.Equal([Type, Type], check.Checked);
        Assert.Equal(PluginState.Active, host.Catalog.Find(Type)!.State);
    }

    [Fact]
    public async Task LoadAsync_RowOfTheVersionBefore_IsCheckedAndOtherwiseKept()
    {
        await using (var context = database.CreateContext())
        {
            object at = database.Provider is DatabaseProvider.Sqlite ? "2026-01-02T03:04:05.000000Z" : Switched;
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO provider_settings (type, is_disabled, updated_at, updated_by) VALUES ({Type}, {true}, {at}, {"key:admin"})");
        }

        await using var host = await PluginHost.LoadAsync(database, plugins, check);

        Assert.Single(check.Checked);
        Assert.Equal(PluginState.Disabled, host.Catalog.Find(Type)!.State);
        var row = await ReadAsync();
        Assert.Equal((true, Switched, "key:admin"), (row.IsDisabled, row.UpdatedAt, row.UpdatedBy));
        Assert.NotNull(row.CheckedBuild);
    }

    [Fact]
    public async Task DisableAsync_CheckedBuild_IsKept()
    {
        await using (var host = await PluginHost.LoadAsync(database, plugins, check))
        {
            await host.Get<ProviderSwitch>().DisableAsync(Type, Caller.CommandLine, CancellationToken.None);
        }

        await using var next = await PluginHost.LoadAsync(database, plugins, check);

        Assert.Single(check.Checked);
        Assert.Equal(PluginState.Disabled, next.Catalog.Find(Type)!.State);
    }

    [Fact]
    public async Task RememberCheckedAsync_AdminSwitchesAtTheSameTime_BothAreKept()
    {
        await StartAsync(check);
        var settings = SettingsThatOnSave(() =>
        {
            using var other = database.CreateContext();
            other.Set<ProviderSetting>().ExecuteUpdate(set => set
                .SetProperty(row => row.IsDisabled, true).SetProperty(row => row.UpdatedAt, Switched).SetProperty(row => row.UpdatedBy, "key:admin"));
        });

        await settings.RememberCheckedAsync(new Dictionary<string, string> { [Type] = "another build" }, CancellationToken.None);

        var row = await ReadAsync();
        Assert.Equal((true, Switched, "key:admin", "another build"), (row.IsDisabled, row.UpdatedAt, row.UpdatedBy, row.CheckedBuild));
    }

    [Fact]
    public async Task RememberCheckedAsync_CannotBeWritten_SaysSoAndGoesOn()
    {
        await using var host = await PluginHost.LoadAsync(database, plugins, check);
        var passed = (await ReadAsync()).CheckedBuild;
        var settings = SettingsThatOnSave(() => throw new TimeoutException("busy"), host.Get<ILogger<ProviderSettings>>());

        await settings.RememberCheckedAsync(new Dictionary<string, string> { [Type] = "another build" }, CancellationToken.None);

        Assert.Equal(passed, (await ReadAsync()).CheckedBuild);
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("cannot be remembered"));
    }

    [Fact]
    public async Task RememberCheckedAsync_RowDeletedMeanwhile_GoesOn()
    {
        await StartAsync(check);
        var settings = SettingsThatOnSave(() => PluginHost.Forget(database));

        await settings.RememberCheckedAsync(new Dictionary<string, string> { [Type] = "another build" }, CancellationToken.None);

        Assert.Empty(await settings.ReadAsync(CancellationToken.None));
    }

    private async Task StartAsync(IProviderCheck used)
    {
        await using var host = await PluginHost.LoadAsync(database, plugins, used);
        Assert.Equal(PluginState.Active, host.Catalog.Find(Type)!.State);
    }

    private async Task<ProviderSetting> ReadAsync()
    {
        await using var host = new PluginHost(database, plugins.FullPath);
        return (await host.Get<ProviderSettings>().ReadAsync(CancellationToken.None))[Type];
    }

    private ProviderSettings SettingsThatOnSave(Action act, ILogger<ProviderSettings>? log = null) =>
        new(new Contexts(database, act), database.Queries, TimeProvider.System, log ?? NullLogger<ProviderSettings>.Instance);

    private sealed class Counting : IProviderCheck
    {
        public ConcurrentQueue<string> Checked { get; } = new();

        public string? Refusal { get; set; }

        public void Check(LoadedPlugin plugin)
        {
            Checked.Enqueue(plugin.Type);
            if (Refusal is not null) throw new ProviderCheckException(Refusal);
        }
    }

    private sealed class Lenient : IProviderCheck
    {
        public void Check(LoadedPlugin plugin)
        {
        }
    }

    // Something happens between the read and the write.
    private sealed class Contexts(TestDatabase database, Action act) : IDbContextFactory<HostDbContext>
    {
        public HostDbContext CreateDbContext()
        {
            var context = database.CreateContext();
            context.SavingChanges += (_, _) => act();
            return context;
        }
    }
}

public sealed class ProviderSettingsOnSqliteTests(SqliteDatabase database) : ProviderSettingsTests(database), IClassFixture<SqliteDatabase>;

public sealed class ProviderSettingsOnPostgresTests(PostgresDatabase database) : ProviderSettingsTests(database), IClassFixture<PostgresDatabase>;
