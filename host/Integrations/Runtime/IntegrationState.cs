using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>The state of one integration, encrypted for it and the key it stands under.</summary>
internal sealed class IntegrationState(
    Guid integrationId, Guid? tenantId, IDbContextFactory<HostDbContext> contexts, StateLock gate, KeyRing ring, SecretProtector secrets,
    TimeProvider clock) : IIntegrationState
{
    /// <summary>What a ciphertext is bound to, before the integration and the key.</summary>
    public const string Purpose = "integration-state";

    private const int LongestKey = 64;
    private const int MostBytes = 64 * 1024;

    public async Task<string?> GetAsync(string key, SecretString? descendsFrom, CancellationToken cancellationToken)
    {
        CheckKey(key);
        return Open(await FindAsync(key, cancellationToken), Fingerprint(descendsFrom));
    }

    public async Task<string?> UpdateAsync(
        string key, SecretString? descendsFrom, Func<string?, CancellationToken, Task<string?>> next, CancellationToken cancellationToken)
    {
        CheckKey(key);
        await using var hold = await gate.EnterAsync(integrationId, key, cancellationToken);
        var stored = await FindAsync(key, cancellationToken);
        var fingerprint = Fingerprint(descendsFrom);
        var value = await next(Open(stored, fingerprint), cancellationToken);
        if (value is not null && Encoding.UTF8.GetByteCount(value) > MostBytes)
            throw new ArgumentException($"A value of the state has at most {MostBytes} bytes; the one for '{key}' has more.", nameof(next));

        // The vendor has already moved on: nobody's impatience may lose what it answered.
        await SaveAsync(key, stored, value, fingerprint);
        return value;
    }

    private async Task<StoredState?> FindAsync(string key, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<StoredState>().AsNoTracking()
            .SingleOrDefaultAsync(state => state.IntegrationId == integrationId && state.Key == key, cancellationToken);
    }

    // The version is checked although the lock is held: one that was lost with its connection must not let an older value win.
    private async Task SaveAsync(string key, StoredState? stored, string? value, string? fingerprint)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        if (stored is null)
        {
            if (value is null) return;
            context.Add(new StoredState
            {
                IntegrationId = integrationId,
                Key = key,
                Ciphertext = Protect(key, value),
                DescendsFrom = fingerprint,
                Version = 1,
                UpdatedAt = clock.GetUtcNow(),
            });
            await context.SaveChangesAsync(CancellationToken.None);
            return;
        }

        var same = context.Set<StoredState>()
            .Where(state => state.IntegrationId == integrationId && state.Key == key && state.Version == stored.Version);
        int changed;
        if (value is null)
        {
            changed = await same.ExecuteDeleteAsync(CancellationToken.None);
        }
        else
        {
            var ciphertext = Protect(key, value);
            var now = clock.GetUtcNow();
            changed = await same.ExecuteUpdateAsync(
                set => set
                    .SetProperty(state => state.Ciphertext, ciphertext)
                    .SetProperty(state => state.DescendsFrom, fingerprint)
                    .SetProperty(state => state.Version, stored.Version + 1)
                    .SetProperty(state => state.UpdatedAt, now),
                CancellationToken.None);
        }

        if (changed != 1) throw new DbUpdateConcurrencyException($"The state '{key}' was changed by another node while its lock was lost.");
    }

    private string? Open(StoredState? stored, string? fingerprint)
    {
        if (stored is null || !string.Equals(stored.DescendsFrom, fingerprint, StringComparison.Ordinal)) return null;
        try
        {
            return ring.Unprotect(stored.Ciphertext, Purpose, integrationId.ToString("D"), stored.Key);
        }
        catch (CryptographicException exception)
        {
            // Taking it for absent would have it overwritten, though the key may only be late.
            throw new IntegrationException(
                FailureKind.InvalidConfiguration,
                "What the host keeps beside this integration cannot be decrypted. Give the integration's credentials again, or have the "
                + "operator restore the master key.",
                exception)
            { Effect = Effect.None };
        }
    }

    private string? Fingerprint(SecretString? secret) => secret is null ? null : secrets.Fingerprint(tenantId, secret.Reveal());

    private string Protect(string key, string value) => ring.Protect(value, Purpose, integrationId.ToString("D"), key);

    private static void CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > LongestKey) throw new ArgumentException($"A key of the state has at most {LongestKey} characters.", nameof(key));
    }
}
