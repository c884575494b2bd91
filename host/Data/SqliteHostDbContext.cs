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

    private sealed class LowerCaseConverter() : ValueConverter<Guid, string>(value => value.ToString("D"), text => Guid.Parse(text));

    private sealed class UtcTextConverter() : ValueConverter<DateTimeOffset, string>(
        value => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture),
        text => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
}
