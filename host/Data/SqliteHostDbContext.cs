using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Vaka.Plugins.Host.Data;

/// <summary>The model on SQLite, the embedded default.</summary>
internal sealed class SqliteHostDbContext(DbContextOptions<SqliteHostDbContext> options) : HostDbContext(options)
{
    /// <summary>A host that slept through more of them forgets everything instead.</summary>
    private const int KeptNotifications = 1_000;

    protected override string JsonColumnType => "TEXT";

    public override async Task NotifyAsync(string channel, string payload, CancellationToken cancellationToken)
    {
        await Database.ExecuteSqlAsync($"INSERT INTO notifications (channel, payload) VALUES ({channel}, {payload})", cancellationToken);
        await Database.ExecuteSqlAsync(
            $"DELETE FROM notifications WHERE id <= last_insert_rowid() - {KeptNotifications}", cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Notification>().ToTable("notifications");
        base.OnModelCreating(modelBuilder);
    }

    // SQLite has no type for a time: fixed-width ISO text in UTC sorts as time does. Ids are kept in the lower case in which everything
    // else shows them, so that one copied from an answer is found by hand.
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTextConverter>();
        configurationBuilder.Properties<Guid>().HaveConversion<LowerCaseConverter>();
    }

    /// <summary>A time as it is stored, for SQL that is written by hand.</summary>
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An id as it is stored.</summary>
    public static string Text(Guid id) => id.ToString("D");

    private sealed class LowerCaseConverter() : ValueConverter<Guid, string>(value => Text(value), text => Guid.Parse(text));

    private sealed class UtcTextConverter() : ValueConverter<DateTimeOffset, string>(
        value => Text(value),
        text => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
}
