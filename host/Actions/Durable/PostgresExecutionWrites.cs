using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>A batch of steps on PostgreSQL: at most three statements, one trip, one transaction.</summary>
internal static class PostgresExecutionWrites
{
    // An attempt whose start was committed and whose answer was lost is started once more, under the same number.
    private const string StartSql =
        """
        UPDATE executions AS e SET state = 'running', attempts = v.attempt, started_at = v.at, integration_id = v.integration, lane = v.integration
        FROM unnest(@ids, @fences, @attempts, @ats, @integrations) AS v(id, fence, attempt, at, integration)
        WHERE e.id = v.id AND e.fence = v.fence AND e.leased_by = @node
            AND (e.state IN ('queued', 'retry_scheduled') OR (e.state = 'running' AND e.attempts = v.attempt))
        RETURNING e.id
        """;

    private const string EndSql =
        """
        WITH v AS MATERIALIZED (
            SELECT * FROM unnest(@ids, @fences, @states, @lanes, @delays, @ats, @durations, @outputs, @codes, @messages, @kinds, @overs, @faileds,
                @integrations, @starteds, @attempts)
                AS v(id, fence, state, lane, delay, at, duration, output, code, message, kind, is_over, is_failed, integration, started, attempt)),
        done AS (
            UPDATE executions AS e SET state = v.state, lane = v.lane, output = v.output, error_code = v.code, error_message = v.message,
                failure_kind = v.kind, available_at = clock_timestamp() + v.delay,
                finished_at = CASE WHEN v.is_over THEN v.at END, duration_ms = v.duration, leased_by = NULL,
                integration_id = coalesce(v.integration, e.integration_id), started_at = coalesce(v.started, e.started_at),
                attempts = coalesce(v.attempt, e.attempts)
            FROM v WHERE e.id = v.id AND e.fence = v.fence AND e.leased_by = @node
            RETURNING e.id, e.attempts, e.started_at),
        kept AS (
            INSERT INTO execution_attempts (execution_id, number, started_at, finished_at, failure_kind, message)
            SELECT done.id, done.attempts, done.started_at, v.at, v.kind, v.message FROM done JOIN v ON v.id = done.id WHERE v.is_failed
            ON CONFLICT DO NOTHING)
        SELECT id FROM done
        """;

    public static async Task<HashSet<Guid>> WriteAsync(
        HostDbContext database, Guid node, IReadOnlyList<Execution> accepted, IReadOnlyList<StartWrite> starts, IReadOnlyList<EndWrite> ends)
    {
        await using var batch = new NpgsqlBatch((NpgsqlConnection)database.Database.GetDbConnection());
        if (accepted.Count > 0) batch.BatchCommands.Add(BulkInsert<Execution>.ForPostgres(database, accepted, AcceptWrite.Columns));
        if (starts.Count > 0) batch.BatchCommands.Add(Start(node, starts));
        if (ends.Count > 0) batch.BatchCommands.Add(End(node, ends));
        await batch.PrepareAsync();
        var written = new HashSet<Guid>();
        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync()) written.Add(reader.GetGuid(0));
        }
        while (await reader.NextResultAsync());
        return written;
    }

    private static NpgsqlBatchCommand Start(Guid node, IReadOnlyList<StartWrite> starts) => new(StartSql)
    {
        Parameters =
        {
            new("node", node),
            Array("ids", NpgsqlDbType.Uuid, starts, start => start.Item.Id),
            Array("fences", NpgsqlDbType.Integer, starts, start => start.Item.Fence),
            Array("attempts", NpgsqlDbType.Integer, starts, start => start.Item.Attempt),
            Array("ats", NpgsqlDbType.TimestampTz, starts, start => start.At.UtcDateTime),
            Array("integrations", NpgsqlDbType.Uuid, starts, start => start.IntegrationId),
        },
    };

    private static NpgsqlBatchCommand End(Guid node, IReadOnlyList<EndWrite> ends) => new(EndSql)
    {
        Parameters =
        {
            new("node", node),
            Array("ids", NpgsqlDbType.Uuid, ends, end => end.Item.Id),
            Array("fences", NpgsqlDbType.Integer, ends, end => end.Item.Fence),
            Array("states", NpgsqlDbType.Text, ends, end => SnakeCaseEnum.Text(end.State)),
            Array("lanes", NpgsqlDbType.Uuid, ends, end => end.Item.Lane),
            Array("delays", NpgsqlDbType.Interval, ends, end => end.Delay),
            Array("ats", NpgsqlDbType.TimestampTz, ends, end => end.At.UtcDateTime),
            Array("durations", NpgsqlDbType.Integer, ends, end => (int)end.Duration.TotalMilliseconds),
            Array("outputs", NpgsqlDbType.Text, ends, end => end.Output),
            Array("codes", NpgsqlDbType.Text, ends, end => end.ErrorCode),
            Array("messages", NpgsqlDbType.Text, ends, end => end.ErrorMessage),
            Array("kinds", NpgsqlDbType.Text, ends, end => end.FailureKind is { } kind ? SnakeCaseEnum.Text(kind) : null),
            Array("overs", NpgsqlDbType.Boolean, ends, end => end.IsOver),
            Array("faileds", NpgsqlDbType.Boolean, ends, end => end.IsFailedAttempt),
            Array("integrations", NpgsqlDbType.Uuid, ends, end => end.IntegrationId),
            Array("starteds", NpgsqlDbType.TimestampTz, ends, end => end.StartedAt?.UtcDateTime),
            Array("attempts", NpgsqlDbType.Integer, ends, end => end.StartedAt is null ? (int?)null : end.Item.Attempt),
        },
    };

    private static NpgsqlParameter Array<TWrite, T>(string name, NpgsqlDbType type, IReadOnlyList<TWrite> writes, Func<TWrite, T> read) =>
        new(name, NpgsqlDbType.Array | type) { Value = writes.Select(read).ToArray() };
}
