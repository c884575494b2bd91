using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Integrations.Runtime;

public abstract class IntegrationStateTests : IAsyncLifetime
{
    private static readonly SecretString Origin = new("first refresh token");

    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.NewGuid();
    private readonly Guid id = Guid.NewGuid();
    private Rooms rooms = null!; // opened before each test

    protected IntegrationStateTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private IIntegrationState State => rooms.Get<StateStore>().For(id, tenant);

    public async ValueTask InitializeAsync() => rooms = await Rooms.OpenAsync(database);

    public async ValueTask DisposeAsync()
    {
        await rooms.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task UpdateAsync_ThenGet_GivesTheValueAndStoresItEncrypted()
    {
        Assert.Null(await State.GetAsync("token", Origin, CancellationToken.None));
        Assert.Equal("one", await SetAsync("one"));
        Assert.Equal("two plain words", await SetAsync("two plain words"));

        Assert.Equal("two plain words", await State.GetAsync("token", Origin, CancellationToken.None));
        var dump = await database.DumpAsync();
        Assert.Contains(id.ToString(), dump, StringComparison.Ordinal);
        Assert.DoesNotContain("two plain words", dump, StringComparison.Ordinal);
        Assert.DoesNotContain(Origin.Reveal(), dump, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpdateAsync_NextSeesTheCurrentValue()
    {
        await SetAsync("1");

        await State.UpdateAsync("token", Origin, (current, _) => Task.FromResult<string?>($"{current}2"), CancellationToken.None);

        Assert.Equal("12", await State.GetAsync("token", Origin, CancellationToken.None));
    }

    [Fact]
    public async Task UpdateAsync_NextThrows_ChangesNothing()
    {
        await SetAsync("kept");

        await Assert.ThrowsAsync<TimeoutException>(() =>
            State.UpdateAsync("token", Origin, (_, _) => throw new TimeoutException(), CancellationToken.None));

        Assert.Equal("kept", await State.GetAsync("token", Origin, CancellationToken.None));
    }

    [Fact]
    public async Task UpdateAsync_NextAnswersNull_Removes()
    {
        await SetAsync("gone");

        await State.UpdateAsync("token", Origin, (_, _) => Task.FromResult<string?>(null), CancellationToken.None);

        Assert.Null(await State.GetAsync("token", Origin, CancellationToken.None));
        await using var context = rooms.Contexts.CreateDbContext();
        Assert.False(await context.Set<StoredState>().AnyAsync(state => state.IntegrationId == id));
    }

    [Fact]
    public async Task GetAsync_DescendsFromAnotherSecret_IsForgotten()
    {
        await SetAsync("rotated");

        Assert.Null(await State.GetAsync("token", new SecretString("given anew"), CancellationToken.None));
        Assert.Null(await State.GetAsync("token", null, CancellationToken.None));
        string? seen = "unset";
        await State.UpdateAsync("token", new SecretString("given anew"), (current, _) =>
        {
            seen = current;
            return Task.FromResult<string?>("fresh");
        }, CancellationToken.None);

        Assert.Null(seen);
        Assert.Equal("fresh", await State.GetAsync("token", new SecretString("given anew"), CancellationToken.None));
    }

    [Fact]
    public async Task GetAsync_OfAnotherIntegration_IsApart()
    {
        await SetAsync("mine");

        Assert.Null(await rooms.Get<StateStore>().For(Guid.NewGuid(), tenant).GetAsync("token", Origin, CancellationToken.None));
    }

    [Fact]
    public async Task GetAsync_CiphertextOfAnotherPlace_DoesNotDecryptAndIsNotOverwritten()
    {
        await SetAsync("mine");
        var other = Guid.NewGuid();
        await using (var context = rooms.Contexts.CreateDbContext())
        {
            var stored = await context.Set<StoredState>().AsNoTracking().SingleAsync(state => state.IntegrationId == id);
            context.Add(new StoredState
            {
                IntegrationId = other,
                Key = "token",
                Ciphertext = stored.Ciphertext,
                DescendsFrom = stored.DescendsFrom,
                UpdatedAt = stored.UpdatedAt,
            });
            await context.SaveChangesAsync();
        }

        var state = rooms.Get<StateStore>().For(other, tenant);
        var called = false;

        await Assert.ThrowsAsync<IntegrationException>(() => state.GetAsync("token", Origin, CancellationToken.None));
        await Assert.ThrowsAsync<IntegrationException>(() => state.UpdateAsync("token", Origin, (_, _) =>
        {
            called = true;
            return Task.FromResult<string?>("new");
        }, CancellationToken.None));
        Assert.False(called);
    }

    [Fact]
    public async Task UpdateAsync_FromTwoNodesAtOnce_RunsOneAfterTheOther()
    {
        // Two nodes on PostgreSQL; on SQLite there is one, and both halves are of its process.
        await using var second = await SecondNodeAsync();
        var states = new[] { rooms, second ?? rooms }.Select(node => node.Get<StateStore>().For(id, tenant)).ToList();
        var inside = 0;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => states[i % 2].UpdateAsync("count", null, async (current, token) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Delay(1, token);
            Interlocked.Decrement(ref inside);
            return $"{int.Parse(current ?? "0", CultureInfo.InvariantCulture) + 1}";
        }, CancellationToken.None)));

        Assert.Equal("20", await State.GetAsync("count", null, CancellationToken.None));
    }

