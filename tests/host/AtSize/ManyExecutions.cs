using System.Data.Common;
using Npgsql;

namespace Vaka.Plugins.Host.Tests.AtSize;

/// <summary>Fills a database with executions of the last thirty days by SQL alone. Half are of one large tenant, one in a hundred of the
/// platform itself, the rest of 9,999 small ones. Of each filter there is a value that is frequent, one that is rare, and one that lies
/// only at the far end.</summary>
internal static class ManyExecutions
{
    /// <summary>Half of all executions are this one's.</summary>
    public static Guid LargeTenant { get; } = Tenant(0);

    /// <summary>A thousandth and less each.</summary>
    public static Guid SmallTenant { get; } = Tenant(77);

    /// <summary>The platform's, which serves a fifth of what small tenants run, and once in a while the large one.</summary>
    public static Guid PlatformIntegration { get; } = new("0000000f-0000-4000-8000-000000000000");

    /// <summary>Of the large tenant, in the order of how often they serve: a webhook, a mail server, a Jira, and a Slack that was used at
    /// the very beginning only.</summary>
    public static Guid Integration(int number) => new($"{number:x8}-0000-4000-8000-000000000000");

    private static Guid Tenant(int number) => new($"aaaaaaaa-0000-4000-8000-{number:x12}");

    public static async Task FillAsync(DbConnection connection, int rows)
    {
        if (connection.State is not System.Data.ConnectionState.Open) await connection.OpenAsync();
        var isPostgres = connection is NpgsqlConnection;
        var indexes = await ManyIntegrations.ReadAsync(connection, isPostgres
            ? "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'executions' AND indexname NOT LIKE 'pk%'"
            : "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'executions' AND sql IS NOT NULL");
        foreach (var (name, _) in indexes) await ManyIntegrations.ExecuteAsync(connection, $"DROP INDEX {name}");
        await ManyIntegrations.ExecuteAsync(connection, Insert(rows, DateTimeOffset.UtcNow.AddDays(-30), isPostgres));
        foreach (var (_, sql) in indexes) await ManyIntegrations.ExecuteAsync(connection, sql);
        if (isPostgres) await ManyIntegrations.ExecuteAsync(connection, "VACUUM ANALYZE executions");
    }

