using Microsoft.Extensions.Hosting;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Health;

public abstract class HealthCensusTests
{
    private readonly TestDatabase database;

    protected HealthCensusTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    [Fact]
    public async Task CountAsync_NotHealthyAndInUse_AreCountedByType()
    {
        await using var host = await HealthHost.OpenAsync(database);
        await host.AddAsync(row => row.HealthStatus = HealthStatus.Healthy);
        await host.AddAsync(row => row.HealthStatus = HealthStatus.Warning);
        for (var i = 0; i < 2; i++) await host.AddAsync(row => row.HealthStatus = HealthStatus.Error);
        await host.AddAsync(row => (row.HealthStatus, row.Status) = (HealthStatus.Error, IntegrationStatus.Inactive));

        var found = await host.Get<HealthCensus>().CountAsync(TestContext.Current.CancellationToken);

        Assert.Equal([(HealthStatus.Warning, 1), (HealthStatus.Error, 2)], found.Select(counted => (counted.Status, counted.Count)));
    }
}

public sealed class HealthCensusOnSqliteTests(SqliteDatabase database) : HealthCensusTests(database), IClassFixture<SqliteDatabase>;

public sealed class HealthCensusOnPostgresTests(PostgresDatabase database) : HealthCensusTests(database), IClassFixture<PostgresDatabase>;
