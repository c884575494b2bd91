using System.Collections.Concurrent;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access;

/// <summary>Makes, finds and revokes API keys.</summary>
internal sealed class ApiKeys(IDbContextFactory<HostDbContext> databases, DeniedAttempts denied, TimeProvider clock)
{
    /// <summary>How long a key is taken for granted without asking the database: a key revoked on another node works there this long.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(1);

    /// <summary>Past this many keys in use at once the cache starts anew.</summary>
    private const int CacheLimit = 100_000;

    private readonly ConcurrentDictionary<Guid, Cached> cache = new();

    /// <summary>Makes a key; only here is its text at hand.</summary>
    public async Task<(ApiKey Key, string Text)> CreateAsync(NewApiKey request, Caller caller, CancellationToken cancellationToken)
    {
        Check(request, caller);
        var token = ApiKeyToken.New();
        var key = new ApiKey
        {
            Id = token.Id,
            Name = request.Name.Trim(),
            Hash = token.Hash(),
            Role = request.Role,
            TenantId = request.TenantId,
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = caller.Name,
            ExpiresAt = request.ExpiresAt,
        };
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(key);
        database.Add(Audit("api_key.created", key, caller));
        await database.SaveChangesAsync(cancellationToken);
        return (key, token.Reveal());
    }

    /// <summary>The key that a text stands for, while it is neither revoked nor expired. The audit is told of one that is
    /// refused.</summary>
    public async ValueTask<ApiKey?> FindAsync(ReadOnlyMemory<char> text, IPAddress? from, CancellationToken cancellationToken)
    {
        if (!ApiKeyToken.TryParse(text, out var token) || await ReadAsync(token.Id, cancellationToken) is not { } key)
        {
            denied.NoteUnknownKey(from);
            return null;
        }

        KeyRefusal? refusal = token.HasHash(key.Hash) ? Refusal(key) : KeyRefusal.WrongSecret;
        if (refusal is null) return key;
        denied.NoteKey(key, refusal.Value, from);
        return null;
    }

    /// <summary>The key of an id, while it is neither revoked nor expired.</summary>
    public async ValueTask<ApiKey?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) is { } key && Refusal(key) is null ? key : null;

    /// <summary>The newest 200 keys of the tenant that the caller acts for; without one, of the platform.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<ApiKey>().AsNoTracking().Where(key => key.TenantId == caller.TenantId)
            .OrderByDescending(key => key.CreatedAt).Take(200).ToListAsync(cancellationToken);
    }

    /// <summary>Revokes a key for good; doing it again changes nothing.</summary>
    public async Task RevokeAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var key = await database.Set<ApiKey>().SingleOrDefaultAsync(k => k.Id == id && k.TenantId == caller.TenantId, cancellationToken)
            ?? throw new ProblemException(ProblemCode.NotFound, "There is no such API key. GET /api/v1/api-keys lists them.");
        if (key.RevokedAt is null)
        {
            key.RevokedAt = clock.GetUtcNow();
            database.Add(Audit("api_key.revoked", key, caller));
            await database.SaveChangesAsync(cancellationToken);
        }

        cache.TryRemove(id, out _);
    }

    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<ApiKey>().AnyAsync(cancellationToken);
    }

    private async ValueTask<ApiKey?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        // By the timestamp, which a change of the wall clock does not move.
        var now = clock.GetTimestamp();
        if (cache.TryGetValue(id, out var cached) && clock.GetElapsedTime(cached.ReadAt, now) <= Trusted) return cached.Key;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var key = await database.Set<ApiKey>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);

        // An id that does not exist is not remembered: whoever makes ids up would fill the memory.
        if (key is null) return null;
        if (cache.Count >= CacheLimit) cache.Clear();
        cache[id] = new Cached(key, now);
        return key;
    }

    private KeyRefusal? Refusal(ApiKey key) =>
        key.RevokedAt is not null ? KeyRefusal.Revoked : key.ExpiresAt <= clock.GetUtcNow() ? KeyRefusal.Expired : null;

    private void Check(NewApiKey request, Caller caller)
    {
        if (request.Name.Trim().Length is < 1 or > 200)
            throw Invalid("name", "Give the key a name of 1 to 200 characters, such as the service that will use it.");
        if (request.ExpiresAt <= clock.GetUtcNow()) throw Invalid("expires_at", "This time has passed. Give one in the future, or leave it out.");

        // A key never reaches further than whoever makes it.
        if (request.TenantId != caller.TenantId && !(caller.IsPlatform && caller.TenantId is null))
            throw new ProblemException(ProblemCode.Forbidden, "A key can be made only for the tenant that you act for.");
    }

    private static ProblemException Invalid(string path, string message) =>
        new(ProblemCode.InvalidRequest, message) { Errors = [new ConfigError(path, message)] };

    private AuditEvent Audit(string action, ApiKey key, Caller caller) => new()
    {
        Id = Guid.CreateVersion7(),
        At = clock.GetUtcNow(),
        TenantId = key.TenantId,
        Actor = caller.Name,
        Action = action,
        Subject = key.Id.ToString(),
    };

    private sealed record Cached(ApiKey Key, long ReadAt);
}

/// <summary>What a key shall be.</summary>
internal sealed record NewApiKey(string Name, CallerRole Role, Guid? TenantId, DateTimeOffset? ExpiresAt = null);
