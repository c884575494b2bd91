using System.Runtime.Versioning;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Tests.Data;

public abstract class DatabaseTests
{
    private readonly TestDatabase database;

    protected DatabaseTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    [Fact]
    public async Task Model_Migrations_AreUpToDate()
    {
        await using var context = database.CreateContext();
        Assert.False(context.Database.HasPendingModelChanges(), "Run host/Data/add-migration.sh and commit what it writes.");
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task Integrations_DocumentedSql_RunsAsWritten()
    {
        await using var context = database.CreateContext();
        var taken = Row("smtp", isActive: true);
        context.AddRange(taken, Row("smtp", isActive: false), Row("webhook", isActive: true));
        await context.SaveChangesAsync();

        var rows = await database.QueryAsync("SELECT * FROM integrations WHERE integration_type = 'smtp' AND is_active = true;");

        var row = Assert.Single(rows);
        Assert.Equal(taken.Id, Guid.Parse(row["id"]!.ToString()!));
        Assert.Equal("when_inactive", row["fallback"]);
        Assert.Equal("active", row["status"]);
        Assert.Null(row["tenant_id"]);
        Assert.Null(row["health_status"]);
    }

    [Fact]
    public async Task Ids_InSql_AreWrittenAsShown()
    {
        var row = Row("jira", isActive: true, tenant: Guid.Parse("ABCDEF00-0000-7000-8000-000000000000"));
        await using var context = database.CreateContext();
        context.Add(row);
        await context.SaveChangesAsync();

        Assert.Single(await database.QueryAsync($"SELECT id FROM integrations WHERE id = '{row.Id}' AND tenant_id = '{row.TenantId}'"));
    }

    [Fact]
    public async Task Entities_WrittenAndRead_AreTheSame()
    {
        var at = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2)).AddTicks(1234560);
        var execution = new Execution
        {
            Id = Guid.CreateVersion7(), TenantId = Guid.NewGuid(), IntegrationType = "smtp", Action = "send_email",
            State = ExecutionState.AwaitingApproval, Caller = "key:x", CreatedAt = at, FailureKind = FailureKind.RateLimited,
            Input = "{\"b\":1,  \"a\":2}",
        };
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(), Name = "k", Hash = [1, 2, 3], Role = CallerRole.Admin, CreatedAt = at, CreatedBy = "test",
        };
        await using (var context = database.CreateContext())
        {
            context.AddRange(execution, key);
            await context.SaveChangesAsync();
        }

        await using var other = database.CreateContext();
        var read = await other.Set<Execution>().SingleAsync(e => e.Id == execution.Id);
        Assert.Equal(at, read.CreatedAt);
        Assert.Equal(TimeSpan.Zero, read.CreatedAt.Offset);
        Assert.Equal(ExecutionState.AwaitingApproval, read.State);
        Assert.Equal(FailureKind.RateLimited, read.FailureKind);
        Assert.Equal(execution.Input, read.Input);
        Assert.Equal(key.Hash, (await other.Set<ApiKey>().SingleAsync(k => k.Id == key.Id)).Hash);
        Assert.Single(await database.QueryAsync($"SELECT id FROM executions WHERE id = '{execution.Id}' AND state = 'awaiting_approval'"));
    }

    [Fact]
    public async Task Defaults_TwoOfOneTypeAndTenant_AreRefused()
    {
        foreach (var tenant in new Guid?[] { null, Guid.NewGuid() })
        {
            await using var context = database.CreateContext();
            context.AddRange(Row("slack", true, tenant, isDefault: true), Row("slack", true, tenant, isDefault: true));
            var refused = await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync());
            Assert.Equal(
                tenant is null ? "ux_integrations_platform_default" : "ux_integrations_tenant_default",
                UniqueViolation.Find(refused, context));
        }
    }

    [Fact]
    public async Task Names_TwoOfOneTenant_AreRefused()
    {
        foreach (var tenant in new Guid?[] { null, Guid.NewGuid() })
        {
            await using var context = database.CreateContext();
            context.AddRange(Row("slack", true, tenant, name: "same"), Row("teams", true, tenant, name: "same"));
            var refused = await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync());
            Assert.Equal(
                tenant is null ? "ux_integrations_platform_name" : "ux_integrations_tenant_name", UniqueViolation.Find(refused, context));
        }
    }

    [Fact]
    public async Task MigrateAsync_ManyHostsOnAnEmptyDatabase_AllSucceed()
    {
        TestDatabase empty = database.Provider switch
        {
            DatabaseProvider.Sqlite => new EmptySqliteDatabase(),
            DatabaseProvider.Postgres => new EmptyPostgresDatabase(),
        };
        await using var _ = empty;
        await empty.InitializeAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            await using var host = new ServiceCollection().AddLogging().AddData(empty.Configuration).BuildServiceProvider();
            await host.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        })));

        await using var context = empty.CreateContext();
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        Assert.Equal(context.Database.GetMigrations(), await context.Database.GetAppliedMigrationsAsync());
    }

    [Fact]
    public async Task MigrateAsync_DatabaseOfANewerHost_IsRefused()
    {
        TestDatabase newer = database.Provider switch
        {
            DatabaseProvider.Sqlite => new SqliteDatabase(),
            DatabaseProvider.Postgres => new PostgresDatabase(),
        };
        await using var _ = newer;
        await newer.InitializeAsync();
        await newer.QueryAsync("INSERT INTO \"__EFMigrationsHistory\" VALUES ('99990101000000_Later', '99.0')");

        await using var host = new ServiceCollection().AddLogging().AddData(newer.Configuration).BuildServiceProvider();
        var refused = await Assert.ThrowsAsync<StartupException>(
            () => host.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None));
        Assert.Contains("99990101000000_Later", refused.Message);
    }

    private static Integration Row(string type, bool isActive, Guid? tenant = null, bool isDefault = false, string? name = null) => new()
    {
        Id = Guid.CreateVersion7(),
        TenantId = tenant,
        Name = name ?? Guid.NewGuid().ToString(),
        IntegrationType = type,
        Status = isActive ? IntegrationStatus.Active : IntegrationStatus.Inactive,
        Config = """{"smtp_host":"mail.example.com"}""",
        IsActive = isActive,
        IsDefault = isDefault,
        CreatedAt = DateTimeOffset.UnixEpoch,
        CreatedBy = "test",
        UpdatedAt = DateTimeOffset.UnixEpoch,
        UpdatedBy = "test",
    };

    private sealed class EmptySqliteDatabase : SqliteDatabase
    {
        protected override bool IsMigrated => false;
    }

    private sealed class EmptyPostgresDatabase : PostgresDatabase
    {
        protected override bool IsMigrated => false;
    }
}

