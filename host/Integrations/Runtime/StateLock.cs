using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>The lock of one value of an integration's state, on every node.</summary>
/// <remarks>It is held while a provider talks to its vendor. On SQLite there is one process, and its own lock is enough: holding the
/// database's would stop every other write. On PostgreSQL it is an advisory lock, which goes with its connection when the node dies; the
/// process's own lock stands before it, so that each value takes one connection per node at most.</remarks>
internal sealed class StateLock(IDbContextFactory<HostDbContext> contexts)
{
    // Held connections are missing from the pool that everything else lives on.
    private const int MostConnections = 16;

    private readonly KeyedLock<(Guid, string)> local = new();
    private readonly SemaphoreSlim connections = new(MostConnections);

    public async Task<IAsyncDisposable> EnterAsync(Guid integrationId, string key, CancellationToken cancellationToken)
    {
        var hold = new Hold(connections) { Local = await local.EnterAsync((integrationId, key), cancellationToken) };
        try
        {
            hold.Context = await contexts.CreateDbContextAsync(cancellationToken);
            if (!hold.Context.Database.IsNpgsql()) return hold;
            await connections.WaitAsync(cancellationToken);
            hold.HasConnection = true;
            await LockAsync(hold.Context, Number(integrationId, key), cancellationToken);
            return hold;
        }
        catch
        {
            await hold.DisposeAsync();
            throw;
        }
    }

    // The transaction ends with the connection's return to the pool, and the lock with it.
    private static async Task LockAsync(HostDbContext context, long number, CancellationToken cancellationToken)
    {
        await context.Database.BeginTransactionAsync(cancellationToken);
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"SELECT pg_advisory_xact_lock({number})";
        command.CommandTimeout = 0; // as long as the caller has patience
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static long Number(Guid integrationId, string key) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"integration_state:{integrationId}:{key}")));

    private sealed class Hold(SemaphoreSlim connections) : IAsyncDisposable
    {
        public required IDisposable Local { get; init; }

        public HostDbContext? Context { get; set; }

        public bool HasConnection { get; set; }

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (Context is not null) await Context.DisposeAsync();
            }
            finally
            {
                if (HasConnection) connections.Release();
                Local.Dispose();
            }
        }
    }
}
