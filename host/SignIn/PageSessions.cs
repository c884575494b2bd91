using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>Opens and ends sessions of the page. Nothing of them is remembered in memory: what is ended on one node is ended on all.</summary>
internal sealed class PageSessions(IDbContextFactory<HostDbContext> databases, ApiKeys keys, PageSignIn signIn, TimeProvider clock)
{
    /// <summary>A session that is not used this long has ended.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromHours(1);

    /// <summary>One that is used ends after this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private const string IdClaim = "session_id";

    // Each use would be a write otherwise.
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    /// <param name="key">What it stands for: revoking it ends the session.</param>
    /// <param name="means">How somebody got in: <c>link</c> or <c>api_key</c>.</param>
    /// <param name="from">From where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ClaimsPrincipal> StartAsync(ApiKey key, string means, IPAddress? from, CancellationToken cancellationToken) => StartAsync(
        CallerClaims.From(key, SignInRoom.Session, "session"), key.TenantId, key.Id, null, means, from, cancellationToken);

    /// <param name="admin">Who signed in at the identity provider.</param>
    /// <param name="ssoSessionId">That login: ending it ends the session.</param>
    /// <param name="from">From where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ClaimsPrincipal> StartAsync(PageAdmin admin, Guid ssoSessionId, IPAddress? from, CancellationToken cancellationToken) => StartAsync(
        CallerClaims.FromSignIn(admin.Subject, admin.TenantId, SignInRoom.Session), admin.TenantId, null, ssoSessionId, "sso", from, cancellationToken);

    /// <summary>Whether the session of this principal goes on: not ended, used within its time, and its key is still good. Asking is using
    /// it.</summary>
    public async Task<bool> IsOpenAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken)
    {
        if (IdOf(principal) is not { } id) return false;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var session = await database.Set<PageSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken);
        if (session is null || session.ExpiresAt <= now || !await IsGoodAsync(session, cancellationToken)) return false;
        var end = Earlier(now + IdleLimit, session.CreatedAt + Longest);
        if (end - session.ExpiresAt >= Step)
        {
            await database.Set<PageSession>().Where(s => s.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.ExpiresAt, end), cancellationToken);
        }

        return true;
    }

    /// <returns>The session that has ended; <c>null</c>: there was none.</returns>
    public async Task<PageSession?> EndAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken)
    {
        if (principal is null || IdOf(principal) is not { } id) return null;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Set<PageSession>().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is not { } session) return null;
        database.Remove(session);
        database.Add(Audit("session.ended", session, principal));
        await database.SaveChangesAsync(cancellationToken);
        return session;
    }

    private async Task<ClaimsPrincipal> StartAsync(
        ClaimsPrincipal principal, Guid? tenantId, Guid? keyId, Guid? ssoSessionId, string means, IPAddress? from, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var session = new PageSession
        {
            Id = Guid.CreateVersion7(now), KeyId = keyId, SsoSessionId = ssoSessionId, TenantId = tenantId, CreatedAt = now,
            ExpiresAt = now + IdleLimit,
        };
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Set<PageSession>().Where(s => s.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        database.Add(session);
        database.Add(Audit("session.started", session, principal, JsonSerializer.Serialize(new { means, address = from?.ToString() })));
        await database.SaveChangesAsync(cancellationToken);
        principal.Identities.Single().AddClaim(new Claim(IdClaim, session.Id.ToString()));
        return principal;
    }

    private async Task<bool> IsGoodAsync(PageSession session, CancellationToken cancellationToken) => session switch
    {
        { KeyId: { } key } => await keys.FindAsync(key, cancellationToken) is not null,
        { SsoSessionId: { } login } => await signIn.IsGoodAsync(login, cancellationToken),
        _ => false,
    };

    private static Guid? IdOf(ClaimsPrincipal? principal) => Guid.TryParse(principal?.FindFirstValue(IdClaim), out var id) ? id : null;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private AuditEvent Audit(string action, PageSession session, ClaimsPrincipal principal, string? details = null) => new()
    {
        Id = Guid.CreateVersion7(),
        At = clock.GetUtcNow(),
        TenantId = session.TenantId,
        Actor = principal.Identity?.Name ?? throw new InvalidOperationException("A principal without a name."),
        Action = action,
        Subject = (session.KeyId ?? session.SsoSessionId).ToString() ?? "",
        Details = details,
    };
}
