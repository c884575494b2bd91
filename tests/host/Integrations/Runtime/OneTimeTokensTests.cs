using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Integrations.Runtime;

public abstract class OneTimeTokensTests : IAsyncLifetime
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly TestDatabase database;
    private readonly Guid id = Guid.NewGuid();

    protected OneTimeTokensTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private protected FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    private protected Rooms Rooms { get; private set; } = null!; // opened before each test

    private IOneTimeStore Store => Rooms.Get<OneTimeTokens>().For(id);

    public async ValueTask InitializeAsync() =>
        Rooms = await Rooms.OpenAsync(database, services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock)));

    public async ValueTask DisposeAsync()
    {
        await Rooms.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task TryAddAsync_Twice_CountsOnce()
    {
        Assert.True(await Store.TryAddAsync("key", "one", Lifetime, CancellationToken.None));
        Assert.False(await Store.TryAddAsync("key", "two", Lifetime, CancellationToken.None));

        Assert.Equal("one", await Store.TakeAsync("key", CancellationToken.None));
        Assert.Null(await Store.TakeAsync("key", CancellationToken.None));
        Assert.True(await Store.TryAddAsync("key", "three", Lifetime, CancellationToken.None));
    }

    [Fact]
    public async Task TryAddAsync_ManyAtOnce_ExactlyOneSucceeds()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Task.Run(() => Store.TryAddAsync("key", $"{i}", Lifetime, CancellationToken.None))));
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            Task.Run(() => Store.TakeAsync("key", CancellationToken.None))));

        Assert.Single(added, true);
        Assert.Single(taken, value => value is not null);
    }

    [Fact]
    public async Task Store_OfAnotherIntegration_IsApart()
    {
        await Store.TryAddAsync("key", "mine", Lifetime, CancellationToken.None);
        var other = Rooms.Get<OneTimeTokens>().For(Guid.Empty);

        Assert.Null(await other.TakeAsync("key", CancellationToken.None));
        Assert.True(await other.TryAddAsync("key", "host", Lifetime, CancellationToken.None));
        Assert.Equal("mine", await Store.TakeAsync("key", CancellationToken.None));
    }

    [Fact]
    public async Task Store_Expired_IsAsIfItNeverWas()
    {
        await Store.TryAddAsync("taken", "old", Lifetime, CancellationToken.None);
        await Store.TryAddAsync("added", "old", Lifetime, CancellationToken.None);
        await PassAsync(Lifetime);

        Assert.Null(await Store.TakeAsync("taken", CancellationToken.None));
        Assert.True(await Store.TryAddAsync("added", "new", Lifetime, CancellationToken.None));
        Assert.Equal("new", await Store.TakeAsync("added", CancellationToken.None));
    }

    [Fact]
    public async Task TryAddAsync_AfterOthersExpired_PurgesThem()
    {
        await Store.TryAddAsync("old", "old", Lifetime, CancellationToken.None);
        await Store.TryAddAsync("young", "young", TimeSpan.FromDays(1), CancellationToken.None);
        await PassAsync(TimeSpan.FromHours(2));
        Clock.Advance(TimeSpan.FromMinutes(2));

        await Store.TryAddAsync("new", "new", Lifetime, CancellationToken.None);

        await using var context = Rooms.Contexts.CreateDbContext();
        var keys = await context.Set<OneTimeToken>().Where(token => token.IntegrationId == id).Select(token => token.Key).ToListAsync();
        Assert.Equal(["new", "young"], keys.Order());
    }

    [Fact]
    public async Task Store_UnfitKey_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.TryAddAsync(new string('k', 201), "v", Lifetime, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.TakeAsync("", CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.TryAddAsync("k", "v", TimeSpan.Zero, CancellationToken.None));
        Assert.True(await Store.TryAddAsync(new string('k', 200), "v", Lifetime, CancellationToken.None));
    }

    /// <summary>Lets time pass on the clock that decides here.</summary>
    private protected abstract Task PassAsync(TimeSpan time);
}

public sealed class OneTimeTokensOnSqliteTests(SqliteDatabase database) : OneTimeTokensTests(database), IClassFixture<SqliteDatabase>
{
    private protected override Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class OneTimeTokensOnPostgresTests(PostgresDatabase database) : OneTimeTokensTests(database), IClassFixture<PostgresDatabase>
{
    private readonly PostgresDatabase database = database;

    [Fact]
    public async Task Store_ThisNodesClockIsFarOff_TheDatabasesDecides()
    {
        Clock.Advance(TimeSpan.FromDays(1));
        var store = Rooms.Get<OneTimeTokens>().For(Guid.NewGuid());

        Assert.True(await store.TryAddAsync("key", "value", TimeSpan.FromMinutes(1), CancellationToken.None));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.False(await store.TryAddAsync("key", "again", TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal("value", await store.TakeAsync("key", CancellationToken.None));
    }

    // The server's clock cannot be turned, so the rows are.
    private protected override Task PassAsync(TimeSpan time) => database.QueryAsync(
        $"UPDATE one_time_tokens SET expires_at = expires_at - interval '{(int)time.TotalSeconds} seconds'");
}
