using System.Security.Cryptography;
using Npgsql;

namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>An empty database for one case, in a directory that goes with it.</summary>
internal sealed class Database : IAsyncDisposable
{
    private static readonly string? Server = Environment.GetEnvironmentVariable("VAKA_TEST_POSTGRES");

    private readonly string? postgresName;

    private Database(string name, string directory, string? postgresName, string connectionString)
    {
        (Name, Directory, this.postgresName, ConnectionString) = (name, directory, postgresName, connectionString);
        var keyFile = Path.Combine(directory, "master.key");
        File.WriteAllText(keyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Settings =
        [
            "--Network:AllowedNetworks:0=127.0.0.0/8", "--Network:AllowedNetworksForTenants:0=127.0.0.0/8", $"--Database:Provider={name.ToLowerInvariant()}", $"--Database:ConnectionString={connectionString}",
            $"--Secrets:MasterKeyFile={keyFile}",
        ];
    }

    /// <summary>For the table.</summary>
    public string Name { get; }

    public string Directory { get; }

    public string ConnectionString { get; }

    /// <summary>What a host on it is started with.</summary>
    public IReadOnlyList<string> Settings { get; }

    public bool IsPostgres => postgresName is not null;

    /// <summary>One of each kind that is at hand here.</summary>
    public static async IAsyncEnumerable<Database> EachAsync()
    {
        yield return Sqlite();
        if (Server is null) Console.WriteLine("PostgreSQL is not running here: VAKA_TEST_POSTGRES is not set.");
        else yield return await PostgresAsync();
    }

    /// <summary>One number, read from outside of the host.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using System.Data.Common.DbConnection connection =
            IsPostgres ? new NpgsqlConnection(ConnectionString) : new Microsoft.Data.Sqlite.SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (postgresName is not null) await OnServerAsync($"DROP DATABASE {postgresName} WITH (FORCE)");
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    public static Database Sqlite()
    {
        var directory = NewDirectory();
        return new Database("SQLite", directory, null, $"Data Source={Path.Combine(directory, "vaka.db")}");
    }

    public static async Task<Database> PostgresAsync()
    {
        var name = $"bench_{Guid.NewGuid():N}";
        await OnServerAsync($"CREATE DATABASE {name}");
        return new Database("Postgres", NewDirectory(), name, new NpgsqlConnectionStringBuilder(Server) { Database = name }.ConnectionString);
    }

    private static string NewDirectory() => System.IO.Directory.CreateTempSubdirectory("vaka-bench-").FullName;

    private static async Task OnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
