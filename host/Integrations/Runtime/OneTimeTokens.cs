using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>Values that count once, on all nodes together. On PostgreSQL the database's clock decides what has expired, since nodes
/// disagree; an embedded database has the clock of its one process.</summary>
internal sealed class OneTimeTokens(IDbContextFactory<HostDbContext> contexts, TimeProvider clock)
{
    private const int LongestKey = 200;
    private const int PurgeBatch = 500;
    private static readonly TimeSpan PurgeSpan = TimeSpan.FromMinutes(1);

    private long nextPurge = clock.GetTimestamp();

    /// <summary>The values of one integration; those of the host itself stand under the empty id.</summary>
    public IOneTimeStore For(Guid integrationId) => new Store(this, integrationId);

    private async Task<bool> TryAddAsync(
        Guid integrationId, string key, string value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        CheckKey(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await PurgeAsync(context, cancellationToken);
        var (id, now) = Stored(context, integrationId);
        var added = context.Database.IsNpgsql()
            ? await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO one_time_tokens (integration_id, key, value, expires_at)
                VALUES ({id}, {key}, {value}, clock_timestamp() + {lifetime})
                ON CONFLICT (integration_id, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
                WHERE one_time_tokens.expires_at <= clock_timestamp()
                """,
                cancellationToken)
            : await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO one_time_tokens (integration_id, key, value, expires_at)
                VALUES ({id}, {key}, {value}, {Stored(context, clock.GetUtcNow() + lifetime)})
                ON CONFLICT (integration_id, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
                WHERE one_time_tokens.expires_at <= {now}
                """,
                cancellationToken);
        return added == 1;
    }

    private async Task<string?> TakeAsync(Guid integrationId, string key, CancellationToken cancellationToken)
    {
        CheckKey(key);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var (id, now) = Stored(context, integrationId);
        var taken = context.Database.IsNpgsql()
            ? context.Database.SqlQuery<string>(
                $"""
                DELETE FROM one_time_tokens
                WHERE integration_id = {id} AND key = {key} AND expires_at > clock_timestamp() RETURNING value
                """)
            : context.Database.SqlQuery<string>(
                $"DELETE FROM one_time_tokens WHERE integration_id = {id} AND key = {key} AND expires_at > {now} RETURNING value");
        return (await taken.ToListAsync(cancellationToken)).SingleOrDefault();
    }

    private async Task PurgeAsync(HostDbContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        var due = Volatile.Read(ref nextPurge);
        var next = now + (long)(PurgeSpan.TotalSeconds * clock.TimestampFrequency);
        if (now < due || Interlocked.CompareExchange(ref nextPurge, next, due) != due) return;
        await (context.Database.IsNpgsql()
            ? context.Database.ExecuteSqlAsync(
                $"""
                DELETE FROM one_time_tokens WHERE (integration_id, key) IN (
                    SELECT integration_id, key FROM one_time_tokens WHERE expires_at <= clock_timestamp()
                    ORDER BY expires_at LIMIT {PurgeBatch} FOR UPDATE SKIP LOCKED)
                """,
                cancellationToken)
            : context.Database.ExecuteSqlAsync(
                $"""
                DELETE FROM one_time_tokens WHERE (integration_id, key) IN (
                    SELECT integration_id, key FROM one_time_tokens WHERE expires_at <= {Stored(context, clock.GetUtcNow())}
                    ORDER BY expires_at LIMIT {PurgeBatch})
                """,
                cancellationToken));
    }

    private (object Id, object Now) Stored(HostDbContext context, Guid integrationId) =>
        (Stored(context, nameof(OneTimeToken.IntegrationId), integrationId), Stored(context, clock.GetUtcNow()));

    private static object Stored(HostDbContext context, DateTimeOffset time) => Stored(context, nameof(OneTimeToken.ExpiresAt), time);

    // Plain SQL knows nothing of the model's conversions.
    private static object Stored(HostDbContext context, string property, object value) =>
        context.Model.FindEntityType(typeof(OneTimeToken))?.FindProperty(property)?.GetTypeMapping().Converter?.ConvertToProvider(value)
        ?? value;

    private static void CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > LongestKey) throw new ArgumentException($"A key has at most {LongestKey} characters.", nameof(key));
    }

    private sealed class Store(OneTimeTokens tokens, Guid integrationId) : IOneTimeStore
    {
        public Task<bool> TryAddAsync(string key, string value, TimeSpan lifetime, CancellationToken cancellationToken) =>
            tokens.TryAddAsync(integrationId, key, value, lifetime, cancellationToken);

        public Task<string?> TakeAsync(string key, CancellationToken cancellationToken) =>
            tokens.TakeAsync(integrationId, key, cancellationToken);
    }
}
