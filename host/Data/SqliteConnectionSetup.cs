using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Vaka.Plugins.Host.Data;

/// <summary>What every SQLite connection is set to. The write-ahead log is a property of the file and set by the migrator.</summary>
/// <remarks>With <c>synchronous = FULL</c> each commit reaches the disk before it is acknowledged, so that it survives a loss of power;
/// <c>NORMAL</c> would only survive a crash of the process.</remarks>
internal sealed class SqliteConnectionSetup : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;";

    private SqliteConnectionSetup()
    {
    }

    public static SqliteConnectionSetup Instance { get; } = new();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = Prepare(connection);
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = Prepare(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand Prepare(DbConnection connection)
    {
        // SQLite's own knows ASCII only; searches are to ignore case as on PostgreSQL.
        ((SqliteConnection)connection).CreateFunction("lower", (string? text) => text?.ToLowerInvariant(), isDeterministic: true);
        var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        return command;
    }
}
