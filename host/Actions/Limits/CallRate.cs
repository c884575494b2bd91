using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>Spreads the calls of an integration evenly over the minute, on all nodes together: the generic cell rate algorithm, whose whole
/// memory is the time at which the next call would be due. As many as fall to one second may come at once.</summary>
/// <remarks>A turn is asked for and taken in one trip to the database, by whose clock it is given; on SQLite, where there is one process, by
/// that one's. A time further ahead than any turn could have put it is left over from a slower rate, or from a clock that was set back, and
/// holds nobody up.</remarks>
internal sealed class CallRate(PreparedQueries queries, IOptions<DatabaseOptions> options, TimeProvider clock)
{
    /// <summary>Longest that a synchronous call waits for its turn.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Nobody who was refused asks again sooner.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    private const string Take = """
        WITH taken AS (
            INSERT INTO integration_pacing (integration_id, next_call_at) VALUES (@id, clock_timestamp() + @interval)
            ON CONFLICT (integration_id) DO UPDATE SET next_call_at = @interval
                + CASE WHEN integration_pacing.next_call_at BETWEEN clock_timestamp() AND clock_timestamp() + @furthest
                  THEN integration_pacing.next_call_at ELSE clock_timestamp() END
            WHERE integration_pacing.next_call_at NOT BETWEEN clock_timestamp() + @reach AND clock_timestamp() + @furthest
            RETURNING next_call_at - @interval AS due)
        SELECT true, due - clock_timestamp() FROM taken
        UNION ALL
        SELECT false, next_call_at - clock_timestamp() FROM integration_pacing
        WHERE integration_id = @id AND NOT EXISTS (SELECT 1 FROM taken)
        """;

    private const string Look = "SELECT next_call_at FROM integration_pacing WHERE integration_id = @id";

    private const string Move = """
        INSERT INTO integration_pacing (integration_id, next_call_at) VALUES (@id, @next)
        ON CONFLICT (integration_id) DO UPDATE SET next_call_at = @next WHERE next_call_at = @seen
        RETURNING 1
        """;

    /// <summary>Takes the next turn if it comes within <paramref name="patience"/>.</summary>
    public async ValueTask<Turn> TakeAsync(Guid integration, int perMinute, TimeSpan patience, CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromMinutes(1) / perMinute;
        var burst = interval * (Math.Max(1, perMinute / 60) - 1);
        var pace = new Pace(integration, interval, burst + patience, burst + Patience + interval + interval);
        var (isGranted, due) = await (options.Value.Provider switch
        {
            DatabaseProvider.Postgres => TakeFromPostgresAsync(pace, cancellationToken),
            DatabaseProvider.Sqlite => TakeFromSqliteAsync(pace, cancellationToken),
        });
        var (wait, shortest) = (due - burst, isGranted ? TimeSpan.Zero : Shortest);
        return new Turn(isGranted, wait > shortest ? wait : shortest);
    }

    private async Task<(bool IsGranted, TimeSpan Due)> TakeFromPostgresAsync(Pace pace, CancellationToken cancellationToken)
    {
        var answer = await queries.ReadAsync(
            Take,
            [("@id", pace.Integration), ("@interval", pace.Interval), ("@reach", pace.Reach), ("@furthest", pace.Furthest)],
            row => (row.GetBoolean(0), row.GetFieldValue<TimeSpan>(1)),
            cancellationToken);

        // Nothing: another node made the row after this statement began.
        return answer.Count > 0 ? answer[0] : (false, TimeSpan.Zero);
    }

    private async Task<(bool IsGranted, TimeSpan Due)> TakeFromSqliteAsync(Pace pace, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await queries.ReadAsync(Look, [("@id", pace.Integration)], row => row.GetString(0), cancellationToken);
            var now = clock.GetUtcNow();
            var due = found.Count > 0 ? DateTimeOffset.Parse(found[0], CultureInfo.InvariantCulture) : now;
            if (due < now || due > now + pace.Furthest) due = now;
            if (due > now + pace.Reach) return (false, due - now);
            var moved = await queries.ReadAsync(
                Move,
                [
                    ("@id", pace.Integration), ("@next", SqliteHostDbContext.Text(due + pace.Interval)), ("@seen", found.Count > 0 ? found[0] : ""),
                ],
                Any, cancellationToken);
            if (moved.Count > 0) return (true, due - now);
        }
    }

    private static bool Any(DbDataReader row) => true;

    /// <param name="Integration">Whose.</param>
    /// <param name="Interval">Between two calls.</param>
    /// <param name="Reach">How far ahead the next call may be due for this one to be granted.</param>
    /// <param name="Furthest">Nothing that was granted at this rate is due later.</param>
    private sealed record Pace(Guid Integration, TimeSpan Interval, TimeSpan Reach, TimeSpan Furthest);
}

/// <summary>What came of asking for a turn.</summary>
/// <param name="IsGranted">It is counted.</param>
/// <param name="Wait">Until it may begin, or, if it was not granted, until it is worth asking again.</param>
internal readonly record struct Turn(bool IsGranted, TimeSpan Wait);
