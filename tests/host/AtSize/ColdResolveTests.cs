using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.AtSize;

/// <summary>Who serves a tenant, with nothing in any cache of the host's: with many rows in the database and with 1,000, in turn.</summary>
public abstract class ColdResolveTests
{
    private const int Calls = 500;
    private const int Rounds = 7;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("VAKA_TEST_LONG") == "1";

    private readonly TestDatabase database;
    private readonly ITestOutputHelper output;

    protected ColdResolveTests(TestDatabase database, ITestOutputHelper output)
    {
        database.SkipUnlessAvailable();
        (this.database, this.output) = (database, output);
    }

    [Fact]
    public async Task Resolve_ManyRows_TakesHardlyLongerThanWithFew()
    {
        await using TestDatabase other = database.Provider switch
        {
            DatabaseProvider.Sqlite => new SqliteDatabase(),
            DatabaseProvider.Postgres => new PostgresDatabase(),
        };
        await other.InitializeAsync();
        var rows = IsLong ? 1_000_000 : 20_000;
        await using var many = await Side.OpenAsync(database, rows);
        await using var few = await Side.OpenAsync(other, 1_000);

        List<double> ofMany = [], ofFew = [];
        for (var round = -1; round < (IsLong ? Rounds : 1); round++)
        {
            var (one, another) = (await few.ResolveAsync(Calls), await many.ResolveAsync(Calls));
            if (round < 0) continue; // warms up
            ofFew.Add(one);
            ofMany.Add(another);
        }

        var (median, medianOfFew) = (ofMany.Order().ElementAt(ofMany.Count / 2), ofFew.Order().ElementAt(ofFew.Count / 2));
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{database.Provider}, cold resolve | {medianOfFew:0.0} µs with 1000 rows | {median:0.0} µs with {rows} | {median / medianOfFew:0.00} times");
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("VAKA_TEST_FIGURES") is { } file) await File.AppendAllTextAsync(file, line + "\n");
        if (IsLong) Assert.InRange(median / medianOfFew, 0, 1.5);
    }

    private sealed class Side : IAsyncDisposable
    {
        private readonly Rooms rooms;
        private readonly List<Guid> tenants;
        private int next;

        private Side(Rooms rooms, List<Guid> tenants) => (this.rooms, this.tenants) = (rooms, tenants);

        /// <summary>Tenants that have what is asked for, evenly from among all.</summary>
        public static async Task<Side> OpenAsync(TestDatabase database, int rows)
        {
            var rooms = await Rooms.OpenAsync(database);
            var address = database.Configuration["Database:ConnectionString"]!; // set by the fixture
            await using (DbConnection connection = database.Provider is DatabaseProvider.Sqlite ? new SqliteConnection(address) : new NpgsqlConnection(address))
                await ManyIntegrations.FillAsync(connection, 0, rows, rows);
            await using var context = rooms.Contexts.CreateDbContext();
            if (database.Provider is DatabaseProvider.Postgres) await context.Database.ExecuteSqlRawAsync("VACUUM ANALYZE integrations");
            var all = rows / 10;
            var some = Enumerable.Range(0, Math.Min(all, 1_000)).Select(i => (Guid?)ManyIntegrations.Tenant((int)((long)i * all / Math.Min(all, 1_000)))).Skip(1).ToList();
            var serving = context.Set<Integration>().Where(row => some.Contains(row.TenantId) && row.IntegrationType == "smtp" && row.IsDefault
                && row.IsActive && row.Status == IntegrationStatus.Active);
            await serving.ExecuteUpdateAsync(set => set.SetProperty(row => row.Config, """{"address": "here"}"""));
            return new Side(rooms, await serving.Select(row => row.TenantId!.Value).ToListAsync()); // some has tenants only
        }

        /// <summary>Microseconds for each of so many.</summary>
        public async Task<double> ResolveAsync(int calls)
        {
            var (cache, bound) = (rooms.Cache, rooms.Get<BoundRows>());
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
            {
                if (next % tenants.Count == 0 || i == 0)
                {
                    cache.Clear();
                    bound.Clear();
                }

                await rooms.Resolver.ResolveAsync("smtp", tenants[next++ % tenants.Count], null, CancellationToken.None);
            }

            return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
        }

        public ValueTask DisposeAsync() => rooms.DisposeAsync();
    }
}

public sealed class ColdResolveOnSqliteTests(SqliteDatabase database, ITestOutputHelper output) : ColdResolveTests(database, output), IClassFixture<SqliteDatabase>;

public sealed class ColdResolveOnPostgresTests(PostgresDatabase database, ITestOutputHelper output) : ColdResolveTests(database, output), IClassFixture<PostgresDatabase>;
