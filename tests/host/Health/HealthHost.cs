using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Health;

/// <summary>The rooms that health needs, with a provider whose probes a test decides. Nothing runs in the background until started.</summary>
internal sealed class HealthHost : IAsyncDisposable
{
    private readonly List<IHostedService> started = [];

    private HealthHost(Rooms rooms, ProbedProvider provider, FakeTimeProvider clock) => (Rooms, Provider, Clock) = (rooms, provider, clock);

    public Rooms Rooms { get; }

    public ProbedProvider Provider { get; }

    public FakeTimeProvider Clock { get; }

    public ProbeQueue Queue => Get<ProbeQueue>();

    public HealthBook Book => Get<HealthBook>();

    public static async Task<HealthHost> OpenAsync(TestDatabase database)
    {
        var provider = new ProbedProvider();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        var rooms = await Rooms.OpenAsync(database, services => services
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<IPluginCatalog>(new ProbedCatalog(provider))
            .AddHealth(database.Configuration));
        return new HealthHost(rooms, provider, clock);
    }

    public T Get<T>()
        where T : notnull => Rooms.Get<T>();

    public async Task StartAsync<T>()
        where T : IHostedService
    {
        var service = Get<T>();
        started.Add(service);
        await service.StartAsync(CancellationToken.None);
    }

    public Task<Integration> AddAsync(Action<Integration>? change = null) =>
        Rooms.AddAsync(Guid.NewGuid(), $"{Guid.NewGuid():N}", change);

    /// <summary>Adds many that have been due for hours, by SQL alone.</summary>
    public async Task<int> AddOverdueAsync(int count)
    {
        var first = await AddAsync(row => row.NextProbeAt = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var context = Rooms.Contexts.CreateDbContext();
        var isPostgres = context.Database.IsNpgsql();
        var columns = context.Model.FindEntityType(typeof(Integration))!.GetProperties().Select(property => property.GetColumnName()).ToList(); // mapped
        var values = columns.Select(column => column switch
        {
            "id" => isPostgres ? "gen_random_uuid()" : "substr(text, 1, 8) || '-' || substr(text, 9, 4) || '-4000-8000-' || substr(text, 13, 12)",
            "name" => "'many ' || number",
            _ => column,
        });
        var numbers = isPostgres
            ? $"generate_series(2, {count}) AS number"
            : $"""
                (WITH RECURSIVE counted(number) AS (SELECT 2 UNION ALL SELECT number + 1 FROM counted WHERE number < {count})
                 SELECT number, lower(hex(randomblob(12))) AS text FROM counted) AS numbers
                """;
        var sql = $"INSERT INTO integrations ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM {numbers}, integrations WHERE name = {{0}}";
        context.Database.SetCommandTimeout(TimeSpan.FromMinutes(5)); // the host's own is for a row or two
        await context.Database.ExecuteSqlRawAsync(sql, first.Name);
        return count;
    }

    /// <summary>When those that have been probed are to be probed again.</summary>
    public async Task<List<DateTimeOffset>> ReadNextAsync()
    {
        await using var context = Rooms.Contexts.CreateDbContext();
        return await context.Set<Integration>().Where(row => row.HealthStatus != null).OrderBy(row => row.NextProbeAt).Select(row => row.NextProbeAt).ToListAsync();
    }

    public async Task<Integration> ReadAsync(Guid id)
    {
        await using var context = Rooms.Contexts.CreateDbContext();
        return await context.Set<Integration>().AsNoTracking().SingleAsync(row => row.Id == id);
    }

    public async Task<DateTimeOffset> NowAsync()
    {
        await using var context = Rooms.Contexts.CreateDbContext();
        return await Queue.NowAsync(context, CancellationToken.None);
    }

    /// <summary>Makes it due, takes it and probes it, as the monitor does. Answers how it stands then, and how long it is until the next probe.</summary>
    public async Task<(Integration Row, TimeSpan Next)> ProbeAsync(Guid id)
    {
        await MakeDueAsync(id);
        var taken = Assert.Single(await Queue.TakeAsync(10, CancellationToken.None));
        Assert.Equal(id, taken.Id);
        var now = await NowAsync();
        await Get<DueProbe>().RunAsync(taken, CancellationToken.None);
        var row = await ReadAsync(id);
        return (row, row.NextProbeAt - now);
    }

    public async Task MakeDueAsync(Guid id)
    {
        await using var context = Rooms.Contexts.CreateDbContext();
        var due = Integration.DueAtOnce.AddDays(1);
        await context.Set<Integration>().Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.NextProbeAt, due));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in started) await service.StopAsync(CancellationToken.None);
        await Rooms.DisposeAsync();
    }
}
