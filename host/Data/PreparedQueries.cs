using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Vaka.Plugins.Host.Data;

/// <summary>Runs queries whose text never changes, prepared once per connection: for the few that everybody waits for. Everything else
/// goes through the context.</summary>
internal sealed class PreparedQueries(IOptions<DatabaseOptions> options) : IDisposable
{
    // Npgsql keeps what was prepared with its pooled connections; the provider of SQLite does not.
    private readonly ConcurrentBag<SqliteSession> sessions = [];
    private readonly Lazy<string> address = new(() => DataRoom.Patient(options.Value.EffectiveConnectionString, options.Value.Provider));
    private bool isDisposed;

    /// <summary>Every row of the answer.</summary>
    public Task<List<T>> ReadAsync<T>(
        string sql, ReadOnlySpan<(string Name, object Value)> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        options.Value.Provider switch
        {
            DatabaseProvider.Sqlite => Task.FromResult(ReadFromSqlite(sql, parameters, read)),
            DatabaseProvider.Postgres => ReadFromPostgresAsync(sql, [.. parameters], read, cancellationToken),
        };

    public void Dispose()
    {
        isDisposed = true;
        while (sessions.TryTake(out var session)) session.Dispose();
    }

    // SQLite has no asynchronous calls, and a reader of a write-ahead log waits for nobody.
    private List<T> ReadFromSqlite<T>(string sql, ReadOnlySpan<(string Name, object Value)> parameters, Func<DbDataReader, T> read)
    {
        var session = sessions.TryTake(out var idle) ? idle : new SqliteSession(address.Value);
        try
        {
            var rows = session.Read(sql, parameters, read);
            if (isDisposed || sessions.Count >= Environment.ProcessorCount) session.Dispose();
            else sessions.Add(session);
            return rows;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private async Task<List<T>> ReadFromPostgresAsync<T>(
        string sql, (string Name, object Value)[] parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(address.Value);
        try
        {
            return await ReadFromPostgresAsync(connection, sql, parameters, read, cancellationToken);
        }
        catch (NpgsqlException fault) when (LostConnections.Has(fault))
        {
            LostConnections.Forget(connection);
            await using var another = new NpgsqlConnection(address.Value);
            return await ReadFromPostgresAsync(another, sql, parameters, read, cancellationToken);
        }
    }

    private static async Task<List<T>> ReadFromPostgresAsync<T>(
        NpgsqlConnection connection, string sql, (string Name, object Value)[] parameters, Func<DbDataReader, T> read,
        CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>An open connection and the commands that were prepared on it. Used by one at a time.</summary>
    private sealed class SqliteSession : IDisposable
    {
        private readonly SqliteConnection connection;
        private readonly Dictionary<string, SqliteCommand> commands = new(StringComparer.Ordinal);

        public SqliteSession(string connectionString)
        {
            connection = new SqliteConnection(connectionString);
            connection.Open();
        }

        public List<T> Read<T>(string sql, ReadOnlySpan<(string Name, object Value)> parameters, Func<DbDataReader, T> read)
        {
            if (!commands.TryGetValue(sql, out var command))
            {
                command = connection.CreateCommand();
                command.CommandText = sql;
                foreach (var (name, _) in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
                commands.Add(sql, command);
            }

            for (var i = 0; i < parameters.Length; i++)
                command.Parameters[i].Value = parameters[i].Value is Guid id ? SqliteHostDbContext.Text(id) : parameters[i].Value;
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read()) rows.Add(read(reader));
            return rows;
        }

        public void Dispose()
        {
            foreach (var command in commands.Values) command.Dispose();
            connection.Dispose();
        }
    }
}
