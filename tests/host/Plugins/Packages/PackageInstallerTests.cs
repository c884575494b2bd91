using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Packages;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Plugins.Packages;

public abstract class PackageInstallerTests : IDisposable
{
    private const string Type = "fixture_upgrade";

    private readonly TestDatabase database;
    private readonly PluginDirectory plugins = PluginDirectory.With("good");

    protected PackageInstallerTests(TestDatabase database)
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
    public async Task AddAsync_NewPlugin_IsLoadedByEveryHost()
    {
        await using var here = await PluginHost.LoadAsync(database, plugins);
        await using var there = await PluginHost.LoadAsync(database, plugins);

        var added = await AddAsync(here, Pack("upgrade-1"));

        Assert.Equal((Type, "1.0.0", null), (added.Type, added.Version, added.Before));
        Assert.NotNull(here.Catalog.Find(Type));
        Assert.Null(there.Catalog.Find(Type));
        foreach (var host in new[] { here, there })
        {
            await host.Catalog.RefreshAsync(CancellationToken.None);
            var entry = host.Catalog.Find(Type)!;
            Assert.Equal((PluginState.Active, "1.0.0", PluginSource.Package), (entry.State, entry.Version, entry.Source));
            Assert.True(System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(entry.Plugin!.Assembly)!.IsCollectible);
            Assert.Equal(PluginSource.Folder, host.Catalog.Find("fixture_good")!.Source);
        }

        await using var later = await PluginHost.LoadAsync(database, plugins);
        Assert.Equal(PluginState.Active, later.Catalog.Find(Type)!.State);
        await using var context = database.CreateContext();
        var audit = await context.Set<AuditEvent>().SingleAsync();
        Assert.Equal(("provider.package_added", Type, "command line"), (audit.Action, audit.Subject, audit.Actor));
        var package = await context.Set<PluginPackage>().SingleAsync();
        Assert.Equal(PackageLock.HashOf(package.Content), package.Sha256);
        Assert.Contains("Vaka.Plugins.Fixtures.Upgrade.dll\n", package.Lock);
    }

    [Fact]
    public async Task AddAsync_NextVersion_TakesThePlaceAndRollBackGivesItBack()
    {
        await using var host = await InstalledAsync("upgrade-1", "upgrade-2");
        var second = host.Catalog.Find(Type)!;
        Assert.Equal(("2.0.0", 2), (second.Version, second.Plugin!.Descriptor.ConfigVersion));

        var back = await host.Get<PackageInstaller>().RollBackAsync(Type, restoresConfigs: false, Caller.CommandLine, CancellationToken.None);
        Assert.Equal("1.0.0", back.Version);
        Assert.Equal("1.0.0", host.Catalog.Find(Type)!.Version);
        Assert.NotEqual(second.Plugin.Generation, host.Catalog.Find(Type)!.Plugin!.Generation);

        await host.Get<PackageInstaller>().RollBackAsync(Type, restoresConfigs: false, Caller.CommandLine, CancellationToken.None);
        Assert.Equal("2.0.0", host.Catalog.Find(Type)!.Version);
    }

    [Fact]
    public async Task AddAsync_ThirdVersion_KeepsTheLastTwo()
    {
        await using var host = await InstalledAsync("upgrade-1", "upgrade-2", "upgrade-1");

        await using var context = database.CreateContext();
        Assert.Equal(["1.0.0", "2.0.0"], await context.Set<PluginPackage>().Select(package => package.Version).Order().ToListAsync());
        var installed = await host.Get<PackageStore>().FindAsync(Type, CancellationToken.None);
        Assert.Equal(("1.0.0", "2.0.0", 2), (installed!.Version, installed.PreviousVersion, installed.PreviousConfigVersion));
    }

