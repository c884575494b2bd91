using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Vaka.Plugins.Host.Tests.AtSize;

/// <summary>Fills a database with integrations by SQL alone: ten of each tenant, and one in a hundred of one large tenant. Teams came late,
/// and so did what has "rollout" in its name; nothing that is off was ever probed.</summary>
internal static class ManyIntegrations
{
    private const string Columns =
        "id, tenant_id, name, integration_type, status, config, config_version, is_active, is_default, fallback, revision, health_status, "
        + "health_failures, next_probe_at, created_at, created_by, updated_at, updated_by";

    private static readonly DateTimeOffset Begin = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NotYet = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Types = ["smtp", "sso", "webhook", "jira", "servicenow", "slack"];
    private static readonly string[] Words = ["alerts", "billing", "invoices", "orders", "support", "onboarding", "deploys", "incidents", "payroll", "news"];

    /// <summary>Of a tenant by its number, from 0 to a tenth of the rows.</summary>
    public static Guid Tenant(int number) => new($"{number:x8}-0000-4000-8000-{number * 7919L % 0xffffff:x12}");

    public static IEnumerable<Row> Rows(int from, int to, int total)
    {
        for (var i = from; i < to; i++) yield return Make(i, total);
    }

    public static async Task FillAsync(DbConnection connection, int from, int to, int total)
    {
        await connection.OpenAsync();
        var isPostgres = connection is NpgsqlConnection;
        foreach (var trigger in new[] { "insert", "update", "delete" })
            await ExecuteAsync(connection, $"DROP TRIGGER IF EXISTS integration_words_{trigger}{(isPostgres ? " ON integrations" : "")}");
        var indexes = await ReadAsync(connection, isPostgres
            ? "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'integrations' AND indexname NOT LIKE 'pk%'"
            : "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'integrations' AND sql IS NOT NULL");
        foreach (var (name, _) in indexes) await ExecuteAsync(connection, $"DROP INDEX {name}");
        if (connection is NpgsqlConnection postgres) await CopyAsync(postgres, Rows(from, to, total));
        else await InsertAsync((SqliteConnection)connection, Rows(from, to, total));
        foreach (var (_, sql) in indexes) await ExecuteAsync(connection, sql);
    }

    public static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 3600;
        await command.ExecuteNonQueryAsync();
    }

    private static Row Make(int i, int total)
    {
        var tenants = Math.Max(1, total / 10);
        var (tenant, round) = (i % tenants, i / tenants);
        var isLarge = i % 100 == 99;
        var isLate = round >= 7;
        var type = isLate ? "teams" : Types[(round + tenant) % Types.Length];
        var state = (int)(Mix(i) % 100);
        var status = state switch { 0 => "error", < 7 => "configuring", < 15 => "inactive", _ => "active" };
        var health = (int)(Mix(i + 7) % 100);
        return new Row(
            Guid.CreateVersion7(Begin.AddSeconds(i * 31L)),
            i < 20 ? null : Tenant(isLarge ? 0 : tenant),
            $"{(isLate ? "Rollout" : "Team")} {Words[(int)(Mix(i + 3) % 10)]} {i:0000000}",
            type,
            status,
            status is "active" or "error",
            !isLarge && i >= 20 && (round < Types.Length || round == 7),
            status is not "active" ? null : health switch { 0 when type != "webhook" => "error", < 6 => "warning", < 8 => null, _ => "healthy" });
    }

    // Even and without a pattern, and the same in every run.
    private static uint Mix(int value)
    {
        var mixed = unchecked((uint)value * 2654435761u);
        mixed ^= mixed >> 15;
        return unchecked(mixed * 2246822519u) >> 8;
    }

    private static string Config(Row row) =>
        $$"""{"url": "https://hooks.example.com/{{row.Id:N}}", "method": "POST", "headers": {"X-Environment": "production", "X-Source": "platform"}, "auth": {"type": "none"}, "format": "plain", "timeout_seconds": 30}""";

    private static async Task CopyAsync(NpgsqlConnection connection, IEnumerable<Row> rows)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY integrations ({Columns}) FROM STDIN (FORMAT BINARY)");
        copy.Timeout = TimeSpan.FromHours(1);
        foreach (var row in rows)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid);
            if (row.TenantId is { } tenant) await copy.WriteAsync(tenant, NpgsqlDbType.Uuid);
            else await copy.WriteNullAsync();
            await copy.WriteAsync(row.Name, NpgsqlDbType.Varchar);
            await copy.WriteAsync(row.Type, NpgsqlDbType.Varchar);
            await copy.WriteAsync(row.Status, NpgsqlDbType.Text);
            await copy.WriteAsync(Config(row), NpgsqlDbType.Jsonb);
            await copy.WriteAsync(1, NpgsqlDbType.Integer);
            await copy.WriteAsync(row.IsActive, NpgsqlDbType.Boolean);
            await copy.WriteAsync(row.IsDefault, NpgsqlDbType.Boolean);
            await copy.WriteAsync("when_inactive", NpgsqlDbType.Text);
            await copy.WriteAsync(1, NpgsqlDbType.Integer);
            if (row.Health is { } health) await copy.WriteAsync(health, NpgsqlDbType.Text);
            else await copy.WriteNullAsync();
            await copy.WriteAsync(0, NpgsqlDbType.Integer);
            await copy.WriteAsync(NotYet.UtcDateTime, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(Begin.UtcDateTime, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync("test", NpgsqlDbType.Text);
            await copy.WriteAsync(Begin.UtcDateTime, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync("test", NpgsqlDbType.Text);
        }

        await copy.CompleteAsync();
    }

    private static async Task InsertAsync(SqliteConnection connection, IEnumerable<Row> rows)
    {
        await using var transaction = connection.BeginTransaction();
        await using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO integrations ({Columns}) VALUES ({string.Join(", ", Columns.Split(',').Select((_, i) => $"$p{i}"))})";
        var parameters = Columns.Split(',').Select((_, i) => command.Parameters.Add($"$p{i}", SqliteType.Text)).ToArray();
        foreach (var row in rows)
        {
            object?[] values =
            [
                $"{row.Id}", row.TenantId is { } tenant ? $"{tenant}" : null, row.Name, row.Type, row.Status, Config(row), 1, row.IsActive ? 1 : 0,
                row.IsDefault ? 1 : 0, "when_inactive", 1, row.Health, 0, Text(NotYet), Text(Begin), "test", Text(Begin), "test",
            ];
            for (var i = 0; i < values.Length; i++) parameters[i].Value = values[i] ?? DBNull.Value;
            command.ExecuteNonQuery();
        }

        await transaction.CommitAsync();
    }

    private static string Text(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}";

    public static async Task<List<(string, string)>> ReadAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, string)>();
        while (await reader.ReadAsync()) rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }

    internal sealed record Row(Guid Id, Guid? TenantId, string Name, string Type, string Status, bool IsActive, bool IsDefault, string? Health);
}
