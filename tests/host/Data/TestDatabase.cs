using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Tests.Data;

/// <summary>A fresh, migrated database for one test class. Write the tests once, in an abstract class that takes one of these and
/// calls <see cref="SkipUnlessAvailable"/> in its constructor, and derive one class per database:
/// <code>
/// public abstract class ThingTests { protected ThingTests(TestDatabase database) { database.SkipUnlessAvailable(); … } }
/// public sealed class ThingOnSqliteTests(SqliteDatabase database) : ThingTests(database), IClassFixture&lt;SqliteDatabase&gt;;
/// public sealed class ThingOnPostgresTests(PostgresDatabase database) : ThingTests(database), IClassFixture&lt;PostgresDatabase&gt;;
/// </code></summary>
public abstract class TestDatabase : IAsyncLifetime
{
    private ServiceProvider? services;

    /// <summary>The settings of a host on this database, its master key included.</summary>
    public IConfiguration Configuration { get; private set; } = new ConfigurationBuilder().Build();

    internal IDbContextFactory<HostDbContext> Contexts => services!.GetRequiredService<IDbContextFactory<HostDbContext>>(); // made at start

    internal PreparedQueries Queries => services!.GetRequiredService<PreparedQueries>(); // as above

    internal abstract DatabaseProvider Provider { get; }

    /// <summary>Why it cannot be had here; <c>null</c>: it can.</summary>
    protected virtual string? Unavailable => null;

    public void SkipUnlessAvailable()
    {
        if (Unavailable is { } reason) Assert.Skip(reason);
    }

    public async ValueTask InitializeAsync()
    {
        if (Unavailable is not null) return;
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = Provider.ToString(),
            ["Database:ConnectionString"] = await CreateAsync(),
            ["Secrets:MasterKeyFile"] = MasterKeyFile,
        }).Build();
        services = new ServiceCollection().AddLogging().AddData(Configuration).BuildServiceProvider();
        if (IsMigrated) await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (services is null) return;
        await services.DisposeAsync();
        await DropAsync();
        GC.SuppressFinalize(this);
    }

    internal HostDbContext CreateContext() => Contexts.CreateDbContext();

    /// <summary>Runs SQL as written and answers every row.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> QueryAsync(string sql)
    {
        await using var context = CreateContext();
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await context.Database.OpenConnectionAsync();
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i)));
        }

        return rows;
    }

    /// <summary>Everything that the database holds, as bytes or text: for looking for what must not be there.</summary>
    public abstract Task<string> DumpAsync();

    /// <summary><c>null</c>: the host makes one by itself.</summary>
    protected virtual string? MasterKeyFile => null;

    /// <summary>Whether the migrations have run.</summary>
    protected virtual bool IsMigrated => true;

    protected abstract Task<string> CreateAsync();

    protected abstract Task DropAsync();
}

/// <summary>SQLite in a directory of its own.</summary>
public class SqliteDatabase : TestDatabase
{
    public string DirectoryPath { get; } = Directory.CreateTempSubdirectory("vaka-test-").FullName;

    internal override DatabaseProvider Provider => DatabaseProvider.Sqlite;

    public override async Task<string> DumpAsync()
    {
        var text = new System.Text.StringBuilder();
        foreach (var file in Directory.GetFiles(DirectoryPath, "vaka.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            text.Append(await reader.ReadToEndAsync());
        }

        return text.ToString();
    }

    protected override Task<string> CreateAsync() => Task.FromResult($"Data Source={Path.Combine(DirectoryPath, "vaka.db")}");

    protected override Task DropAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(DirectoryPath, recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>A database of its own on the server that VAKA_TEST_POSTGRES names.</summary>
public class PostgresDatabase : TestDatabase
{
    private static readonly string? Server = Environment.GetEnvironmentVariable("VAKA_TEST_POSTGRES");
    private readonly string name = $"vaka_test_{Guid.NewGuid():N}";

    internal override DatabaseProvider Provider => DatabaseProvider.Postgres;

    protected override string? Unavailable =>
        string.IsNullOrEmpty(Server) ? "No PostgreSQL: set VAKA_TEST_POSTGRES to the connection string of a server." : null;

    /// <summary>Where the key of this database is.</summary>
    protected override string MasterKeyFile => Path.Combine(Path.GetTempPath(), $"{name}.key");

    private string Address => new NpgsqlConnectionStringBuilder(Server) { Database = name, MaxPoolSize = 20 }.ConnectionString;

    public override async Task<string> DumpAsync()
    {
        var tables = await QueryAsync("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
        var text = new System.Text.StringBuilder();
        foreach (var table in tables.Select(row => row["table_name"]))
        {
            foreach (var row in await QueryAsync($"SELECT t::text AS row FROM \"{table}\" t")) text.AppendLine((string?)row["row"]);
        }

        return text.ToString();
    }

    protected override async Task<string> CreateAsync()
    {
        await File.WriteAllTextAsync(MasterKeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        await ExecuteAsync($"CREATE DATABASE {name}");
        return Address;
    }

    protected override async Task DropAsync()
    {
        await using (var connection = new NpgsqlConnection(Address)) NpgsqlConnection.ClearPool(connection);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        File.Delete(MasterKeyFile);
    }

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
