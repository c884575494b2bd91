using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Vaka.Plugins.Host.Data.Retention;

/// <summary>Lets one node at a time remove old records. On SQLite there is one process; on PostgreSQL it is an advisory lock of the very
/// connection that the work is done on, so that it goes when the node or the connection does.</summary>
internal sealed class RetentionTurn : IAsyncDisposable
{
    private const long Lock = 0x7661_6b61_7265_7401; // any number of our own

    private readonly HostDbContext database;

    private RetentionTurn(HostDbContext database) => this.database = database;

    /// <summary>Takes the turn, and opens the connection for as long; <c>null</c>: another node has it.</summary>
    public static async Task<RetentionTurn?> TryTakeAsync(HostDbContext database, CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        var isFree = !database.Database.IsNpgsql()
            || await database.Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock({Lock}) AS \"Value\"").SingleAsync(cancellationToken);
        if (isFree) return new RetentionTurn(database);
        await database.Database.CloseConnectionAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (database.Database.IsNpgsql()) await database.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({Lock})");
        }
        catch (Exception gone) when (gone is DbException or InvalidOperationException)
        {
            // the connection has ended, and the lock with it
        }

        await database.Database.CloseConnectionAsync();
    }
}
