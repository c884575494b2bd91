using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Vaka.Plugins.Host.Data;

/// <summary>Brings the database to the model of this host. Any number of hosts and commands may start at once: one does it, the others
/// wait.</summary>
internal sealed class DatabaseMigrator(
    IDbContextFactory<HostDbContext> contexts, IOptions<DatabaseOptions> options, ILogger<DatabaseMigrator> logger)
{
    private const long PostgresLock = 0x7661_6b61_6d69_6701; // any number of our own

    // A change of a large table takes its time, and so do the other hosts' turns.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <exception cref="StartupException">The database cannot be opened, or is newer than this host.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var turn = options.Value.SqliteFile is { } file ? await PrepareFileAsync(file, cancellationToken) : null;
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (context is SqliteHostDbContext) await PrepareSqliteAsync(context, cancellationToken);
            else context.Database.SetCommandTimeout(Patience);
            if (!await IsUpToDateAsync(context, cancellationToken)) await MigrateInTurnAsync(context, cancellationToken);
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

    // The framework's own lock on PostgreSQL is released after each migration, so that another host may come in between two of them. This
    // one goes with the connection, on which the framework then works. A database that is not there yet cannot be locked.
    private static async Task MigrateInTurnAsync(HostDbContext context, CancellationToken cancellationToken)
    {
        if (!context.Database.IsNpgsql() || !await context.Database.CanConnectAsync(cancellationToken))
        {
            await context.Database.MigrateAsync(cancellationToken);
            return;
        }

        await context.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({PostgresLock})", cancellationToken);
            await context.Database.MigrateAsync(cancellationToken);
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({PostgresLock})", cancellationToken);
        }
        finally
        {
            await context.Database.CloseConnectionAsync();
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