    [Fact]
    public async Task RollBackAsync_NothingBefore_IsRefused()
    {
        await using var host = await InstalledAsync("upgrade-1");

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => host.Get<PackageInstaller>().RollBackAsync(Type, false, Caller.CommandLine, CancellationToken.None));
        Assert.Contains("no earlier package", refused.Message);
        refused = await Assert.ThrowsAsync<ProblemException>(
            () => host.Get<PackageInstaller>().RollBackAsync("smtp", false, Caller.CommandLine, CancellationToken.None));
        Assert.Equal(ProblemCode.NotFound, refused.Code);
    }

    [Fact]
    public async Task RemoveAsync_LeavesTheTypeMissing()
    {
        await using var host = await InstalledAsync("upgrade-1", "upgrade-2");

        await host.Get<PackageInstaller>().RemoveAsync(Type, Caller.CommandLine, CancellationToken.None);

        Assert.Equal((PluginState.Missing, null), (host.Catalog.Find(Type)!.State, host.Catalog.Find(Type)!.Plugin));
        await using var context = database.CreateContext();
        Assert.Empty(await context.Set<PluginPackage>().Select(package => package.Id).ToListAsync());
    }

    [Fact]
    public async Task AddAsync_TypeOfAFolder_ServesInsteadUntilItIsRemoved()
    {
        plugins.Add("upgrade-1");
        await using var host = await InstalledAsync("upgrade-2");

        var entry = host.Catalog.Find(Type)!;
        Assert.Equal(("2.0.0", PluginSource.Package), (entry.Version, entry.Source));
        Assert.Contains("not version 1.0.0 in the folder 'upgrade-1'", Assert.Single(entry.Notes));
        Assert.Single(host.Catalog.Entries, other => other.Type == Type);

        await host.Get<PackageInstaller>().RemoveAsync(Type, Caller.CommandLine, CancellationToken.None);
        Assert.Equal(("1.0.0", PluginState.Active, PluginSource.Folder), (host.Catalog.Find(Type)!.Version, host.Catalog.Find(Type)!.State, host.Catalog.Find(Type)!.Source));
    }

    [Theory]
    [InlineData("ships-contract", "must come from the host")]
    [InlineData("two-providers", "several providers")]
    [InlineData("not-a-plugin", "Not a plugin")]
    [InlineData("newer-contract", "needs contract 1.3")]
    [InlineData("throws-in-constructor", "the constructor")]
    [InlineData("unusable-provider", "no provider that can be made")]
    public async Task AddAsync_WhatAFolderWouldBeRefusedFor_IsRefusedAndNotStored(string fixture, string why)
    {
        await using var host = await PluginHost.LoadAsync(database, plugins);

        var refused = await Assert.ThrowsAsync<ProblemException>(() => AddAsync(host, Pack(fixture)));

        Assert.Equal(ProblemCode.InvalidRequest, refused.Code);
        Assert.Contains(why, refused.Message);
        await using var context = database.CreateContext();
        Assert.Empty(await context.Set<PluginInstall>().ToListAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.PackageDirectory));
    }

    [Fact]
    public async Task AddAsync_WhatAnotherRoomRefuses_IsRefused()
    {
        await using var host = new PluginHost(database, plugins.FullPath, null, new Refusing());
        await host.Catalog.LoadAsync(CancellationToken.None);

        Assert.Contains("Not like this.", (await Assert.ThrowsAsync<ProblemException>(() => AddAsync(host, Pack("upgrade-1")))).Message);
    }

    [Fact]
    public async Task AddAsync_ByATenantsAdmin_IsForbidden()
    {
        await using var host = await PluginHost.LoadAsync(database, plugins);
        var tenant = Caller.CommandLine with { HomeTenantId = Guid.NewGuid() };

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => host.Get<PackageInstaller>().AddAsync(Pack("upgrade-1"), false, tenant, CancellationToken.None));
        Assert.Equal(ProblemCode.Forbidden, refused.Code);
    }

    [Fact]
    public async Task LoadAsync_TamperedFile_IsQuarantinedAndTheOthersLive()
    {
        string directory;
        await using (var before = await InstalledAsync("upgrade-1")) directory = before.PackageDirectory;
        var file = Assert.Single(Directory.GetFiles(directory, "Vaka.Plugins.Fixtures.Upgrade.dll", SearchOption.AllDirectories));
        await File.AppendAllTextAsync(file, " ");

        await using var host = await RestartedAsync(directory);

        var entry = host.Catalog.Find(Type)!;
        Assert.Equal((PluginState.Quarantined, null), (entry.State, entry.Plugin));
        Assert.Contains("Vaka.Plugins.Fixtures.Upgrade.dll was changed", entry.StateReason);
        Assert.Equal(PluginState.Active, host.Catalog.Find("fixture_good")!.State);

        // Somebody looked into it.
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(PluginState.Quarantined, host.Catalog.Find(Type)!.State);
        await host.Get<ProviderSwitch>().EnableAsync(Type, Caller.CommandLine, CancellationToken.None);
        Assert.Equal(PluginState.Active, host.Catalog.Find(Type)!.State);
    }

    [Fact]
    public async Task LoadAsync_TamperedContentInTheDatabase_IsQuarantined()
    {
        await using (await InstalledAsync("upgrade-1"))
        {
            await using var context = database.CreateContext();
            var other = Pack("upgrade-2");
            await context.Set<PluginPackage>().ExecuteUpdateAsync(set => set.SetProperty(package => package.Content, other));
        }

        await using var host = await PluginHost.LoadAsync(database, plugins);

        Assert.Equal(PluginState.Quarantined, host.Catalog.Find(Type)!.State);
        Assert.Contains("in the database is not what was installed", host.Catalog.Find(Type)!.StateReason);
        Assert.Equal(PluginState.Active, host.Catalog.Find("fixture_good")!.State);
    }

    [Fact]
    public async Task RefreshAsync_NextVersionDoesNotLoadHere_GoesOnWithTheOneBefore()
    {
        await using var here = await InstalledAsync("upgrade-1");
        await using var there = new PluginHost(database, plugins.FullPath, null, new Refusing("2.0.0"));
        await there.Catalog.LoadAsync(CancellationToken.None);
        var before = there.Catalog.Find(Type)!.Plugin;

        await AddAsync(here, Pack("upgrade-2"));
        await there.Catalog.RefreshAsync(CancellationToken.None);

        var entry = there.Catalog.Find(Type)!;
        Assert.Equal((PluginState.Active, "1.0.0"), (entry.State, entry.Version));
        Assert.Same(before, entry.Plugin);
        Assert.Contains("Version 2.0.0 is installed but could not be loaded on this host", Assert.Single(entry.Notes));
        await there.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Single(there.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("could not be loaded on this host"));

        await here.Get<PackageInstaller>().RollBackAsync(Type, false, Caller.CommandLine, CancellationToken.None);
        await there.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Empty(there.Catalog.Find(Type)!.Notes);
    }

    [Fact]
    public async Task AddAsync_PublisherKeys_TakesWhatTheySignedOnly()
    {
        using var ours = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var theirs = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var folder = PluginDirectory.Fixture("upgrade-1");
        var files = PackageLock.Of(folder);
        (string, string)[] settings = [("Plugins:PublisherKeys:0", Convert.ToBase64String(ours.ExportSubjectPublicKeyInfo()))];
        await using var host = new PluginHost(database, plugins.FullPath, settings);
        await host.Catalog.LoadAsync(CancellationToken.None);

        Assert.Contains("not signed", (await Assert.ThrowsAsync<ProblemException>(() => AddAsync(host, PackageArchive.Pack(folder)))).Message);
        var foreign = PackageArchive.Pack(folder, PublisherKeys.Sign(files, theirs.ExportPkcs8PrivateKeyPem()));
        Assert.Contains("by none of the keys", (await Assert.ThrowsAsync<ProblemException>(() => AddAsync(host, foreign))).Message);
        var other = PackageArchive.Pack(PluginDirectory.Fixture("upgrade-2"), PublisherKeys.Sign(files, ours.ExportPkcs8PrivateKeyPem()));
        Assert.Contains("by none of the keys", (await Assert.ThrowsAsync<ProblemException>(() => AddAsync(host, other))).Message);

        await AddAsync(host, PackageArchive.Pack(folder, PublisherKeys.Sign(files, ours.ExportPkcs8PrivateKeyPem())));
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(PluginState.Active, host.Catalog.Find(Type)!.State);

        // A host that trusts somebody else does not load what is in the database either.
        await using var strict = new PluginHost(
            database, plugins.FullPath, [("Plugins:PublisherKeys:0", theirs.ExportSubjectPublicKeyInfoPem())]);
        await strict.Catalog.LoadAsync(CancellationToken.None);
        Assert.Equal(PluginState.Quarantined, strict.Catalog.Find(Type)!.State);
    }

    private static byte[] Pack(string fixture) => PackageArchive.Pack(PluginDirectory.Fixture(fixture));

    private static Task<AddedPackage> AddAsync(PluginHost host, byte[] content) =>
        host.Get<PackageInstaller>().AddAsync(content, isForced: false, Caller.CommandLine, CancellationToken.None);

    private async Task<PluginHost> InstalledAsync(params string[] fixtures)
    {
        var host = await PluginHost.LoadAsync(database, plugins);
        foreach (var fixture in fixtures)
        {
            await AddAsync(host, Pack(fixture));
            await host.Catalog.RefreshAsync(CancellationToken.None);
        }

        return host;
    }

    private async Task<PluginHost> RestartedAsync(string packages)
    {
        var host = new PluginHost(database, plugins.FullPath, [("Plugins:PackageDirectory", packages)]);
        await host.Catalog.LoadAsync(CancellationToken.None);
        return host;
    }

    private sealed class Refusing(string? version = null) : IProviderCheck
    {
        public void Check(LoadedPlugin plugin)
        {
            if (plugin.Type == Type && plugin.Version == (version ?? plugin.Version)) throw new ProviderCheckException("Not like this.");
        }
    }
}

public sealed class PackageInstallerOnSqliteTests(SqliteDatabase database) : PackageInstallerTests(database), IClassFixture<SqliteDatabase>;

public sealed class PackageInstallerOnPostgresTests(PostgresDatabase database) : PackageInstallerTests(database), IClassFixture<PostgresDatabase>;