    [Fact]
    public async Task UpdateAsync_WhileAnotherRuns_HoldsUpNoOtherWriteAndGivesUpWhenTold()
    {
        var (entered, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = State.UpdateAsync("token", Origin, async (_, _) =>
        {
            entered.SetResult();
            await goOn.Task;
            return "first";
        }, CancellationToken.None);
        await entered.Task;

        await State.UpdateAsync("other key", null, (_, _) => Task.FromResult<string?>("written"), CancellationToken.None);
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            State.UpdateAsync("token", Origin, (_, _) => Task.FromResult<string?>("second"), impatience.Token));

        goOn.SetResult();
        Assert.Equal("first", await first);
        Assert.Equal("after", await SetAsync("after"));
    }

    [Fact]
    public async Task UpdateAsync_CallerGivesUpAfterTheVendorAnswered_IsStoredAllTheSame()
    {
        using var impatience = new CancellationTokenSource();

        await State.UpdateAsync("token", Origin, async (_, _) =>
        {
            await impatience.CancelAsync();
            return "rotated";
        }, impatience.Token);

        Assert.Equal("rotated", await State.GetAsync("token", Origin, CancellationToken.None));
    }

    [Fact]
    public async Task UpdateAsync_ChangedBehindTheLock_DoesNotOverwrite()
    {
        await SetAsync("old");

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => State.UpdateAsync("token", Origin, async (_, token) =>
        {
            await using var context = rooms.Contexts.CreateDbContext();
            await context.Set<StoredState>().ExecuteUpdateAsync(set => set.SetProperty(state => state.Version, 99), token);
            return "late";
        }, CancellationToken.None));

        Assert.Equal("old", await State.GetAsync("token", Origin, CancellationToken.None));
    }

    [Fact]
    public async Task UpdateAsync_TooMuch_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => SetAsync(new string('é', 33 * 1024)));
        await Assert.ThrowsAsync<ArgumentException>(() => State.GetAsync(new string('k', 65), null, CancellationToken.None));
        Assert.Equal(new string('x', 64 * 1024), await SetAsync(new string('x', 64 * 1024)));
    }

    /// <summary>Another node on the same database and key, where that is possible.</summary>
    private protected abstract Task<Rooms?> SecondNodeAsync();

    private protected Rooms First => rooms;

    private Task<string?> SetAsync(string value) =>
        State.UpdateAsync("token", Origin, (_, _) => Task.FromResult<string?>(value), CancellationToken.None);
}

public sealed class IntegrationStateOnSqliteTests(SqliteDatabase database) : IntegrationStateTests(database), IClassFixture<SqliteDatabase>
{
    private protected override Task<Rooms?> SecondNodeAsync() => Task.FromResult<Rooms?>(null);
}

public sealed class IntegrationStateOnPostgresTests(PostgresDatabase database)
    : IntegrationStateTests(database), IClassFixture<PostgresDatabase>
{
    private readonly PostgresDatabase database = database;

    private protected override async Task<Rooms?> SecondNodeAsync() => await First.OpenSecondAsync(database);
}
