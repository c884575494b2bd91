using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Reads the notifications that were committed since the last look. <c>PRAGMA data_version</c> tells whether any connection has
/// committed anything at all (<see href="https://www.sqlite.org/pragma.html#pragma_data_version"/>), so an idle host reads nothing.</summary>
internal sealed class SqliteChanges(HostDbContext context, IntegrationChanges changes, TimeProvider clock)
{
    /// <inheritdoc cref="PostgresChanges.FollowAsync"/>
    public async Task FollowAsync(Action flush, Action<long> trustSince, TimeSpan pulse, CancellationToken cancellationToken)
    {
        await using var version = Command("PRAGMA data_version");
        await using var news = Command("SELECT id, channel, payload FROM notifications WHERE id > @seen ORDER BY id");
        var seen = news.CreateParameter();
        seen.ParameterName = "@seen";
        news.Parameters.Add(seen);
        seen.Value = await LastAsync(cancellationToken);
        flush();
        long? current = null;
        while (true)
        {
            // The version is read before the news: what is committed in between is found again by the next look.
            var start = clock.GetTimestamp();
            var latest = Convert.ToInt64(await version.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
            if (latest != current && !await ReadNewsAsync(news, seen, cancellationToken)) flush();
            current = latest;
            trustSince(start);
            await Task.Delay(pulse, clock, cancellationToken);
        }
    }

    /// <returns><c>false</c>: something was missed or not understood.</returns>
    private async Task<bool> ReadNewsAsync(DbCommand news, DbParameter seen, CancellationToken cancellationToken)
    {
        var isComplete = true;
        var last = (long)seen.Value!; // set before the first look
        await using var reader = await news.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // Numbers are handed out without gaps; one that is missing was removed before it was seen.
            isComplete &= reader.GetInt64(0) == last + 1;
            last = reader.GetInt64(0);
            if (reader.GetString(1) != IntegrationChange.Channel) continue;
            if (IntegrationChange.FromPayload(reader.GetString(2)) is { } change) changes.Publish(change);
            else isComplete = false;
        }

        seen.Value = last;
        return isComplete;
    }

    private async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        await using var last = Command("SELECT coalesce(max(id), 0) FROM notifications");
        return Convert.ToInt64(await last.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    private DbCommand Command(string sql)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
