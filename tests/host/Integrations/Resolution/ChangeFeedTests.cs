using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Integrations.Resolution;

/// <summary>What another process changes reaches this one.</summary>
public abstract class ChangeFeedTests : IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly Door door = new();
    private ChangeFeed feed = null!; // started before each test

    protected ChangeFeedTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    protected Guid Tenant { get; } = Guid.NewGuid();

    private protected Rooms Rooms { get; private set; } = null!; // opened before each test

    /// <summary>Keeps the feed from connecting again.</summary>
    protected void Shut() => door.Shut();

    protected void Open() => door.Open();

    [Fact]
    public async Task OtherNode_CreatesChangesAndDeletes_IsSeenEachTime()
    {
        await using var other = await Rooms.OpenSecondAsync(database);
        var store = other.Get<IntegrationStore>();
        var caller = new Caller { Name = "test", Role = CallerRole.Admin, HomeTenantId = Tenant, TenantId = Tenant };
        await Rooms.RefuseAsync(Tenant);
        var epoch = Rooms.Cache.Epoch;

        var row = await store.CreateAsync(
            new IntegrationDraft
            {
                Name = "Mail", IntegrationType = "smtp", Config = new JsonObject { ["address"] = "here", ["token"] = "old" },
            },
            caller,
            CancellationToken.None);
        await Eventually.HoldsAsync(async () => await TokenAsync() == "old");
        await store.PatchAsync(
            row.Id, new JsonObject { ["config"] = new JsonObject { ["token"] = "new" } }, null, caller, CancellationToken.None);
        await Eventually.HoldsAsync(async () => await TokenAsync() == "new");
        await store.DeleteAsync(row.Id, null, caller, CancellationToken.None);
        await Eventually.HoldsAsync(async () => await TokenAsync() is null);

        Assert.Equal(epoch, Rooms.Cache.Epoch);

        async Task<string?> TokenAsync() =>
            ((await Rooms.Resolver.ExplainAsync("smtp", Tenant, null, CancellationToken.None))
                .Resolution?.Integration.Config as TestConfig)?.Token?.Reveal();
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{\"id\": 1}")]
    [InlineData("{\"id\": \"x\", \"tenant_id\": 5, \"type\": \"smtp\"}")]
    public async Task Notification_NotUnderstood_ForgetsEverything(string payload)
    {
        var epoch = Rooms.Cache.Epoch;

        await using var context = Rooms.Contexts.CreateDbContext();
        await context.NotifyAsync(IntegrationChange.Channel, payload, CancellationToken.None);

        await Eventually.HoldsAsync(() => Rooms.Cache.Epoch > epoch);
    }

    public async ValueTask InitializeAsync()
    {
        Rooms = await Rooms.OpenAsync(database);
        door.Contexts = Rooms.Contexts;
        feed = new ChangeFeed(
            door, Rooms.Changes, Rooms.Cache, Rooms.Get<BoundRows>(), [], TimeProvider.System, Rooms.Get<ILogger<ChangeFeed>>());
        await feed.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => Rooms.Cache.Epoch > 0);
    }

    public async ValueTask DisposeAsync()
    {
        door.Open();
        await feed.StopAsync(CancellationToken.None);
        feed.Dispose();
        await Rooms.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private sealed class Door : IDbContextFactory<HostDbContext>
    {
        private TaskCompletionSource open = new();

        public Door() => open.SetResult();

        public IDbContextFactory<HostDbContext> Contexts { get; set; } = null!; // given before the feed starts

        public void Shut() => open = new TaskCompletionSource();

        public void Open() => open.TrySetResult();

        public HostDbContext CreateDbContext() => Contexts.CreateDbContext();

        public async Task<HostDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            await open.Task.WaitAsync(cancellationToken);
            return await Contexts.CreateDbContextAsync(cancellationToken);
        }
    }
}

public sealed class ChangeFeedOnSqliteTests(SqliteDatabase database) : ChangeFeedTests(database), IClassFixture<SqliteDatabase>
{
    private readonly SqliteDatabase database = database;

    [Fact]
    public async Task OtherTables_AreWritten_CacheIsKeptAndTrusted()
    {
        await Rooms.AddAsync(Tenant, "Mail");
        await TryResolveAsync();
        var (epoch, since) = (Rooms.Cache.Epoch, TimeProvider.System.GetTimestamp());

        // Longer than an answer is trusted without the feed, and in each look of the feed something was committed.
        while (TimeProvider.System.GetElapsedTime(since) < 2 * ResolutionCache.TrustSpan)
        {
            await database.QueryAsync($"INSERT INTO data_protection_keys (friendly_name) VALUES ('{Guid.NewGuid()}')");
            Assert.NotNull(Rooms.Cache.Find("smtp", Tenant, null, Rooms.Catalog.Find("smtp")?.Plugin));
        }

        Assert.Equal(epoch, Rooms.Cache.Epoch);
    }

    [Fact]
    public async Task Notifications_RemovedBeforeTheyWereSeen_ForgetEverything()
    {
        var epoch = Rooms.Cache.Epoch;

        await database.QueryAsync(
            "BEGIN; INSERT INTO notifications (channel, payload) VALUES ('other', ''); DELETE FROM notifications; "
            + "INSERT INTO notifications (channel, payload) VALUES ('other', ''); COMMIT");

        await Eventually.HoldsAsync(() => Rooms.Cache.Epoch > epoch);
    }

