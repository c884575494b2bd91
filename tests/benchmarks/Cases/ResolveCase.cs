using System.Data.Common;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>Who serves a tenant: from the cache, and from the database against one raw indexed query and one decryption.</summary>
internal static class ResolveCase
{
    private const int Tenants = 500;

    private const string Query =
        "SELECT id, name, config, config_version, revision FROM integrations WHERE tenant_id = @tenant AND integration_type = 'webhook' AND is_default";

    public static async Task RunAsync(Plan plan, Table table)
    {
        await foreach (var database in Database.EachAsync())
        {
            await using var owned = database;
            await using var rooms = await Rooms.OpenAsync(database);
            var tenants = Enumerable.Range(0, Tenants).Select(_ => Guid.CreateVersion7()).ToArray();
            var config = new { url = "https://example.com/hook", auth = new { type = "bearer", token = "token-of-this-tenant" } };
            foreach (var tenant in tenants) await rooms.CreateAsync("webhook", config, tenant);

            await table.CompareAsync(
                plan, $"cold resolve against one query and one decryption, {database.Name}", "/s", 0.8,
                Cold(rooms, tenants), Raw(rooms, tenants, database));
            await WarmAsync(plan, table, rooms, tenants, database);
        }
    }

    private static async Task WarmAsync(Plan plan, Table table, Rooms rooms, Guid[] tenants, Database database)
    {
        var resolver = rooms.Get<IntegrationResolver>();
        foreach (var tenant in tenants) await resolver.ResolveAsync("webhook", tenant, null, CancellationToken.None);
        var (nanoseconds, bytes) = (new List<double>(), new List<double>());
        for (var round = -2; round < plan.Rounds; round++)
        {
            const int calls = 2_000_000;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            var left = Resolve(resolver, tenants, calls);
            var elapsed = Stopwatch.GetElapsedTime(start);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (left > 0) throw new InvalidOperationException($"{left} answers were not at hand.");
            if (round < 0) continue;
            nanoseconds.Add(elapsed.TotalNanoseconds / calls);
            bytes.Add((double)allocated / calls);
        }

        table.Note($"warm resolve, {database.Name}, {tenants.Length} tenants in turn: {Table.Number(Table.Median(nanoseconds), "0")} ns "
            + $"and {Table.Number(Table.Median(bytes), "0.00")} bytes each (goal: under 1000 ns and 0 bytes)");
    }

    private static int Resolve(IntegrationResolver resolver, Guid[] tenants, int calls)
    {
        var (missing, next) = (0, 0);
        for (var i = 0; i < calls; i++)
        {
            if (!resolver.ResolveAsync("webhook", tenants[next], null, CancellationToken.None).IsCompletedSuccessfully) missing++;
            if (++next == tenants.Length) next = 0;
        }

        return missing;
    }

    private static Side Cold(Rooms rooms, Guid[] tenants)
    {
        var (resolver, cache, bound) = (rooms.Get<IntegrationResolver>(), rooms.Get<ResolutionCache>(), rooms.Get<BoundRows>());
        return OneByOne(tenants, () =>
        {
            cache.Clear();
            bound.Clear();
        }, async tenant => await resolver.ResolveAsync("webhook", tenant, null, CancellationToken.None));
    }

    private static Side Raw(Rooms rooms, Guid[] tenants, Database database)
    {
        var secrets = rooms.Get<SecretProtector>();
        DbDataSource source = database.IsPostgres
            ? NpgsqlDataSource.Create(database.ConnectionString) : SqliteFactory.Instance.CreateDataSource(database.ConnectionString);
        return OneByOne(tenants, () => { }, async tenant =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = Query;
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("tenant", database.IsPostgres ? tenant : tenant.ToString("D")); // text in SQLite
            command.Parameters.Add(parameter);
            await using var reader = await command.ExecuteReaderAsync();
            if (!await reader.ReadAsync()) throw new InvalidOperationException("There is no such row.");
            var config = JsonNode.Parse(reader.GetString(2))!; // it was stored as an object
            secrets.Unprotect(reader.GetGuid(0), "auth.token", config["auth"]!["token"]!.AsObject()); // and has this secret
        });
    }

    /// <summary>Tenant after tenant, and again from the first one, everything forgotten.</summary>
    private static Side OneByOne(Guid[] tenants, Action forget, Func<Guid, Task> one) => async span =>
    {
        var self = Process.GetCurrentProcess();
        var done = 0L;
        var cpu = Machine.CpuOf(self);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < span)
        {
            forget();
            foreach (var tenant in tenants) await one(tenant);
            done += tenants.Length;
        }

        return new Sample(done, clock.Elapsed, Machine.CpuOf(self) - cpu);
    };
}
