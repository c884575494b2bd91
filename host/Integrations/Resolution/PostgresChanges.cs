using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Listens on a connection of its own to what <see cref="IntegrationWrite.NotifyAsync"/> sends, and to what other rooms have
/// their nodes tell each other.</summary>
internal sealed class PostgresChanges(
    HostDbContext context, IntegrationChanges changes, IReadOnlyList<IFeedListener> listeners, TimeProvider clock)
{
    /// <summary>Follows until the connection is lost, which ends in an exception.</summary>
    /// <param name="flush">Called once, after it listens: what changed before went unheard.</param>
    /// <param name="trustSince">Called with a timestamp up to which every change has been heard.</param>
    /// <param name="pulse">How often to make sure.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task FollowAsync(Action flush, Action<long> trustSince, TimeSpan pulse, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        var isUnreadable = false;
        connection.Notification += OnNotification;
        try
        {
            foreach (var channel in listeners.Select(listener => listener.Channel).Prepend(IntegrationChange.Channel))
                await ExecuteAsync(connection, $"LISTEN {channel}", cancellationToken);
            flush();
            while (true)
            {
                // Whatever was committed before this round trip began is delivered before it ends.
                var start = clock.GetTimestamp();
                await ExecuteAsync(connection, "SELECT 1", cancellationToken);
                if (isUnreadable) flush();
                isUnreadable = false;
                trustSince(start);
                await connection.WaitAsync(pulse, cancellationToken);
            }
        }
        finally
        {
            connection.Notification -= OnNotification;
        }

        void OnNotification(object sender, NpgsqlNotificationEventArgs notification)
        {
            foreach (var listener in listeners)
            {
                if (listener.Channel == notification.Channel) listener.Hear(notification.Payload);
            }

            if (notification.Channel != IntegrationChange.Channel) return;
            if (IntegrationChange.FromPayload(notification.Payload) is { } change) changes.Publish(change);
            else isUnreadable = true;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 1;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
