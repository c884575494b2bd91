using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Vaka.Plugins.Host.Data;

/// <summary>The model on PostgreSQL.</summary>
internal sealed class PostgresHostDbContext(DbContextOptions<PostgresHostDbContext> options) : HostDbContext(options)
{
    protected override string JsonColumnType => "jsonb";

    public override Task NotifyAsync(string channel, string payload, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync($"SELECT pg_notify({channel}, {payload})", cancellationToken);

    public override Task<DateTimeOffset> NowAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancellationToken);

    // timestamptz takes UTC only, and keeps microseconds.
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();

    private sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(value => value.ToUniversalTime(), value => value);
}
