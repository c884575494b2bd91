using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Faults;

/// <summary>Hosts on one PostgreSQL that begin together on an empty database and are killed at random while they write.</summary>
public sealed class KilledHostsTests : IClassFixture<KilledHostsTests.ThreeHosts>
{
    private readonly ThreeHosts fixture;

    public KilledHostsTests(ThreeHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task ThreeStartAtOnceOnAnEmptyDatabase_MigrationsAndFirstStartHappenOnce()
    {
        var applied = await fixture.QueryAsync("SELECT migration_id FROM \"__EFMigrationsHistory\"");
        Assert.NotEmpty(applied);
        Assert.Equal(applied.Distinct(), applied);
        Assert.Single(await fixture.QueryAsync("SELECT id FROM api_keys WHERE name = 'First start'"));
        Assert.Single(fixture.All, host => host.Output.Contains("/sign-in?code="));
    }

    [Fact]
    public async Task KilledAtRandomWhileWriting_NothingAcknowledgedIsLost()
    {
        var tenant = await fixture.TenantAsync();
        var clients = fixture.All.Select(host => OnHost(host, tenant.Admin)).ToList();
        var writers = Writers.Start(clients.Concat(clients));
        await writers.MoreAsync(30);
        var rounds = Environment.GetEnvironmentVariable("VAKA_TEST_LONG") == "1" ? 20 : 2;
        var random = new Random();
        for (var round = 0; round < rounds; round++)
        {
            // Most often one of them, sometimes all.
            var killed = fixture.All.Where(_ => random.Next(2) == 0).DefaultIfEmpty(fixture.All[random.Next(fixture.All.Count)]).ToList();
            await Task.Delay(random.Next(200));
            await Task.WhenAll(killed.Select(host => host.KillAsync()));
            await Task.WhenAll(killed.Select(host => host.StartAsync()));
            await writers.MoreAsync(30);
        }

        await writers.StopAsync();
        await writers.AssertNothingLostAsync(fixture);
    }

    private static HttpClient OnHost(HostProcess host, HttpClient client)
    {
        var same = new HttpClient { BaseAddress = new Uri(host.Address, "api/v1/") };
        same.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        return same;
    }

    public sealed class ThreeHosts : PostgresHost
    {
        public IReadOnlyList<HostProcess> All { get; private set; } = [];

        protected override async Task<HostProcess> StartAsync(string[] settings)
        {
            All = await Task.WhenAll(new[] { "first", "second", "third" }.Select(name =>
                HostProcess.StartAsync(System.IO.Directory.CreateDirectory(Path.Combine(Directory, name)).FullName, settings)));
            return All[0];
        }

        protected override async Task DropDatabaseAsync()
        {
            foreach (var host in All.Skip(1)) await host.DisposeAsync(); // the first is gone already
            await base.DropDatabaseAsync();
        }
    }
}
