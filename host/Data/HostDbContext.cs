using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Vaka.Plugins.Host.Data;

/// <summary>The one model on both databases. It only gathers the mappings that the rooms contribute; a room reaches its entities through
/// <see cref="DbContext.Set{TEntity}()"/>.</summary>
internal abstract class HostDbContext(DbContextOptions options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>Column type of a JSON document that the database understands.</summary>
    protected abstract string JsonColumnType { get; }

    /// <summary>Tells the other processes on this database, once the current transaction is committed.</summary>
    public abstract Task NotifyAsync(string channel, string payload, CancellationToken cancellationToken);

    /// <summary>The time that all nodes agree on: the database's where several can share it, else that of the one process.</summary>
    public virtual Task<DateTimeOffset> NowAsync(TimeProvider clock, CancellationToken cancellationToken) => Task.FromResult(clock.GetUtcNow());

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(HostDbContext).Assembly);
        modelBuilder.Entity<DataProtectionKey>().ToTable("data_protection_keys");
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            if (JsonDocumentProperty.Take(property)) property.SetColumnType(JsonColumnType);
            var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
            if (type.IsEnum) property.SetValueConverter(SnakeCaseEnum.Converter(type));

            // Our ids are made by us, never by the database.
            if (property.IsPrimaryKey() && type == typeof(Guid)) property.ValueGenerated = ValueGenerated.Never;
        }

        // The naming convention makes up a name of its own for an index that has one.
        foreach (var index in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetIndexes()))
        {
            if (index.Name is not null) index.SetDatabaseName(index.Name);
        }
    }
}