public sealed class DatabaseOnSqliteTests(SqliteDatabase database) : DatabaseTests(database), IClassFixture<SqliteDatabase>
{
    private readonly SqliteDatabase database = database;

    [Fact]
    public async Task Connection_Opened_IsDurable()
    {
        Assert.Equal("wal", (await database.QueryAsync("PRAGMA journal_mode"))[0]["journal_mode"]);
        Assert.Equal(2L, (await database.QueryAsync("PRAGMA synchronous"))[0]["synchronous"]);
        Assert.Equal(1L, (await database.QueryAsync("PRAGMA foreign_keys"))[0]["foreign_keys"]);
        Assert.Equal(5000L, (await database.QueryAsync("PRAGMA busy_timeout"))[0]["timeout"]);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task MigrateAsync_NewFile_IsReadableByItsOwnerOnly()
    {
        var directory = Path.Combine(database.DirectoryPath, "fresh");
        var settings = new Microsoft.Extensions.Configuration.ConfigurationManager
        {
            ["Database:ConnectionString"] = $"Data Source={Path.Combine(directory, "vaka.db")}",
        };
        await using var host = new ServiceCollection().AddLogging().AddData(settings).BuildServiceProvider();

        await host.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory, "vaka.db")));
    }

    [Fact]
    public async Task MigrateAsync_LockLeftByAKilledProcess_IsNoObstacle()
    {
        await database.QueryAsync("CREATE TABLE IF NOT EXISTS \"__EFMigrationsLock\" (\"Id\" INTEGER PRIMARY KEY, \"Timestamp\" TEXT NOT NULL)");
        await database.QueryAsync("INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-01')");
        await using var host = new ServiceCollection().AddLogging().AddData(database.Configuration).BuildServiceProvider();

        await host.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }
}

public sealed class DatabaseOnPostgresTests(PostgresDatabase database) : DatabaseTests(database), IClassFixture<PostgresDatabase>;
