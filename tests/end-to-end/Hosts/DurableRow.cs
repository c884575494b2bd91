namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>A durable execution as it lies in the database, for what is asked of one that stands in a certain way.</summary>
internal sealed record DurableRow
{
    public DurableRow() => Id = Guid.CreateVersion7(CreatedAt);

    public Guid Id { get; }

    public required Guid? TenantId { get; init; }

    public required Guid? IntegrationId { get; init; }

    public required string State { get; init; }

    public string Type { get; init; } = "webhook";

    public string Action { get; init; } = "push_data";

    public string Payload { get; init; } = """{"data":{"order":4711}}""";

    public int Attempts { get; init; } = 1;

    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow.AddMinutes(-10);

    public string? Error { get; init; }

    public DateTimeOffset? AvailableAt { get; init; }

    public string Insert => $"""
        INSERT INTO executions (id, tenant_id, integration_id, integration_type, action, state, caller, payload, lane, requested_integration, created_at, started_at,
            finished_at, duration_ms, available_at, attempts, forgiven_attempts, fence, error_code, error_message, failure_kind)
        VALUES ('{Id}', {Quoted(TenantId)}, {Quoted(IntegrationId)}, '{Type}', '{Action}', '{State}', 'key:test', '{Payload}', '{IntegrationId ?? Guid.Empty}', 'Orders',
            {Text(CreatedAt)}, {(Attempts > 0 ? Text(CreatedAt.AddSeconds(1)) : "NULL")}, {(HasEnded ? Text(CreatedAt.AddSeconds(2)) : "NULL")}, {(HasEnded ? "1000" : "NULL")},
            {(AvailableAt is { } due ? Text(due) : "NULL")}, {Attempts}, 0, 3, {(Error is null ? "NULL, NULL, NULL" : $"'provider_unavailable', '{Error}', 'unavailable'")})
        """;

    /// <summary>A failed attempt of it.</summary>
    public string Attempt(int number, string message) => $"""
        INSERT INTO execution_attempts (execution_id, number, started_at, finished_at, failure_kind, message)
        VALUES ('{Id}', {number}, {Text(CreatedAt.AddSeconds(number))}, {Text(CreatedAt.AddSeconds(number + 0.25))}, 'unavailable', '{message}')
        """;

    private bool HasEnded => State is "succeeded" or "dead" or "unknown" or "cancelled";

    private static string Quoted(Guid? id) => id is null ? "NULL" : $"'{id}'";

    // As the host writes it on SQLite, which PostgreSQL takes too.
    private static string Text(DateTimeOffset time) => $"'{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}'";
}
