using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Vaka.Plugins.Host.Data;

/// <summary>One statement of SQLite that is run again and again with other values, bound by their places. A command looks each parameter up
/// by its name and makes a reader for every run, which costs more than writing a small row.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private byte[] text = new byte[1024];

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v2(database, sql, out statement));
    }

    /// <summary>Binds what EF Core's converters make for SQLite.</summary>
    /// <param name="place">From 1.</param>
    public void Bind(int place, object? value) => Check(value switch
    {
        null => raw.sqlite3_bind_null(statement, place),
        string words => raw.sqlite3_bind_text(statement, place, Utf8(words)),
        int number => raw.sqlite3_bind_int64(statement, place, number),
        long number => raw.sqlite3_bind_int64(statement, place, number),
        bool isSet => raw.sqlite3_bind_int64(statement, place, isSet ? 1 : 0),
        _ => throw new NotSupportedException($"A {value.GetType().Name} cannot be bound. Add it to {nameof(SqliteStatement)}."),
    });

    /// <returns>How many rows it changed.</returns>
    /// <exception cref="SqliteException">The database refuses.</exception>
    public int Run()
    {
        var result = raw.sqlite3_step(statement);
        if (result != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(result, database);
        Check(raw.sqlite3_reset(statement));
        return raw.sqlite3_changes(database);
    }

    /// <summary>Binds all of them and runs.</summary>
    /// <inheritdoc cref="Run()"/>
    public int Run(params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++) Bind(i + 1, values[i]);
        return Run();
    }

    public void Dispose() => statement.Dispose();

    private ReadOnlySpan<byte> Utf8(string words)
    {
        var most = Encoding.UTF8.GetMaxByteCount(words.Length);
        if (most > text.Length) text = new byte[most];
        return text.AsSpan(0, Encoding.UTF8.GetBytes(words, text));
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, database);
}
