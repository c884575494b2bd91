using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Plugins;

public abstract class ProviderSwitchTests : IDisposable
{
    private static readonly Caller Admin = new() { Name = "key:admin", Role = CallerRole.Admin };
    private readonly TestDatabase database;
    private readonly PluginDirectory plugins = PluginDirectory.With("good", "throws-in-constructor");

    protected ProviderSwitchTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
        PluginHost.Forget(database);
        using var context = database.CreateContext();
        context.Set<AuditEvent>().ExecuteDelete();
    }

    public void Dispose()
    {
        plugins.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task DisableAsync_ActiveProvider_IsDisabledAtOnceAndAudited()
    {
        await using var host = await PluginHost.LoadAsync(database, plugins);

        var answer = await host.Get<ProviderSwitch>().DisableAsync("fixture_good", Admin, CancellationToken.None);

        var entry = host.Catalog.Find("fixture_good")!;
        Assert.Same(entry, answer);
        Assert.Equal(PluginState.Disabled, entry.State);
        Assert.NotNull(entry.StateReason);
        Assert.NotNull(entry.Plugin);
        await using var context = database.CreateContext();
        var setting = await context.Set<ProviderSetting>().SingleAsync();
        Assert.Equal(("fixture_good", true, "key:admin"), (setting.Type, setting.IsDisabled, setting.UpdatedBy));
        var audit = await context.Set<AuditEvent>().SingleAsync();
        Assert.Equal(("provider.disabled", "fixture_good", "key:admin", null), (audit.Action, audit.Subject, audit.Actor, audit.TenantId));
    }

    [Fact]
    public async Task EnableAsync_DisabledProvider_IsActiveAndAudited()
    {
        await using var host = await PluginHost.LoadAsync(database, plugins);
        await host.Get<ProviderSwitch>().DisableAsync("fixture_good", Admin, CancellationToken.None);

        await host.Get<ProviderSwitch>().EnableAsync("fixture_good", Admin, CancellationToken.None);

        Assert.Equal((PluginState.Active, null), (host.Catalog.Find("fixture_good")!.State, host.Catalog.Find("fixture_good")!.StateReason));
        await using var context = database.CreateContext();
        Assert.Equal(["provider.disabled", "provider.enabled"], await context.Set<AuditEvent>().OrderBy(e => e.Id).Select(e => e.Action).ToListAsync());
    }

    [Fact]
    public async Task DisableAsync_Twice_IsAuditedOnce()
    {
        await using var host = await PluginHost.LoadAsync(database, plugins);

        await host.Get<ProviderSwitch>().DisableAsync("fixture_good", Admin, CancellationToken.None);
        await host.Get<ProviderSwitch>().DisableAsync("fixture_good", Admin, CancellationToken.None);

        await using var context = database.CreateContext();
        Assert.Equal(1, await context.Set<AuditEvent>().CountAsync());
    }

    [Fact]
    public async Task DisableAsync_NotPlatformAdmin_IsForbiddenAndChangesNothing()
    {
        await using var host = await PluginHost.LoadAsync(database, plugins);
        var tenant = Guid.CreateVersion7();
        Caller[] callers = [Admin with { HomeTenantId = tenant, TenantId = tenant }, Admin with { Role = CallerRole.Service }];

        foreach (var caller in callers)
        {
            var problem = await Assert.ThrowsAsync<ProblemException>(
                () => host.Get<ProviderSwitch>().DisableAsync("fixture_good", caller, CancellationToken.None));
            Assert.Equal(ProblemCode.Forbidden, problem.Code);
        }

        Assert.Equal(PluginState.Active, host.Catalog.Find("fixture_good")!.State);
    }

    [Theory]
    [InlineData("unknown", ProblemCode.NotFound)]
    [InlineData("throws-in-constructor", ProblemCode.InvalidRequest)]
    public async Task DisableAsync_NeverLoaded_IsRefused(string type, object code)
    {
        await using var host = await PluginHost.LoadAsync(database, plugins);

        var problem = await Assert.ThrowsAsync<ProblemException>(
            () => host.Get<ProviderSwitch>().DisableAsync(type, Admin, CancellationToken.None));

        Assert.Equal((ProblemCode)code, problem.Code);
        await using var context = database.CreateContext();
        Assert.False(await context.Set<ProviderSetting>().AnyAsync(setting => setting.Type == type));
    }

    [Fact]
    public async Task DisableAsync_OnAnotherNode_IsSeenWithinSeconds()
    {
        await using var here = await PluginHost.LoadAsync(database, plugins);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var there = new PluginHost(database, plugins.FullPath, clock);
        await there.Catalog.LoadAsync(CancellationToken.None);
        var refresh = there.Get<ProviderSettingsRefresh>();
        await refresh.StartAsync(CancellationToken.None);

        await here.Get<ProviderSwitch>().DisableAsync("fixture_good", Admin, CancellationToken.None);
        Assert.Equal(PluginState.Active, there.Catalog.Find("fixture_good")!.State);
        while (there.Catalog.Find("fixture_good")!.State is PluginState.Active)
        {
            clock.Advance(ProviderSettingsRefresh.Interval);
            await Task.Yield();
        }

        Assert.Equal(PluginState.Disabled, there.Catalog.Find("fixture_good")!.State);
        await refresh.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task LoadAsync_DisabledBefore_IsDisabled()
    {
        await using (var before = await PluginHost.LoadAsync(database, plugins))
        {
            await before.Get<ProviderSwitch>().DisableAsync("fixture_good", Admin, CancellationToken.None);
        }

        await using var host = await PluginHost.LoadAsync(database, plugins);

        Assert.Equal(PluginState.Disabled, host.Catalog.Find("fixture_good")!.State);
    }

    [Fact]
    public async Task LoadAsync_FolderIsGone_IsMissing()
    {
        await using (await PluginHost.LoadAsync(database, plugins)) plugins.Remove("good");

        await using var host = await PluginHost.LoadAsync(database, plugins);

        var entry = host.Catalog.Find("fixture_good")!;
        Assert.Equal(PluginState.Missing, entry.State);
        Assert.Null(entry.Plugin);
        Assert.StartsWith("It was loaded before, but no plugin brings it now", entry.StateReason);
        Assert.Equal(["fixture_good", "throws-in-constructor"], host.Catalog.Entries.Select(e => e.Type));
    }

    [Fact]
    public async Task DisableAsync_MissingProvider_StaysDisabledWhenItIsBack()
    {
        await using (await PluginHost.LoadAsync(database, plugins)) plugins.Remove("good");
        await using (var without = await PluginHost.LoadAsync(database, plugins))
        {
            var entry = await without.Get<ProviderSwitch>().DisableAsync("fixture_good", Admin, CancellationToken.None);
            Assert.Equal(PluginState.Missing, entry.State);
        }

        plugins.Add("good");
        await using var host = await PluginHost.LoadAsync(database, plugins);

        Assert.Equal(PluginState.Disabled, host.Catalog.Find("fixture_good")!.State);
    }

    [Fact]
    public async Task RememberAsync_AnotherNodeWasFaster_KeepsItsRow()
    {
        var settings = new ProviderSettings(
            new OvertakenContexts(database), database.Queries, TimeProvider.System, NullLogger<ProviderSettings>.Instance);
        var known = await settings.ReadAsync(CancellationToken.None);

        await settings.RememberAsync(["acme"], known, CancellationToken.None);

        Assert.Equal("another node", (await settings.ReadAsync(CancellationToken.None))["acme"].UpdatedBy);
    }

    [Fact]
    public async Task LoadAsync_SeveralNodesAtOnce_AllSucceed()
    {
        var hosts = Enumerable.Range(0, 4).Select(_ => new PluginHost(database, plugins.FullPath)).ToList();

        await Task.WhenAll(hosts.Select(host => host.Catalog.LoadAsync(CancellationToken.None)));

        Assert.All(hosts, host => Assert.Equal(PluginState.Active, host.Catalog.Find("fixture_good")!.State));
        foreach (var host in hosts) await host.DisposeAsync();
    }

    // Another node writes the row between our read and our write.
    private sealed class OvertakenContexts(TestDatabase database) : IDbContextFactory<HostDbContext>
    {
        private int made;

        public HostDbContext CreateDbContext()
        {
            if (++made == 1)
            {
                using var other = database.CreateContext();
                other.Add(new ProviderSetting { Type = "acme", UpdatedAt = DateTimeOffset.UtcNow, UpdatedBy = "another node" });
                other.SaveChanges();
            }

            return database.CreateContext();
        }
    }
}

public sealed class ProviderSwitchOnSqliteTests(SqliteDatabase database) : ProviderSwitchTests(database), IClassFixture<SqliteDatabase>;

public sealed class ProviderSwitchOnPostgresTests(PostgresDatabase database) : ProviderSwitchTests(database), IClassFixture<PostgresDatabase>;
