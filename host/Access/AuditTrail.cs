using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access;

/// <summary>Reads the audit. A change of the database writes its own event, in its transaction; <see cref="WriteAsync"/> is for what has
/// none.</summary>
internal sealed class AuditTrail(IDbContextFactory<HostDbContext> databases, TimeProvider clock)
{
    /// <summary>Newest first; ids are UUIDv7 and so order by time.</summary>
    public async Task<IReadOnlyList<AuditEvent>> ListAsync(Guid? before, int count, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var events = database.Set<AuditEvent>().AsNoTracking().Where(e => e.TenantId == caller.TenantId);
        if (before is { } last) events = events.Where(e => e.Id.CompareTo(last) < 0);
        return await events.OrderByDescending(e => e.Id).Take(count).ToListAsync(cancellationToken);
    }

    /// <summary>Writes what an API key is about to be used for. Once this has returned it may be done, and not before.</summary>
    /// <param name="action">Such as <c>sign_in.link_created</c>.</param>
    /// <param name="key">The key.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="details">What else there is to say; <c>null</c>: nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WriteAsync(string action, ApiKey key, string actor, object? details, CancellationToken cancellationToken) =>
        WriteAsync(action, key.Id.ToString(), key.TenantId, actor, details, cancellationToken);

    /// <summary>Writes what a caller is about to be given.</summary>
    /// <inheritdoc cref="WriteAsync(string, ApiKey, string, object?, CancellationToken)"/>
    public Task WriteAsync(string action, string subject, Caller caller, object? details, CancellationToken cancellationToken) =>
        WriteAsync(action, subject, caller.TenantId, caller.Name, details, cancellationToken);

    private async Task WriteAsync(
        string action, string subject, Guid? tenantId, string actor, object? details, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(new AuditEvent
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            At = clock.GetUtcNow(),
            TenantId = tenantId,
            Actor = actor,
            Action = action,
            Subject = subject,
            Details = details is null ? null : JsonSerializer.Serialize(details),
        });
        await database.SaveChangesAsync(cancellationToken);
    }
}
