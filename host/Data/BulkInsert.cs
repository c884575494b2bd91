using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Vaka.Plugins.Host.Data;

/// <summary>Inserts many new rows of one entity at a fraction of what change tracking costs: one statement with an array per column on
/// PostgreSQL, one prepared statement in one transaction on SQLite. The mapping is read from the model, so there is no second list of
/// columns to keep.</summary>
internal sealed class BulkInsert<TEntity>
    where TEntity : class
{
    private readonly Column[] columns;
    private readonly string postgresSql;
    private readonly string sqliteSql;

    private BulkInsert(IEntityType entity, IReadOnlySet<string>? only)
    {
        columns = [.. entity.GetProperties().Where(property => only?.Contains(property.Name) is not false).Select((property, index) => new Column(property, index))];
        var into = $"INSERT INTO {entity.GetTableName()} ({string.Join(", ", columns.Select(column => column.Name))})";
        postgresSql = $"{into} SELECT * FROM unnest({string.Join(", ", columns.Select(column => column.Parameter))}) ON CONFLICT DO NOTHING";
        sqliteSql = $"{into} VALUES ({string.Join(", ", columns.Select(column => column.Parameter))}) ON CONFLICT DO NOTHING";
    }

    /// <summary>All of them or, with an exception, none. A row whose key is there already is left as it is, so that a batch may be written
    /// again when nobody knows whether it was committed.</summary>
    /// <param name="context">Whose model is meant.</param>
    /// <param name="rows">What is inserted.</param>
    /// <param name="only">The properties that are set, always in the same set; the other columns get the database's defaults. <c>null</c>: all.</param>
    /// <param name="cancellationToken">Gives up before it is committed.</param>
    public static async Task WriteAsync(
        HostDbContext context, IReadOnlyList<TEntity> rows, IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return;
        var insert = Of(context, only);
        await context.Database.OpenConnectionAsync(cancellationToken);
        var connection = context.Database.GetDbConnection();
        await (context.Database.IsNpgsql()
            ? insert.WriteToPostgresAsync((NpgsqlConnection)connection, rows, cancellationToken)
            : insert.WriteToSqliteAsync((SqliteConnection)connection, rows, cancellationToken));
    }

    /// <summary>The same as one statement of a batch.</summary>
    public static NpgsqlBatchCommand ForPostgres(HostDbContext context, IReadOnlyList<TEntity> rows, IReadOnlySet<string> only)
    {
        var insert = Of(context, only);
        var command = new NpgsqlBatchCommand(insert.postgresSql);
        insert.AddParameters(command.Parameters, rows);
        return command;
    }

    /// <summary>The same within a transaction of the connection's.</summary>
    public static void WriteToSqlite(HostDbContext context, IReadOnlyList<TEntity> rows, IReadOnlySet<string> only) =>
        Of(context, only).Insert((SqliteConnection)context.Database.GetDbConnection(), rows);

    private static BulkInsert<TEntity> Of(HostDbContext context, IReadOnlySet<string>? only)
    {
        var entity = context.Model.FindEntityType(typeof(TEntity))
            ?? throw new InvalidOperationException($"{typeof(TEntity).Name} is not mapped.");
        var known = entity.GetOrAddRuntimeAnnotationValue(
            "Vaka:BulkInsert", _ => new ConcurrentDictionary<object, BulkInsert<TEntity>>(ReferenceEqualityComparer.Instance), (object?)null);
        return known.GetOrAdd(only ?? (object)entity, _ => new BulkInsert<TEntity>(entity, only));
    }

    private async Task WriteToPostgresAsync(NpgsqlConnection connection, IReadOnlyList<TEntity> rows, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(postgresSql, connection);
        AddParameters(command.Parameters, rows);
        await command.PrepareAsync(cancellationToken);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void AddParameters(NpgsqlParameterCollection parameters, IReadOnlyList<TEntity> rows)
    {
        foreach (var column in columns)
        {
            var values = Array.CreateInstance(column.ElementType, rows.Count);
            for (var i = 0; i < rows.Count; i++) values.SetValue(column.Read(rows[i]), i);
            parameters.Add(new NpgsqlParameter(column.Parameter, values) { DataTypeName = column.StoreType + "[]" });
        }
    }

    private async Task WriteToSqliteAsync(SqliteConnection connection, IReadOnlyList<TEntity> rows, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        Insert(connection, rows);
        await transaction.CommitAsync(cancellationToken);
    }

    private void Insert(SqliteConnection connection, IReadOnlyList<TEntity> rows)
    {
        using var insert = new SqliteStatement(connection, sqliteSql);
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Length; i++) insert.Bind(i + 1, columns[i].Read(row));
            insert.Run();
        }
    }

    private sealed class Column
    {
        private readonly IProperty property;
        private readonly Func<object?, object?> toStore;

        public Column(IProperty property, int index)
        {
            this.property = property;
            var converter = property.GetTypeMapping().Converter;
            var stored = Nullable.GetUnderlyingType(converter?.ProviderClrType ?? property.ClrType)
                ?? converter?.ProviderClrType ?? property.ClrType;
            toStore = converter is null ? value => value : value => value is null ? null : converter.ConvertToProvider(value);
            Name = property.GetColumnName();
            StoreType = property.GetColumnType();
            Parameter = $"@p{index}";
            ElementType = stored.IsValueType ? typeof(Nullable<>).MakeGenericType(stored) : stored;
        }

        public string Name { get; }

        public string StoreType { get; }

        public string Parameter { get; }

        /// <summary>Of the array that PostgreSQL is sent; any value may be absent.</summary>
        public Type ElementType { get; }

        public object? Read(TEntity row) => toStore(property.GetGetter().GetClrValueUsingContainingEntity(row));
    }
}
