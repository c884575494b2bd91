using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Data;

/// <summary>Registers the database: <see cref="IDbContextFactory{TContext}"/> of <see cref="HostDbContext"/>, whichever is underneath.</summary>
internal static class DataRoom
{
    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>().Configure(options => Read(options, configuration.GetSection(DatabaseOptions.Section)));
        services.TryAddSingleton<DatabaseMigrator>();
        services.AddSingleton<PreparedQueries>();
        services.AddPooledDbContextFactory<SqliteHostDbContext>((provider, options) => options.UseHostSqlite(Address(provider)));
        services.AddPooledDbContextFactory<PostgresHostDbContext>((provider, options) => options.UseHostPostgres(Address(provider)));
        services.AddSingleton<IDbContextFactory<HostDbContext>>(provider => Options(provider).Provider switch
        {
            DatabaseProvider.Sqlite => new ContextFactory<SqliteHostDbContext>(provider),
            DatabaseProvider.Postgres => new ContextFactory<PostgresHostDbContext>(provider),
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RetentionSweep>(provider, configuration));
        services.AddLateService<RetentionRounds>();
        return services;
    }

    /// <summary>An acknowledged write survives a crash of the process and a loss of power: see <see cref="SqliteConnectionSetup"/>.</summary>
    public static DbContextOptionsBuilder UseHostSqlite(this DbContextOptionsBuilder options, string connectionString) => Quiet(
        options.UseSqlite(Patient(connectionString, DatabaseProvider.Sqlite)).UseSnakeCaseNamingConvention().AddInterceptors(SqliteConnectionSetup.Instance));

    /// <summary>What fails is thrown as it is: the provider's own strategy would wrap whatever may pass by itself, a deadlock or a server
    /// that is away, into an exception that looks like a fault of ours.</summary>
    public static DbContextOptionsBuilder UseHostPostgres(this DbContextOptionsBuilder options, string connectionString) => Quiet(
        options.UseNpgsql(Patient(connectionString, DatabaseProvider.Postgres), npgsql => npgsql.ExecutionStrategy(context => new NonRetryingExecutionStrategy(context)))
            .UseSnakeCaseNamingConvention().AddInterceptors(LostConnections.Instance));

    /// <summary>With the seconds until a caller is told that the database does not answer; what the operator's own connection string says comes
    /// after and wins.</summary>
    public static string Patient(string connectionString, DatabaseProvider provider) => provider switch
    {
        DatabaseProvider.Sqlite => "Default Timeout=5;" + connectionString,
        DatabaseProvider.Postgres => "Timeout=5;Command Timeout=10;" + connectionString,
    };

    // A write that a unique index refuses is an answer here and not an error for the log; what is one is logged where it ends.
    private static DbContextOptionsBuilder Quiet(DbContextOptionsBuilder options) => options.ConfigureWarnings(events => events.Log(
        (CoreEventId.SaveChangesFailed, LogLevel.Debug),
        (CoreEventId.OptimisticConcurrencyException, LogLevel.Debug),
        (RelationalEventId.CommandError, LogLevel.Debug),
        (RelationalEventId.ConnectionError, LogLevel.Debug),
        (RelationalEventId.TransactionError, LogLevel.Debug),
        (RelationalEventId.CommandExecuted, LogLevel.Debug)));

    // Read by hand, so that a wrong word ends in a sentence and not in a conversion error.
    private static void Read(DatabaseOptions options, IConfigurationSection section)
    {
        options.ConnectionString = section[nameof(DatabaseOptions.ConnectionString)];
        options.Provider = section[nameof(DatabaseOptions.Provider)]?.Trim().ToLowerInvariant() switch
        {
            null or "" or "sqlite" => DatabaseProvider.Sqlite,
            "postgres" => DatabaseProvider.Postgres,
            var other => throw new StartupException($"Database:Provider is '{other}'. It is one of: sqlite, postgres."),
        };
    }

    private static DatabaseOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;

    private static string Address(IServiceProvider provider) => Options(provider).EffectiveConnectionString;

    private sealed class ContextFactory<TContext>(IServiceProvider provider) : IDbContextFactory<HostDbContext>
        where TContext : HostDbContext
    {
        private readonly IDbContextFactory<TContext> inner = provider.GetRequiredService<IDbContextFactory<TContext>>();

        public HostDbContext CreateDbContext() => inner.CreateDbContext();

        public async Task<HostDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }
}
