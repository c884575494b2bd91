using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Integrations.Resolution;

public sealed class ResolutionCacheTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private const int Capacity = 100;

    private readonly Guid tenant = Guid.NewGuid();
    private readonly FakeTimeProvider clock = new();
    private readonly FakeRows rows = new();
    private Rooms rooms = null!; // opened before each test

    public async ValueTask InitializeAsync() => rooms = await Rooms.OpenAsync(database, services => services
        .Replace(ServiceDescriptor.Singleton<TimeProvider>(clock))
        .Replace(ServiceDescriptor.Singleton<IIntegrationRows>(rows))
        .Replace(ServiceDescriptor.Singleton(provider =>
            new ResolutionCache(provider.GetRequiredService<IntegrationChanges>(), clock, Capacity))));

    public ValueTask DisposeAsync() => rooms.DisposeAsync();

    [Fact]
    public async Task ResolveAsync_Again_ReadsNothingAndAllocatesNothing()
    {
        rows.Rows = [rooms.Row(tenant, "Mail")];
        var resolution = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);
        await rooms.Resolver.ResolveAsync("smtp", tenant, "Mail", CancellationToken.None);
        var before = rows.Reads;
        var same = true;
        for (var i = 0; i < 100; i++) Warm();

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Warm();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        Assert.True(same);
        Assert.Equal(before, rows.Reads);
        Assert.Equal(0, allocated);

        void Warm()
        {
            var unnamed = rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);
            var named = rooms.Resolver.ResolveAsync("smtp", tenant, "Mail", CancellationToken.None);
            same &= unnamed.IsCompletedSuccessfully && ReferenceEquals(unnamed.Result, resolution) && named.IsCompletedSuccessfully;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ResolveAsync_ChangedWhileReading_NeverKeepsWhatWasRead(bool isPlatform)
    {
        Guid? owner = isPlatform ? null : tenant;
        var old = rooms.Row(owner, "Old");
        rows.Rows = [old];
        var (hasRead, goOn) = rows.HoldNext();
        var resolving = rooms.ResolveNameAsync(tenant);
        await hasRead;

        rows.Rows = [rooms.Row(owner, "New")];
        rooms.Publish(old);
        goOn.SetResult();

        Assert.Equal("New", await resolving);
        Assert.Equal("New", await rooms.ResolveNameAsync(tenant));
        Assert.Equal(2, rows.Reads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ResolveAsync_RowAppearsWhileReadingThatThereIsNone_IsFound(bool isPlatform)
    {
        var (hasRead, goOn) = rows.HoldNext();
        var resolving = rooms.ResolveNameAsync(tenant);
        await hasRead;

        var row = rooms.Row(isPlatform ? null : tenant, "New");
        rows.Rows = [row];
        rooms.Publish(row);
        goOn.SetResult();

        Assert.Equal("New", await resolving);
        Assert.Equal("New", await rooms.ResolveNameAsync(tenant));
    }

    [Fact]
    public async Task ResolveAsync_FlushedWhileReading_NeverKeepsWhatWasRead()
    {
        rows.Rows = [rooms.Row(tenant, "Old")];
        var (hasRead, goOn) = rows.HoldNext();
        var resolving = rooms.ResolveNameAsync(tenant);
        await hasRead;

        rows.Rows = [rooms.Row(tenant, "New")];
        rooms.Cache.Clear();
        goOn.SetResult();

        Assert.Equal("New", await resolving);
    }

    [Fact]
    public async Task ResolveAsync_ChangedWithEveryReading_EndsAllTheSame()
    {
        var row = rooms.Row(tenant, "Restless");
        rows.Rows = [row];
        rows.Meanwhile = () =>
        {
            rooms.Publish(row);
            return Task.CompletedTask;
        };

        Assert.Equal("Restless", await rooms.ResolveNameAsync(tenant));
        var reads = rows.Reads;
        Assert.InRange(reads, 2, 5);
        await rooms.ResolveNameAsync(tenant);
        Assert.True(rows.Reads > reads, "What a change overtook was kept.");
    }

    [Fact]
    public async Task ResolveAsync_NothingFound_IsRememberedUntilARowAppears()
    {
        await rooms.RefuseAsync(tenant);
        await rooms.RefuseAsync(tenant);
        Assert.Equal(1, rows.Reads);

        var row = rooms.Row(null, "Platform mail");
        rows.Rows = [row];
        rooms.Publish(row);

        Assert.Equal("Platform mail", await rooms.ResolveNameAsync(tenant));
    }

    [Fact]
    public async Task Publish_OfOneTenant_ForgetsItsNamesAndNobodyElses()
    {
        var other = Guid.NewGuid();
        var row = rooms.Row(tenant, "Mail");
        rows.Rows = [row, rooms.Row(other, "Mail")];
        await rooms.ResolveNameAsync(tenant);
        await rooms.ResolveNameAsync(tenant, "Mail");
        await rooms.ResolveNameAsync(other);

        rooms.Publish(row);

        Assert.Equal(3, rows.Reads);
        await rooms.ResolveNameAsync(other);
        Assert.Equal(3, rows.Reads);
        await rooms.ResolveNameAsync(tenant);
        await rooms.ResolveNameAsync(tenant, "Mail");
        Assert.Equal(5, rows.Reads);
    }

    [Fact]
    public async Task Publish_OfThePlatform_ForgetsEveryTenantsAnswersOfThatType()
    {
        var row = rooms.Row(null, "Mail");
        rows.Rows = [row, rooms.Row(null, "Hook", type: "webhook")];
        await rooms.ResolveNameAsync(tenant);
        await rooms.ResolveNameAsync(null);
        await rooms.ResolveNameAsync(tenant, type: "webhook");

        rooms.Publish(row);

        await rooms.ResolveNameAsync(tenant, type: "webhook");
        Assert.Equal(3, rows.Reads);
        await rooms.ResolveNameAsync(tenant);
        await rooms.ResolveNameAsync(null);
        Assert.Equal(5, rows.Reads);
    }

    [Fact]
    public async Task ResolveAsync_ManyAtOnce_ReadOnceThoughTheFirstGivesUp()
    {
        rows.Rows = [rooms.Row(tenant, "Mail")];
        var (hasRead, goOn) = rows.HoldNext();
        using var impatience = new CancellationTokenSource();
        var first = rooms.Resolver.ResolveAsync("smtp", tenant, null, impatience.Token).AsTask();
        await hasRead;
        var others = Enumerable.Range(0, 10).Select(_ => rooms.ResolveNameAsync(tenant)).ToList();

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        goOn.SetResult();

        Assert.All(await Task.WhenAll(others), name => Assert.Equal("Mail", name));
        Assert.Equal(1, rows.Reads);
    }

    [Fact]
    public async Task ResolveAsync_ReadingFails_IsNotRemembered()
    {
        rows.Rows = [rooms.Row(tenant, "Mail")];
        rows.Meanwhile = () => throw new TimeoutException();
        await Assert.ThrowsAsync<TimeoutException>(() => rooms.ResolveNameAsync(tenant));

        rows.Meanwhile = () => Task.CompletedTask;

        Assert.Equal("Mail", await rooms.ResolveNameAsync(tenant));
    }

    [Fact]
    public async Task ResolveAsync_NobodySaysThatItStillHolds_ReadsAgainWithinASecond()
    {
        rows.Rows = [rooms.Row(tenant, "Old")];
        rooms.Cache.TrustSince(clock.GetTimestamp());
        await rooms.ResolveNameAsync(tenant);
        rows.Rows = [rooms.Row(tenant, "New")];

        for (var i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            rooms.Cache.TrustSince(clock.GetTimestamp());
            Assert.Equal("Old", await rooms.ResolveNameAsync(tenant));
        }

        clock.Advance(TimeSpan.FromMilliseconds(950));
        Assert.Equal("New", await rooms.ResolveNameAsync(tenant));
    }

    [Fact]
    public async Task ResolveAsync_TrustIsWithdrawn_OnlyYoungAnswersServe()
    {
        rows.Rows = [rooms.Row(tenant, "Mail")];
        rooms.Cache.TrustSince(clock.GetTimestamp());
        await rooms.ResolveNameAsync(tenant);

        rooms.Cache.Distrust();
        clock.Advance(TimeSpan.FromMilliseconds(800));
        await rooms.ResolveNameAsync(tenant);
        Assert.Equal(1, rows.Reads);
        clock.Advance(TimeSpan.FromMilliseconds(200));
        await rooms.ResolveNameAsync(tenant);
        Assert.Equal(2, rows.Reads);
    }

    [Fact]
    public async Task ResolveAsync_RowThatCannotBeRead_IsTriedAgainAfterAWhile()
    {
        rows.Rows = [rooms.Row(tenant, "Wrong", row => row.Config = "{}")];
        await rooms.RefuseAsync(tenant);
        clock.Advance(TimeSpan.FromSeconds(6));
        rooms.Cache.TrustSince(clock.GetTimestamp());

        await rooms.RefuseAsync(tenant);

        Assert.Equal(2, rows.Reads);
    }

    [Fact]
    public async Task ResolveAsync_PlatformRowForManyTenants_IsBoundOnce()
    {
        rows.Rows = [rooms.Row(null, "Mail")];

        var one = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);
        var other = await rooms.Resolver.ResolveAsync("smtp", Guid.NewGuid(), null, CancellationToken.None);

        Assert.NotSame(one, other);
        Assert.Same(one.Integration, other.Integration);
    }

    [Fact]
    public async Task ResolveAsync_MoreTenantsThanItHolds_StaysBoundedAndKeepsWhatIsInUse()
    {
        rows.Rows = [rooms.Row(tenant, "Busy"), rooms.Row(null, "Mail")];
        for (var i = 0; i < 5 * Capacity; i++)
        {
            await rooms.ResolveNameAsync(Guid.NewGuid());
            await rooms.ResolveNameAsync(tenant);
            Assert.InRange(rooms.Cache.Count, 0, Capacity + 1);
        }

        Assert.InRange(rows.Reads, 5 * Capacity, (5 * Capacity) + 20);
    }

    [Fact]
    public async Task ResolveAsync_LargeConfigs_AreForgottenBeforeTheyFillTheMemory()
    {
        var config = $$"""{"address": "{{new string('x', 4 << 20)}}"}""";
        for (var i = 0; i < 20; i++)
        {
            var each = Guid.NewGuid();
            rows.Rows = [rooms.Row(each, "Large", row => row.Config = config)];
            Assert.Equal("Large", await rooms.ResolveNameAsync(each));
            Assert.InRange(rooms.Get<BoundRows>().ConfigLength, 1, 33 << 20);
            Assert.InRange(rooms.Cache.Count, 0, 9);
        }
    }

    [Fact]
    public async Task ResolveAsync_MoreNamesThanItHolds_StaysBounded()
    {
        for (var i = 0; i < 3 * Capacity; i++) await rooms.RefuseAsync(tenant, $"Nobody {i}");

        Assert.InRange(rooms.Cache.Count, 0, Capacity + 1);
    }
}
