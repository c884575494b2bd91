using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Vaka.Plugins.Host.Data;

/// <summary>Tells which unique index refused a write: two writers at once are an answer, not a fault.</summary>
internal static class UniqueViolation
{
    private const int SqliteConstraintUnique = 2067;
    private const int SqliteConstraintPrimaryKey = 1555;

    /// <summary>The name of the index or key in the database; <c>null</c>: it was something else.</summary>
    public static string? Find(DbUpdateException exception, HostDbContext context) => exception.InnerException switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation => violation.ConstraintName,
        SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique or SqliteConstraintPrimaryKey } violation =>
            FindByColumns(violation.Message, context.Model),
        _ => null,
    };

    // SQLite names only the columns: "UNIQUE constraint failed: integrations.tenant_id, integrations.name".
    private static string? FindByColumns(string message, IModel model)
    {
        foreach (var entity in model.GetEntityTypes())
        {
            var table = StoreObjectIdentifier.Table(entity.GetTableName()!); // every entity has one
            var keys = entity.GetKeys().Select(key => (Name: key.GetName(), key.Properties));
            var indexes = entity.GetIndexes().Where(index => index.IsUnique).Select(index => (Name: index.GetDatabaseName(), index.Properties));
            foreach (var (name, properties) in keys.Concat(indexes))
            {
                var columns = string.Join(", ", properties.Select(property => $"{table.Name}.{property.GetColumnName(table)}"));
                if (message.Contains($": {columns}'", StringComparison.Ordinal)) return name;
            }
        }

        return null;
    }
}
