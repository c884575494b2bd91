using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Vaka.Plugins.Host.Tests.Data;

/// <summary>A host of the version before works on while the first new one has migrated the database.</summary>
public abstract class MigrationsTests(TestDatabase database)
{
    [Fact]
    public void Migrations_AfterTheFirst_TakeNothingAwayAndDemandNothing()
    {
        using var context = database.CreateContext();
        var migrations = context.GetService<IMigrationsAssembly>();
        var provider = context.Database.ProviderName!; // it has one
        var wrong = migrations.Migrations.OrderBy(migration => migration.Key, StringComparer.Ordinal).Skip(1)
            .SelectMany(migration => migrations.CreateMigration(migration.Value, provider).UpOperations.Select(operation => (migration.Key, Operation: operation)))
            .Where(step => !LeavesRoom(step.Operation))
            .Select(step => $"{step.Key}: {step.Operation.GetType().Name}");
        Assert.Empty(wrong);
    }

    private static bool LeavesRoom(MigrationOperation operation) => operation switch
    {
        AddColumnOperation column => column.IsNullable || column.DefaultValue is not null || column.DefaultValueSql is not null,
        CreateTableOperation or CreateIndexOperation or DropIndexOperation => true,

        // What only makes room.
        AlterColumnOperation column => column.IsNullable && column.ClrType == column.OldColumn.ClrType,
        _ => false,
    };
}

public sealed class MigrationsOnSqliteTests(SqliteDatabase database) : MigrationsTests(database), IClassFixture<SqliteDatabase>;

public sealed class MigrationsOnPostgresTests(PostgresDatabase database) : MigrationsTests(database), IClassFixture<PostgresDatabase>;
