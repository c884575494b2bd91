using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Actions.Limits;

/// <summary>What of a host limits its calls, with the feed of changes and what is written in the background.</summary>
internal sealed class LimitsNode : IAsyncDisposable
{
    private readonly List<IHostedService> started = [];

    private LimitsNode(Rooms rooms, FakeTimeProvider clock) => (Rooms, Clock) = (rooms, clock);

    public Rooms Rooms { get; }

    public FakeTimeProvider Clock { get; }

    public CallLimits Limits => Rooms.Get<CallLimits>();

    public Breakers Breakers => Rooms.Get<Breakers>();

    public Places Places => Rooms.Get<Places>();

    public static async Task<LimitsNode> StartAsync(TestDatabase database)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        return await StartAsync(await Rooms.OpenAsync(database, services => services.AddSingleton<TimeProvider>(clock).AddLimits()), clock);
    }

    /// <summary>Another node on the same database, with a clock of its own.</summary>
    public async Task<LimitsNode> StartSecondAsync(TestDatabase database)
    {
        var clock = new FakeTimeProvider(Clock.GetUtcNow());
        return await StartAsync(await Rooms.OpenSecondAsync(database, services => services.AddSingleton<TimeProvider>(clock).AddLimits()), clock);
    }

    public async Task<BoundIntegration> AddAsync(int? atOnce = null, int? perMinute = null)
    {
        var row = await Rooms.AddAsync(Guid.NewGuid(), $"{Guid.NewGuid():N}", row => (row.MaxConcurrentCalls, row.MaxCallsPerMinute) = (atOnce, perMinute));
        return Rooms.Get<ConfigReader>().Read(row).Integration!; // its config is valid
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in started) await service.StopAsync(CancellationToken.None);
        await Rooms.DisposeAsync();
    }

    private static async Task<LimitsNode> StartAsync(Rooms rooms, FakeTimeProvider clock)
    {
        var node = new LimitsNode(rooms, clock);
        foreach (var service in new IHostedService[] { rooms.Get<ChangeFeed>(), rooms.Get<Pauses>() })
        {
            node.started.Add(service);
            await service.StartAsync(CancellationToken.None);
        }

        await Eventually.HoldsAsync(() => rooms.Cache.Epoch > 0); // it listens
        return node;
    }
}
