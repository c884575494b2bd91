using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Vaka.Plugins.Host.Data;

/// <summary>The model on SQLite, the embedded default.</summary>
internal sealed class SqliteHostDbContext(DbContextOptions<SqliteHostDbContext> options) : HostDbContext(options)
{
    protected override string JsonColumnType => "TEXT";

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

    private sealed class LowerCaseConverter() : ValueConverter<Guid, string>(value => value.ToString("D"), text => Guid.Parse(text));

    private sealed class UtcTextConverter() : ValueConverter<DateTimeOffset, string>(
        value => Text(value),
        text => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
}
