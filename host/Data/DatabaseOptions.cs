using Microsoft.Data.Sqlite;

namespace Vaka.Plugins.Host.Data;

/// <summary>Where the host keeps everything. Section <c>Database</c>.</summary>
internal sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>Default: SQLite, embedded.</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>Default on SQLite: <c>data/vaka.db</c> under the current directory. Required on PostgreSQL.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The file of an SQLite database; <c>null</c> on PostgreSQL.</summary>
    public string? SqliteFile => Provider is DatabaseProvider.Sqlite
        ? Path.GetFullPath(new SqliteConnectionStringBuilder(EffectiveConnectionString).DataSource)
        : null;

    /// <exception cref="StartupException">PostgreSQL without an address.</exception>
    public string EffectiveConnectionString => string.IsNullOrWhiteSpace(ConnectionString) ? DefaultConnectionString : ConnectionString;

    private string DefaultConnectionString => Provider switch
    {
        DatabaseProvider.Sqlite => $"Data Source={Path.Combine("data", "vaka.db")}",
        DatabaseProvider.Postgres => throw new StartupException(
            "Database:Provider is postgres, but Database:ConnectionString is not set. "
            + "Set it to the address of the database, such as Host=db;Username=vaka;Password=…;Database=vaka."),
    };
}

/// <summary>The databases that the host can live on.</summary>
internal enum DatabaseProvider
{
    Sqlite,
    Postgres,
}
