using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Host.Tests.AtSize;

namespace Vaka.Plugins.EndToEnd.Tests.AtSize;

/// <summary>How much: a million with VAKA_TEST_LONG=1.</summary>
internal static class Size
{
    public static bool IsLong => Environment.GetEnvironmentVariable("VAKA_TEST_LONG") == "1";

    public static int Rows => IsLong ? 1_000_000 : 20_000;

    /// <summary>Fills the database of a host that has made it, and starts the host again.</summary>
    /// <returns>How long the host took to start with nothing in the database, and with everything.</returns>
    public static async Task<(TimeSpan Empty, TimeSpan Full)> FillAsync(HostProcess host, DbConnection connection, int rows)
    {
        await host.KillAsync();
        var empty = await StartAsync(host);
        await host.KillAsync();
        await using (connection) await ManyIntegrations.FillAsync(connection, 0, rows, rows);
        if (connection is SqliteConnection) SqliteConnection.ClearAllPools();

        // Any command makes the index of words, which is gone now; a start is given only a minute.
        Assert.Equal(0, (await host.RunCommandAsync("plugins", "list")).Code);
        return (empty, await StartAsync(host));
    }

    private static async Task<TimeSpan> StartAsync(HostProcess host)
    {
        var start = Stopwatch.GetTimestamp();
        await host.StartAsync();
        return Stopwatch.GetElapsedTime(start);
    }
}

public class SizedSqliteHost : SqliteHost, ISizedHost
{
    public (TimeSpan Empty, TimeSpan Full) Starts { get; private set; }

    protected virtual int Rows => Size.Rows;

    protected override async Task<HostProcess> StartAsync(string[] settings)
    {
        var host = await base.StartAsync(settings);
        Starts = await Size.FillAsync(host, new SqliteConnection($"Data Source={Path.Combine(Directory, "data", "vaka.db")}"), Rows);
        return host;
    }
}

public class SizedPostgresHost : PostgresHost, ISizedHost
{
    public (TimeSpan Empty, TimeSpan Full) Starts { get; private set; }

    protected virtual int Rows => Size.Rows;

    protected override async Task<HostProcess> StartAsync(string[] settings)
    {
        var host = await base.StartAsync(settings);
        var connection = new NpgsqlConnection(ConnectionString);
        Starts = await Size.FillAsync(host, connection, Rows);
        await using var again = new NpgsqlConnection(ConnectionString);
        await again.OpenAsync();
        await ManyIntegrations.ExecuteAsync(again, "VACUUM ANALYZE integrations");
        await ManyIntegrations.ExecuteAsync(again, "VACUUM ANALYZE integration_words");
        return host;
    }
}

public interface ISizedHost
{
    (TimeSpan Empty, TimeSpan Full) Starts { get; }
}
