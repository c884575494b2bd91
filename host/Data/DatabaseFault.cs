using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Vaka.Plugins.Host.Data;

/// <summary>Tells what a database's failure means.</summary>
internal static class DatabaseFault
{
    private const int SqliteFull = 13;
    private const int SqliteTooBig = 18;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    /// <summary>The database did not answer, or not as it should.</summary>
    /// <remarks>A connection that breaks under a transaction has the driver of PostgreSQL say in its own words that they cannot be used any
    /// more.</remarks>
    public static bool Is(Exception fault) => fault
        is DbException or TimeoutException or DbUpdateException { InnerException: DbException } or InvalidOperationException { Source: "Npgsql" };

    /// <summary>Its disk is full: it can be read and not written.</summary>
    public static bool IsFull(Exception fault) => Cause(fault) is SqliteException { SqliteErrorCode: SqliteFull }
        or PostgresException { SqlState: PostgresErrorCodes.DiskFull };

    /// <summary>It will never take this, however often it is tried.</summary>
    public static bool IsRefusal(Exception fault) => Cause(fault) switch
    {
        SqliteException { SqliteErrorCode: SqliteTooBig or SqliteConstraint or SqliteMismatch } => true,
        PostgresException { SqlState: ['2', '2' or '3', ..] } => true, // the classes of bad data and of broken constraints
        _ => false,
    };

    private static Exception? Cause(Exception fault) => fault is DbUpdateException ? fault.InnerException : fault;
}
