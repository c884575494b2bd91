using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>The packages in the database: of each type the one in use and the one before. A change is audited and told to the other hosts in
/// its transaction.</summary>
internal sealed class PackageStore(IDbContextFactory<HostDbContext> databases, TimeProvider time)
{
    /// <summary>Where other processes on the same database are told.</summary>
    public const string Channel = "vaka_plugins";

    public async Task<IReadOnlyList<InstalledPackage>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var packages = database.Set<PluginPackage>();
        return await (
            from install in database.Set<PluginInstall>().AsNoTracking()
            join active in packages on install.ActiveId equals active.Id
            join before in packages on install.PreviousId equals (Guid?)before.Id into befores
            from before in befores.DefaultIfEmpty()
            orderby install.Type
            select new InstalledPackage
            {
                Type = install.Type,
                PackageId = active.Id,
                Version = active.Version,
                Lock = active.Lock,
                Signature = active.Signature,
                PreviousId = install.PreviousId,
                PreviousVersion = before!.Version,
                PreviousConfigVersion = before == null ? null : before.ConfigVersion,
            }).ToListAsync(cancellationToken);
    }

    public async Task<InstalledPackage?> FindAsync(string type, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).FirstOrDefault(package => package.Type == type);

    /// <summary><c>null</c>: it has been removed meanwhile.</summary>
    public async Task<byte[]?> ReadContentAsync(Guid packageId, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<PluginPackage>().Where(package => package.Id == packageId).Select(package => package.Content)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes it the one in use; of those before only the last is kept.</summary>
    public Task AddAsync(PluginPackage package, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(package.Type, "provider.package_added", caller, cancellationToken, async (database, install) =>
        {
            database.Add(package);
            if (install is null)
            {
                database.Add(new PluginInstall { Type = package.Type, ActiveId = package.Id, ChangedAt = time.GetUtcNow(), ChangedBy = caller.Name });
            }
            else
            {
                await database.Set<PluginPackage>().Where(old => old.Type == package.Type && old.Id != install.ActiveId).ExecuteDeleteAsync(cancellationToken);
                (install.PreviousId, install.ActiveId) = (install.ActiveId, package.Id);
            }

            return new { version = package.Version, sha256 = package.Sha256, signed = package.Signature is not null };
        });

    /// <summary>Makes the one before the one in use, and the other way round.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>, <see cref="ProblemCode.RevisionConflict"/>.</exception>
    public Task RollBackAsync(string type, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(type, "provider.package_rolled_back", caller, cancellationToken, async (database, install) =>
        {
            if (install is null) throw NotInstalled(type);
            if (install.PreviousId is not { } previous)
                throw new ProblemException(ProblemCode.NotFound, $"There is no earlier package of '{type}' to go back to. 'plugins remove {type}' takes this one out.");
            (install.PreviousId, install.ActiveId) = (install.ActiveId, previous);
            var version = await database.Set<PluginPackage>().Where(package => package.Id == previous).Select(package => package.Version)
                .SingleAsync(cancellationToken);
            return new { version };
        });

    /// <summary>Takes all packages of a type out; integrations stay.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>, <see cref="ProblemCode.RevisionConflict"/>.</exception>
    public Task RemoveAsync(string type, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(type, "provider.package_removed", caller, cancellationToken, async (database, install) =>
        {
            database.Remove(install ?? throw NotInstalled(type));
            await database.Set<PluginPackage>().Where(package => package.Type == type).ExecuteDeleteAsync(cancellationToken);
            return null;
        });

    private async Task ChangeAsync(
        string type, string action, Caller caller, CancellationToken cancellationToken, Func<HostDbContext, PluginInstall?, Task<object?>> change)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var install = await database.Set<PluginInstall>().SingleOrDefaultAsync(known => known.Type == type, cancellationToken);
        var details = await change(database, install);
        if (install is not null) (install.ChangedAt, install.ChangedBy) = (now, caller.Name);
        database.Add(new AuditEvent
        {
            Id = Guid.CreateVersion7(now), At = now, Actor = caller.Name, Action = action, Subject = type,
            Details = details is null ? null : JsonSerializer.Serialize(details),
        });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException conflict)
        {
            throw new ProblemException(ProblemCode.RevisionConflict, $"The package of '{type}' was changed by somebody else at the same time. Look and try again.", conflict);
        }

        await database.NotifyAsync(Channel, type, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static ProblemException NotInstalled(string type) =>
        new(ProblemCode.NotFound, $"No package of '{type}' is installed. 'plugins list' shows what there is.");
}
