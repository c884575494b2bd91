using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>A batch of steps on SQLite: one transaction, and so one trip to the disk.</summary>
internal static class SqliteExecutionWrites
{
    private const string StartSql =
        """
        UPDATE executions SET state = 'running', attempts = ?4, started_at = ?5, integration_id = ?6, lane = ?6
        WHERE id = ?1 AND fence = ?2 AND leased_by = ?3
            AND (state IN ('queued', 'retry_scheduled') OR (state = 'running' AND attempts = ?4))
        """;

    private const string EndSql =
        """
        UPDATE executions SET state = ?4, lane = ?5, available_at = ?6, finished_at = ?7, duration_ms = ?8, output = ?9, error_code = ?10,
            error_message = ?11, failure_kind = ?12, leased_by = NULL, integration_id = coalesce(?13, integration_id),
            started_at = coalesce(?14, started_at), attempts = coalesce(?15, attempts)
        WHERE id = ?1 AND fence = ?2 AND leased_by = ?3
        """;

    private const string AttemptSql =
        """
        INSERT INTO execution_attempts (execution_id, number, started_at, finished_at, failure_kind, message)
        SELECT id, attempts, started_at, ?2, ?3, ?4 FROM executions WHERE id = ?1 ON CONFLICT DO NOTHING
        """;

    public static HashSet<Guid> Write(
        HostDbContext database, Guid node, DateTimeOffset now, IReadOnlyList<Execution> accepted, IReadOnlyList<StartWrite> starts,
        IReadOnlyList<EndWrite> ends)
    {
        var connection = (SqliteConnection)database.Database.GetDbConnection();
        var written = new HashSet<Guid>();
        using var transaction = connection.BeginTransaction();
        if (accepted.Count > 0) BulkInsert<Execution>.WriteToSqlite(database, accepted, AcceptWrite.Columns);
        if (starts.Count > 0) Start(connection, node, starts, written);
        if (ends.Count > 0) End(connection, node, now, ends, written);
        transaction.Commit();
        return written;
    }

    private static void Start(SqliteConnection connection, Guid node, IReadOnlyList<StartWrite> starts, HashSet<Guid> written)
    {
        using var statement = new SqliteStatement(connection, StartSql);
        foreach (var start in starts)
        {
            var changed = statement.Run(
                Text(start.Item.Id), start.Item.Fence, Text(node), start.Item.Attempt, SqliteHostDbContext.Text(start.At), Text(start.IntegrationId));
            if (changed > 0) written.Add(start.Item.Id);
        }
    }

    private static void End(SqliteConnection connection, Guid node, DateTimeOffset now, IReadOnlyList<EndWrite> ends, HashSet<Guid> written)
    {
        using var statement = new SqliteStatement(connection, EndSql);
        using var attempt = new SqliteStatement(connection, AttemptSql);
        foreach (var end in ends)
        {
            var kind = end.FailureKind is { } failure ? SnakeCaseEnum.Text(failure) : null;
            var changed = statement.Run(
                Text(end.Item.Id), end.Item.Fence, Text(node), SnakeCaseEnum.Text(end.State), Text(end.Item.Lane),
                end.Delay is { } delay ? SqliteHostDbContext.Text(now + delay) : null, end.IsOver ? SqliteHostDbContext.Text(end.At) : null,
                (int)end.Duration.TotalMilliseconds, end.Output, end.ErrorCode, end.ErrorMessage, kind,
                end.IntegrationId is { } integration ? Text(integration) : null, end.StartedAt is { } started ? SqliteHostDbContext.Text(started) : null,
                end.StartedAt is null ? null : end.Item.Attempt);
            if (changed == 0) continue;
            written.Add(end.Item.Id);
            if (end.IsFailedAttempt) attempt.Run(Text(end.Item.Id), SqliteHostDbContext.Text(end.At), kind, end.ErrorMessage);
        }
    }

    private static string Text(Guid id) => SqliteHostDbContext.Text(id);
}
