using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Reads the anchor, and makes it when the database is new.</summary>
internal sealed class SecretAnchors(IDbContextFactory<HostDbContext> contexts, KeyRing ring, TimeProvider time)
{
    public const string Purpose = "secret-anchor";
    private const int Length = 32;

    private (int Id, byte[] Bytes)? current;

    /// <summary>The number of the anchor in use, and its bytes: what fingerprints derive from.</summary>
    public (int Id, byte[] Bytes) Current =>
        current ?? throw new InvalidOperationException("The secrets are not prepared yet: run SecretsStart first.");

    /// <exception cref="CryptographicException">It is there and cannot be read.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var anchor = await FindAsync(cancellationToken) ?? await CreateAsync(cancellationToken);
        current = (anchor.Id, Convert.FromBase64String(ring.Unprotect(anchor.Ciphertext, Purpose)));
    }

    public async Task<bool> ExistsAsync(CancellationToken cancellationToken) => await FindAsync(cancellationToken) is not null;

    private async Task<SecretAnchor?> FindAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<SecretAnchor>().AsNoTracking().OrderByDescending(anchor => anchor.Id).FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<SecretAnchor> CreateAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var anchor = new SecretAnchor
        {
            Id = 1,
            Ciphertext = ring.Protect(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length)), Purpose),
            CreatedAt = time.GetUtcNow(),
        };
        context.Add(anchor);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return anchor;
        }
        catch (DbUpdateException exception) when (UniqueViolation.Find(exception, context) is not null)
        {
            return await FindAsync(cancellationToken) ?? throw new InvalidOperationException("The anchor was there and is gone.", exception);
        }
    }
}
