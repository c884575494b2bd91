using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Integrations.Runtime;

public sealed class ResourcePoolTests : IAsyncDisposable
{
    private readonly Guid tenant = Guid.NewGuid();
    private readonly Guid id = Guid.NewGuid();
    private readonly FakeTimeProvider clock = new();
    private readonly IntegrationChanges changes = new();
    private readonly TestCatalog catalog = new();
    private readonly ResourcePool pool;
    private LoadedPlugin plugin;
    private int made;

    public ResourcePoolTests()
    {
        plugin = catalog.Load("smtp", "SMTP");
        pool = new ResourcePool(changes, catalog, clock, NullLogger<ResourcePool>.Instance);
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    [Fact]
    public async Task GetOrCreateAsync_OneCallAfterAnother_ShareIt()
    {
        var first = await UseAsync();
        var second = await UseAsync();

        Assert.Same(first, second);
        Assert.Equal((1, false), (made, first.IsDisposed));
    }

    [Fact]
    public async Task GetOrCreateAsync_ManyAtOnce_MakeItOnce()
    {
        var goOn = new TaskCompletionSource();
        var leases = Enumerable.Range(0, 20).Select(_ => Lease()).ToList();
        var gets = leases.Select(lease => lease.GetOrCreateAsync("pool", async (_, _) =>
        {
            await goOn.Task;
            return Make();
        }, CancellationToken.None).AsTask()).ToList();

        goOn.SetResult();

        Assert.Single((await Task.WhenAll(gets)).Distinct());
        Assert.Equal(1, made);
        foreach (var lease in leases) await lease.DisposeAsync();
    }

    [Fact]
    public async Task GetOrCreateAsync_FirstCallerGivesUp_OthersGetIt()
    {
        var (goOn, begun) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var impatience = new CancellationTokenSource();
        await using var second = Lease();
        Task<Thing> firstGet, secondGet;
        await using (var first = Lease())
        {
            firstGet = first.GetOrCreateAsync("pool", CreateAsync, impatience.Token).AsTask();
            await begun.Task;
            secondGet = second.GetOrCreateAsync("pool", CreateAsync, CancellationToken.None).AsTask();
            await impatience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => firstGet);
        }

        goOn.SetResult();

        Assert.False((await secondGet).IsDisposed);
        Assert.Equal(1, made);

        async ValueTask<Thing> CreateAsync(ResourceScope scope, CancellationToken token)
        {
            begun.TrySetResult();
            await goOn.Task.WaitAsync(token);
            return Make();
        }
    }

    [Fact]
    public async Task GetOrCreateAsync_EveryCallerGivesUp_TheMakingIsCancelledAndTheNextMakesAnew()
    {
        var cancelled = new TaskCompletionSource();
        using var impatience = new CancellationTokenSource();
        await using (var lease = Lease())
        {
            var get = lease.GetOrCreateAsync<Thing>("pool", async (_, token) =>
            {
                await impatience.CancelAsync();
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancelled.SetResult();
                throw new OperationCanceledException(token);
            }, impatience.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await get);
        }

        await cancelled.Task;
        Assert.False((await UseAsync()).IsDisposed);
    }

