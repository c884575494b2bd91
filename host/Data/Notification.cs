namespace Vaka.Plugins.Host.Data;

/// <summary>What NOTIFY is on PostgreSQL, as a row: committed with the change that it tells of, and read by the host while a command
/// writes. On SQLite only.</summary>
internal sealed class Notification
{
    /// <summary>Counts up; a number that was used is not used again.</summary>
    public long Id { get; init; }

    public required string Channel { get; init; }

    public required string Payload { get; init; }
}
