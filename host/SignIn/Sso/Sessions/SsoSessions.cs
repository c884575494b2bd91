using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.SignIn.Sso.Sessions;

/// <summary>The logins that were made, so that signing out on either side can end them.</summary>
internal sealed class SsoSessions(IDbContextFactory<HostDbContext> databases, KeyRing ring, TimeProvider clock)
{
    public const string Purpose = "sso-session";

    /// <summary>How long a session is known when the identity provider does not say when it ends.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public async Task<SsoSession> StartAsync(
        SsoConnection connection, Guid? tenantId, CompleteLoginOutput login, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var session = new SsoSession
        {
            Id = id,
            IntegrationId = connection.Id,
            TenantId = tenantId,
            Issuer = login.Issuer,
            SubjectHash = Hash(connection.Id, login.Subject),
            IndexHash = login.Session.Index is { } index ? Hash(connection.Id, index) : null,
            LogoutState = ring.Protect(login.LogoutState, Purpose, connection.Id.ToString("D"), id.ToString("D")),
            CreatedAt = now,
            ExpiresAt = login.Session.ExpiresAt is { } end && end < now + Longest ? end.ToUniversalTime() : now + Longest,
        };
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(session);
        await database.SaveChangesAsync(cancellationToken);
        return session;
    }

    /// <summary>One that the caller's scope began.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>.</exception>
    public async Task<SsoSession> GetAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<SsoSession>().AsNoTracking()
            .SingleOrDefaultAsync(s => s.Id == id && s.TenantId == caller.TenantId, cancellationToken)
            ?? throw new ProblemException(ProblemCode.NotFound, "There is no such session.");
    }

    public async Task<SsoSession?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<SsoSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken);
    }

    public bool IsActive(SsoSession session) => session.IsActive(clock.GetUtcNow());

    /// <exception cref="CryptographicException">It cannot be decrypted any more.</exception>
    public string RevealLogoutState(SsoSession session) =>
        ring.Unprotect(session.LogoutState, Purpose, session.IntegrationId.ToString("D"), session.Id.ToString("D"));

    /// <summary>Ends one, unless it has ended already.</summary>
    public async Task EndAsync(Guid id, SsoSessionEnd by, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await EndAsync(database.Set<SsoSession>().Where(s => s.Id == id), by, cancellationToken);
    }

    /// <summary>Ends those that an identity provider named. An order that names neither a person nor a session ends nothing.</summary>
    /// <returns>How many.</returns>
    public async Task<int> EndAsync(SsoConnection connection, EndedSessions ended, CancellationToken cancellationToken)
    {
        if (ended.Subject is null && ended.Indexes.Count == 0) return 0;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var sessions = database.Set<SsoSession>().Where(s => s.IntegrationId == connection.Id && s.Issuer == ended.Issuer);
        if (ended.Subject is { } subject)
        {
            var hash = Hash(connection.Id, subject);
            sessions = sessions.Where(s => s.SubjectHash == hash);
        }

        if (ended.Indexes.Count > 0)
        {
            var hashes = ended.Indexes.Select(index => Hash(connection.Id, index)).ToList();
            sessions = sessions.Where(s => s.IndexHash != null && hashes.Contains(s.IndexHash));
        }

        return await EndAsync(sessions, SsoSessionEnd.IdentityProvider, cancellationToken);
    }

    private Task<int> EndAsync(IQueryable<SsoSession> sessions, SsoSessionEnd by, CancellationToken cancellationToken)
    {
        DateTimeOffset? now = clock.GetUtcNow();
        return sessions.Where(s => s.EndedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.EndedAt, now).SetProperty(s => s.EndedBy, by), cancellationToken);
    }

    private static string Hash(Guid integrationId, string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{integrationId:D}\n{text}")));
}