    private static string Insert(int rows, DateTimeOffset begin, bool isPostgres)
    {
        var step = Math.Max(1, TimeSpan.FromDays(30).Ticks / TimeSpan.TicksPerMillisecond / rows);
        return $"""
            INSERT INTO executions (id, tenant_id, integration_id, integration_type, action, state, caller, input, output, error_code, error_message,
                failure_kind, created_at, finished_at, duration_ms, lane, payload, available_at, attempts, forgiven_attempts, leased_by, fence, started_at)
            WITH {(isPostgres
                ? $"numbers AS (SELECT i::bigint AS i FROM generate_series(0, {rows - 1}) AS i)"
                : $"RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < {rows - 1})")},
            mixed AS (
                SELECT i, {begin.ToUnixTimeMilliseconds()} + i * {step} AS ms, i * 2654435761 % 4294967296 / 4096 AS a, i * 2246822519 % 4294967296 / 4096 AS b,
                    (i + 7) * 3266489917 % 4294967296 / 4096 AS c FROM numbers),
            judged AS (
                SELECT i, ms, a,
                    CASE WHEN a % 100 < 50 THEN 0 WHEN a % 100 = 50 THEN -1 ELSE 1 + i % 9999 END AS tenant,
                    CASE WHEN a % 100 = 50 THEN 15 WHEN a % 100 < 50 AND i < {rows / 1000} AND i % 10 = 0 THEN 3 WHEN b % 1000 < 600 THEN 0 WHEN b % 1000 < 900 THEN 1
                        WHEN a % 100 > 49 THEN 15 WHEN i % 100003 = 5 THEN 15 ELSE 2 END AS integration,
                    CASE WHEN i < {rows / 1000} AND i % 7 = 0 THEN 'cancelled' WHEN i > {rows - 200} AND i % 10 = 0 THEN 'running'
                        WHEN i > {rows * 0.95:0} AND c % 1000 > 899 THEN 'queued' WHEN c % 1000 < 20 THEN 'dead' WHEN c % 1000 < 25 THEN 'unknown'
                        WHEN c % 1000 < 28 THEN 'parked' WHEN c % 1000 = 28 THEN 'retry_scheduled' ELSE 'succeeded' END AS state
                FROM mixed),
            named AS (
                SELECT *, CASE integration WHEN 0 THEN 'webhook' WHEN 2 THEN 'jira' WHEN 3 THEN 'slack' ELSE 'smtp' END AS type,
                    CASE WHEN integration = 0 THEN 'push_data' WHEN integration = 2 THEN CASE WHEN i % 100 = 1 THEN 'add_comment' ELSE 'create_issue' END
                        WHEN integration = 3 THEN 'post_message' ELSE 'send_email' END AS action,
                    state NOT IN ('queued', 'running', 'parked', 'retry_scheduled') AS has_ended,
                    i % 2 = 0 OR state <> 'succeeded' AS is_durable,
                    {Id("integration", "CASE WHEN tenant < 1 OR integration = 15 THEN 0 ELSE tenant END", isPostgres)} AS integration_id
                FROM judged)
            SELECT {NewId(isPostgres)}, CASE WHEN tenant >= 0 THEN {Id("2863311530", "tenant", isPostgres)} END, integration_id, type, action, state,
                'key:0193f0c2-8a51-7d8e-b3f4-5c1a9e7d2b60', CASE WHEN NOT is_durable THEN '{Text}' END, CASE WHEN has_ended THEN '{Text}' END,
                CASE WHEN state IN ('dead', 'unknown') THEN 'provider_unavailable' END, CASE WHEN state IN ('dead', 'unknown') THEN 'It cannot be reached.' END,
                CASE WHEN state IN ('dead', 'unknown') THEN 'unavailable' END, {Time("ms", isPostgres)}, CASE WHEN has_ended THEN {Time("ms + 40", isPostgres)} END,
                CASE WHEN has_ended THEN 40 END, CASE WHEN is_durable THEN integration_id END, CASE WHEN is_durable THEN '{Text}' END,
                CASE WHEN state IN ('queued', 'retry_scheduled') THEN {Time("ms", isPostgres)} END, CASE WHEN is_durable THEN 1 ELSE 0 END, 0,
                CASE WHEN state = 'running' THEN {Id("1", "1", isPostgres)} END, CASE WHEN is_durable THEN 1 ELSE 0 END,
                CASE WHEN is_durable AND state <> 'queued' THEN {Time("ms", isPostgres)} END
            FROM named
            """;
    }

    private const string Text = """{"data":{"order":4711,"customer":"Somebody","lines":[{"sku":"A-1","count":2},{"sku":"B-2","count":1}]},"event_type":"order.paid"}""";

    private static string Hex(string number, int width, bool isPostgres) =>
        isPostgres ? $"lpad(to_hex({number}), {width}, '0')" : $"printf('%0{width}x', {number})";

    private static string Id(string first, string last, bool isPostgres) =>
        Cast($"{Hex(isPostgres ? $"({first})::bigint" : first, 8, isPostgres)} || '-0000-4000-8000-' || {Hex(last, 12, isPostgres)}", isPostgres);

    // UUIDv7, which orders by time, with the number of the row for its random part.
    private static string NewId(bool isPostgres) => Cast(
        $"{Hex("ms / 65536", 8, isPostgres)} || '-' || {Hex("ms % 65536", 4, isPostgres)} || '-7000-8000-' || {Hex("i", 12, isPostgres)}", isPostgres);

    private static string Time(string ms, bool isPostgres) =>
        isPostgres ? $"to_timestamp(({ms}) / 1000.0)" : $"strftime('%Y-%m-%dT%H:%M:%f000Z', ({ms}) / 1000.0, 'unixepoch')";

    private static string Cast(string text, bool isPostgres) => isPostgres ? $"({text})::uuid" : text;
}
