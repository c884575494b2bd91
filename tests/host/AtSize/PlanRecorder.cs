using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.AtSize;

/// <summary>Contexts that ask for the plan of each query before it is run.</summary>
internal sealed class PlanRecorder(TestDatabase database) : DbCommandInterceptor, IDbContextFactory<HostDbContext>
{
    public List<string> Plans { get; } = [];

    /// <summary>Options of PostgreSQL's planner, such as <c>-c enable_seqscan=off</c> for what is only worth an index in a large table.</summary>
    public string? PostgresOptions { get; init; }

    public HostDbContext CreateDbContext()
    {
        var address = database.Configuration["Database:ConnectionString"]!; // set by the fixture
        if (database.Provider is DatabaseProvider.Postgres)
        {
            var postgres = new DbContextOptionsBuilder<PostgresHostDbContext>();
            postgres.UseHostPostgres(new NpgsqlConnectionStringBuilder(address) { Options = PostgresOptions }.ConnectionString).AddInterceptors(this);
            return new PostgresHostDbContext(postgres.Options);
        }

        var sqlite = new DbContextOptionsBuilder<SqliteHostDbContext>();
        sqlite.UseHostSqlite(address).AddInterceptors(this);
        return new SqliteHostDbContext(sqlite.Options);
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.StartsWith("INSERT", StringComparison.Ordinal)) return result;
        await using var explain = command.Connection!.CreateCommand(); // about to be used
        explain.Transaction = command.Transaction;
        explain.CommandText = (command is SqliteCommand ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + command.CommandText;
        foreach (DbParameter parameter in command.Parameters)
        {
            var copy = explain.CreateParameter();
            (copy.ParameterName, copy.Value) = (parameter.ParameterName, parameter.Value);
            explain.Parameters.Add(copy);
        }

        await using var reader = await explain.ExecuteReaderAsync(cancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) lines.Add(reader.GetString(reader.FieldCount - 1));
        Plans.Add(string.Join('\n', lines));
        return result;
    }
}