    [Fact]
    public async Task Notifications_OfManyWrites_AreKeptWithinBounds()
    {
        await using var context = Rooms.Contexts.CreateDbContext();
        for (var i = 0; i < 1_100; i++) await context.NotifyAsync("other", $"{i}", CancellationToken.None);

        var kept = (long)(await database.QueryAsync("SELECT count(*) AS kept FROM notifications"))[0]["kept"]!;
        Assert.InRange(kept, 1, 1_000);
    }

    private async Task<string?> TryResolveAsync() =>
        (await Rooms.Resolver.ExplainAsync("smtp", Tenant, null, CancellationToken.None)).Resolution?.Integration.Name;
}

public sealed class ChangeFeedOnPostgresTests(PostgresDatabase database) : ChangeFeedTests(database), IClassFixture<PostgresDatabase>
{
    private readonly PostgresDatabase database = database;

    [Fact]
    public async Task OtherNode_WritesAndNotifies_IsSeenWithoutForgettingTheRest()
    {
        var other = Guid.NewGuid();
        var row = await Rooms.AddAsync(Tenant, "Old");
        await Rooms.AddAsync(other, "Theirs");
        await Rooms.ResolveNameAsync(Tenant);
        await Rooms.ResolveNameAsync(other);
        var epoch = Rooms.Cache.Epoch;

        await database.QueryAsync(
            $"UPDATE integrations SET name = 'New' WHERE tenant_id = '{Tenant}'; SELECT pg_notify('vaka_integrations', "
            + $"'{{\"id\": \"{row.Id}\", \"tenant_id\": \"{Tenant}\", \"type\": \"smtp\"}}')");

        await Eventually.HoldsAsync(async () => await Rooms.ResolveNameAsync(Tenant) == "New");
        await Eventually.HoldsAsync(() => Rooms.Cache.Find("smtp", other, null, Rooms.Catalog.Find("smtp")?.Plugin) is not null);
        Assert.Equal(epoch, Rooms.Cache.Epoch);
    }

    [Fact]
    public async Task OtherNode_ChangesThePlatform_IsSeenByTenants()
    {
        var row = await Rooms.AddAsync(null, "Old");
        await Rooms.ResolveNameAsync(Tenant);

        await database.QueryAsync(
            "UPDATE integrations SET name = 'New'; SELECT pg_notify('vaka_integrations', "
            + $"'{{\"id\": \"{row.Id}\", \"tenant_id\": null, \"type\": \"smtp\"}}')");

        await Eventually.HoldsAsync(async () => await Rooms.ResolveNameAsync(Tenant) == "New");
    }

    [Fact]
    public async Task OtherNode_ChangesWithoutPause_NobodyHereEverGoesBack()
    {
        const int Changes = 40;
        await using var other = await Rooms.OpenSecondAsync(database);
        var store = other.Get<IntegrationStore>();
        var caller = new Caller { Name = "test", Role = CallerRole.Admin, HomeTenantId = Tenant, TenantId = Tenant };
        var row = await store.CreateAsync(
            new IntegrationDraft { Name = "0", IntegrationType = "smtp", Config = new JsonObject { ["address"] = "here" } }, caller, CancellationToken.None);

        // Readings and changes overtake each other as they like. Each reader must see the last change, and the earlier ones in their order.
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var last = 0; last < Changes;)
            {
                var name = (await Rooms.Resolver.ExplainAsync("smtp", Tenant, null, CancellationToken.None)).Resolution?.Integration.Name ?? "0";
                var seen = int.Parse(name, System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(seen >= last, $"{seen} after {last}");
                last = seen;
            }
        })).ToList();
        for (var change = 1; change <= Changes; change++)
            await store.PatchAsync(row.Id, new JsonObject { ["name"] = $"{change}" }, null, caller, CancellationToken.None);

        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task ConnectionIsLost_RowThatAppearsUnheard_IsFound()
    {
        await Rooms.RefuseAsync(Tenant);
        var epoch = Rooms.Cache.Epoch;
        await LoseConnectionAsync();

        await Rooms.AddAsync(Tenant, "New");

        await Eventually.HoldsAsync(async () =>
            (await Rooms.Resolver.ExplainAsync("smtp", Tenant, null, CancellationToken.None)).Resolution?.Integration.Name == "New");
        Assert.Equal(epoch, Rooms.Cache.Epoch);
        Open();
        await Eventually.HoldsAsync(() => Rooms.Cache.Epoch > epoch);
        Assert.Equal("New", await Rooms.ResolveNameAsync(Tenant));
    }

    [Fact]
    public async Task ConnectionIsLost_OldAnswersGoAndReconnectForgets()
    {
        await Rooms.AddAsync(Tenant, "Old");
        await Rooms.ResolveNameAsync(Tenant);
        var epoch = Rooms.Cache.Epoch;
        await LoseConnectionAsync();

        // Nobody is told of this.
        await database.QueryAsync("UPDATE integrations SET name = 'New'");
        await Eventually.HoldsAsync(async () => await Rooms.ResolveNameAsync(Tenant) == "New");

        Assert.Equal(epoch, Rooms.Cache.Epoch);
        Open();
        await Eventually.HoldsAsync(() => Rooms.Cache.Epoch > epoch);
        await Eventually.HoldsAsync(async () => await Rooms.ResolveNameAsync(Tenant) == "New");
    }

    /// <summary>Cuts the feed's connection; it gets no other until <see cref="ChangeFeedTests.Open"/>.</summary>
    private async Task LoseConnectionAsync()
    {
        Shut();
        await database.QueryAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            + "AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')");
    }
}
