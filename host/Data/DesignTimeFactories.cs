using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Vaka.Plugins.Host.Data;

/// <summary>For <c>dotnet ef</c> only: it makes migrations from the model without a database.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteHostDbContext>
{
    public SqliteHostDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<SqliteHostDbContext>();
        options.UseHostSqlite("Data Source=:memory:");
        return new SqliteHostDbContext(options.Options);
    }
}

/// <inheritdoc cref="SqliteDesignTimeFactory"/>
internal sealed class PostgresDesignTimeFactory : IDesignTimeDbContextFactory<PostgresHostDbContext>
{
    public PostgresHostDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<PostgresHostDbContext>();
        options.UseHostPostgres("Host=localhost");
        return new PostgresHostDbContext(options.Options);
    }
}
