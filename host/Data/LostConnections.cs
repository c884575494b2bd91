using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Vaka.Plugins.Host.Data;

/// <summary>A server that went away leaves a pool full of connections that are dead without knowing it, each of which would fail the call that
/// happens to get it. The first one that does has all of them forgotten.</summary>
internal sealed class LostConnections : DbCommandInterceptor
{
    private LostConnections()
    {
    }

    public static LostConnections Instance { get; } = new();

    /// <summary>Whether the connection broke, rather than the server being slow or saying no.</summary>
    public static bool Has(Exception fault) => fault is NpgsqlException { InnerException: IOException };

    /// <summary>Closes the idle connections of the same pool; those in use go when they are given back.</summary>
    public static void Forget(NpgsqlConnection connection) => NpgsqlConnection.ClearPool(connection);

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData)
    {
        if (command.Connection is NpgsqlConnection connection && Has(eventData.Exception)) Forget(connection);
    }

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        CommandFailed(command, eventData);
        return Task.CompletedTask;
    }
}
