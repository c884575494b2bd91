using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Vaka.Plugins.Benchmarks.Measuring;

namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>The plainest durable thing that there is: one row for each call in a table of its own, each committed by itself.</summary>
internal sealed class RawInserts : IAsyncDisposable
{
    private const string Create = "CREATE TABLE IF NOT EXISTS raw_jobs (id TEXT PRIMARY KEY, payload TEXT NOT NULL, created_at TEXT NOT NULL)";

    private readonly DbConnection[] connections;
    private readonly DbCommand[] commands;

    private RawInserts(DbConnection[] connections, DbCommand[] commands) => (this.connections, this.commands) = (connections, commands);

    public static async Task<RawInserts> OpenAsync(Database database, int count, string payload)
    {
        var connections = new DbConnection[count];
        var commands = new DbCommand[count];
        for (var i = 0; i < count; i++)
        {
            var connection = connections[i] = database.IsPostgres ? new NpgsqlConnection(database.ConnectionString) : new SqliteConnection(database.ConnectionString);
            await connection.OpenAsync();
            var setup = connection.CreateCommand();
            setup.CommandText = database.IsPostgres ? Create.Replace("id TEXT", "id uuid").Replace("at TEXT", "at timestamptz") : $"PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; {Create}";
            await setup.ExecuteNonQueryAsync();
            var command = commands[i] = connection.CreateCommand();
            command.CommandText = "INSERT INTO raw_jobs (id, payload, created_at) VALUES (@id, @payload, @at)";
            Add("@id", database.IsPostgres ? Guid.Empty : "");
            Add("@payload", payload);
            Add("@at", database.IsPostgres ? DateTime.UtcNow : "");
            await command.PrepareAsync();

            void Add(string name, object value)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }
        }

        return new RawInserts(connections, commands);
    }

    /// <summary>Every connection inserts as fast as it can.</summary>
    public Side Side => async span =>
    {
        long done = 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(commands.Select(command => Task.Run(async () =>
        {
            var own = 0L;
            for (; clock.Elapsed < span; own++)
            {
                var (id, now) = (Guid.CreateVersion7(), DateTime.UtcNow);
                command.Parameters[0].Value = command is NpgsqlCommand ? id : id.ToString("D");
                command.Parameters[2].Value = command is NpgsqlCommand ? now : now.ToString("O");
                await command.ExecuteNonQueryAsync();
            }

            Interlocked.Add(ref done, own);
        })));
        return new Sample(done, clock.Elapsed);
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var command in commands) await command.DisposeAsync();
        foreach (var connection in connections) await connection.DisposeAsync();
    }
}
