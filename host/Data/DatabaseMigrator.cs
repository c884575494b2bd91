using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Vaka.Plugins.Host.Data;

/// <summary>Brings the database to the model of this host. Any number of hosts and commands may start at once: one does it, the others
/// wait.</summary>
internal sealed class DatabaseMigrator(
    IDbContextFactory<HostDbContext> contexts, IOptions<DatabaseOptions> options, ILogger<DatabaseMigrator> logger)
{
    // A change of a large table takes its time, and so do the other hosts' turns.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>Of the advisory lock: nobody else's.</summary>
    private const long TurnNumber = 7_236_271_118_094_532_877;

    /// <exception cref="StartupException">The database cannot be opened, or is newer than this host.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var turn = options.Value.SqliteFile is { } file ? await PrepareFileAsync(file, cancellationToken) : null;
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (context is SqliteHostDbContext) await PrepareSqliteAsync(context, cancellationToken);
            else context.Database.SetCommandTimeout(Patience);
            if (!await IsUpToDateAsync(context, cancellationToken)) await MigrateAsync(context, cancellationToken);
            await IntegrationWords.EnsureAsync(context, cancellationToken);
            logger.Ready(options.Value.Provider);
        }
        catch (Exception exception) when (exception is DbException or ArgumentException or FormatException or InvalidOperationException)
        {
            // All but the first are said of a connection string that cannot be understood.
            throw new StartupException(
                $"The database cannot be opened: {exception.Message.TrimEnd('.')}. Check Database:ConnectionString, "
                + "that the server is up and that its user may create tables.", exception);
        }
    }

    // The framework's own lock on SQLite is a row, which a killed process would leave behind for ever.
    private static async Task<StartTurn> PrepareFileAsync(string file, CancellationToken cancellationToken)
    {
        var turn = await StartTurn.WaitAsync(file, cancellationToken);

        // Not when it is there: closing any handle of a file drops the locks that this process has on it.
        if (!File.Exists(file)) await OwnerOnly.Open(file, FileMode.CreateNew, FileShare.ReadWrite).DisposeAsync();
        return turn;
    }

    private static async Task PrepareSqliteAsync(HostDbContext context, CancellationToken cancellationToken)
    {
        await context.Database.ExecuteSqlAsync($"PRAGMA journal_mode = WAL", cancellationToken);
        await context.Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
    }

    // The framework lets go of its own lock on PostgreSQL after each migration, and a host that waited then runs the next one too.
    private static async Task MigrateAsync(HostDbContext context, CancellationToken cancellationToken)
    {
        if (!context.Database.IsNpgsql() || !await TryOpenAsync(context, cancellationToken))
        {
            await context.Database.MigrateAsync(cancellationToken);
            return;
        }

        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({TurnNumber})", cancellationToken);
        if (!await IsUpToDateAsync(context, cancellationToken)) await context.Database.MigrateAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({TurnNumber})", CancellationToken.None);
    }

    private static async Task<bool> TryOpenAsync(HostDbContext context, CancellationToken cancellationToken)
    {
        try
        {
            await context.Database.OpenConnectionAsync(cancellationToken); // and keep it: the lock is the connection's
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return false; // the migrator makes the database
        }
    }

    // Asked first, because the migrator builds the whole model to find that there is nothing to do.
    private static async Task<bool> IsUpToDateAsync(HostDbContext context, CancellationToken cancellationToken)
    {
        var known = context.Database.GetMigrations().ToList();
        var applied = (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        if (applied.Except(known).LastOrDefault() is { } unknown)
        {
            throw new StartupException(
                $"The database was brought to {unknown} by a newer host. Start that version, or restore a backup made before it.");
        }

        return applied.Count == known.Count;
    }
}

internal static partial class DatabaseMigratorLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Database ready ({Provider})")]
    public static partial void Ready(this ILogger<DatabaseMigrator> logger, DatabaseProvider provider);
}