    [Fact]
    public async Task GetOrCreateAsync_MakingFails_IsNotKept()
    {
        await using var lease = Lease();
        await Assert.ThrowsAsync<TimeoutException>(async () =>
            await lease.GetOrCreateAsync<Thing>("pool", (_, _) => throw new TimeoutException(), CancellationToken.None));

        Assert.NotNull(await lease.GetOrCreateAsync("pool", (_, _) => ValueTask.FromResult(Make()), CancellationToken.None));
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task GetOrCreateAsync_OtherKeyOrIntegration_IsAnother()
    {
        var one = await UseAsync();
        var otherKey = await UseAsync(key: "cache");
        var otherIntegration = await UseAsync(integrationId: Guid.NewGuid());

        Assert.Equal(3, new[] { one, otherKey, otherIntegration }.Distinct().Count());
        Assert.DoesNotContain(true, new[] { one, otherKey, otherIntegration }.Select(thing => thing.IsDisposed));
    }

    [Fact]
    public async Task GetOrCreateAsync_OfAnotherType_SaysSo()
    {
        await UseAsync();
        await using var lease = Lease();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await lease.GetOrCreateAsync("pool", (_, _) => ValueTask.FromResult("text"), CancellationToken.None));

        Assert.Contains("Give it a key of its own.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_WhileInUse_DisposesAfterTheLastUser()
    {
        var (first, second) = (Lease(), Lease());
        var thing = await GetAsync(first);
        await GetAsync(second);

        changes.Publish(new IntegrationChange(id, tenant, "smtp"));
        var fresh = await UseAsync();

        Assert.NotSame(thing, fresh);
        await first.DisposeAsync();
        Assert.False(thing.IsDisposed);
        await second.DisposeAsync();
        Assert.True(thing.IsDisposed);
        Assert.False(fresh.IsDisposed);
    }

    [Fact]
    public async Task Publish_WhileNobodyUsesIt_DisposesAtOnce()
    {
        var (thing, other) = (await UseAsync(), await UseAsync(integrationId: Guid.NewGuid()));

        changes.Publish(new IntegrationChange(id, tenant, "smtp"));

        await thing.Disposed;
        Assert.False(other.IsDisposed);
    }

    [Fact]
    public async Task GetOrCreateAsync_OtherConfig_RetiresTheOld()
    {
        var old = await UseAsync();

        var fresh = await UseAsync(hash: "other");

        Assert.NotSame(old, fresh);
        await old.Disposed;
    }

    [Fact]
    public async Task GetOrCreateAsync_PluginLoadedAnew_RetiresTheOld()
    {
        var old = await UseAsync();
        plugin = catalog.Load("smtp", "SMTP");

        Assert.NotSame(old, await UseAsync());
        await old.Disposed;
    }

    [Fact]
    public async Task Sweep_PluginIsGone_Disposes()
    {
        var thing = await UseAsync();
        catalog.Switch("smtp", PluginState.Missing);

        clock.Advance(TimeSpan.FromMinutes(1));

        await thing.Disposed;
    }

    [Fact]
    public async Task Sweep_TenMinutesUnused_Disposes()
    {
        var idle = await UseAsync();
        var lease = Lease();
        var held = await GetAsync(lease, "held");

        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.False(idle.IsDisposed);
        clock.Advance(TimeSpan.FromMinutes(2));

        await idle.Disposed;
        Assert.False(held.IsDisposed);
        await lease.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_HostEnds_DisposesEverything()
    {
        var idle = await UseAsync();
        var lease = Lease();
        var held = await GetAsync(lease, "held");

        await pool.DisposeAsync();

        Assert.Equal((true, true), (idle.IsDisposed, held.IsDisposed));
        await lease.DisposeAsync();
        Assert.Equal(1, held.Disposals);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await UseAsync());
    }

    [Fact]
    public async Task DisposeAsync_DisposalThrows_TheRestIsDisposedAllTheSame()
    {
        await using (var lease = Lease())
            await lease.GetOrCreateAsync("bad", (_, _) => ValueTask.FromResult(new Bad()), CancellationToken.None);
        var thing = await UseAsync();

        await pool.DisposeAsync();

        Assert.True(thing.IsDisposed);
    }

    [Fact]
    public async Task GetOrCreateAsync_AfterTheCall_IsRefused()
    {
        var lease = Lease();
        await lease.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await GetAsync(lease));
    }

    [Fact]
    public async Task Pool_ChangedAndUsedFromManyThreads_DisposesExactlyWhatIsOver()
    {
        var things = new System.Collections.Concurrent.ConcurrentBag<Thing>();
        await Parallel.ForAsync(0, 2000, async (i, _) =>
        {
            if (i % 10 == 0) changes.Publish(new IntegrationChange(id, tenant, "smtp"));
            await using var lease = Lease();
            var thing = await GetAsync(lease);
            things.Add(thing);
            await Task.Yield();
            Assert.False(thing.IsDisposed);
        });

        await pool.DisposeAsync();

        await Task.WhenAll(things.Select(thing => thing.Disposed));
        Assert.All(things, thing => Assert.Equal(1, thing.Disposals));
    }

    private ResourceLease Lease(Guid? integrationId = null, string hash = "hash")
    {
        var integration = new BoundIntegration
        {
            Id = integrationId ?? id,
            TenantId = tenant,
            Name = "Mail",
            Revision = 1,
            Plugin = plugin,
            Config = new TestConfig { Address = "here" },
            ConfigHash = hash,
        };
        return new ResourceLease(pool, integration, new ResourceScope
        {
            IntegrationId = integration.Id,
            Network = null!, // no resource here uses it
            Logger = NullLogger.Instance,
            Clock = clock,
            Services = plugin.Services,
        });
    }

    private async Task<Thing> UseAsync(Guid? integrationId = null, string key = "pool", string hash = "hash")
    {
        await using var lease = Lease(integrationId, hash);
        return await GetAsync(lease, key);
    }

    private ValueTask<Thing> GetAsync(ResourceLease lease, string key = "pool") =>
        lease.GetOrCreateAsync(key, (_, _) => ValueTask.FromResult(Make()), CancellationToken.None);

    private Thing Make()
    {
        Interlocked.Increment(ref made);
        return new Thing();
    }

    private sealed class Thing : IAsyncDisposable
    {
        private readonly TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int disposals;

        public Task Disposed => disposed.Task.WaitAsync(TimeSpan.FromSeconds(20));

        public int Disposals => Volatile.Read(ref disposals);

        public bool IsDisposed => Disposals > 0;

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref disposals);
            disposed.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Bad : IDisposable
    {
        public void Dispose() => throw new InvalidOperationException("bad");
    }
}
