using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Data.Retention;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.SignIn.Sso.Sessions;

/// <summary>Logins that have ended or expired.</summary>
internal sealed class OldSsoSessions : AgingRecords
{
    public override string Name => "SsoSessions";

    public override int DefaultDays => 30;

    public override IQueryable<Guid> Ids(HostDbContext database, Guid after, Guid before, DateTimeOffset until) => Over(database, until)
        .Where(session => session.Id.CompareTo(after) > 0 && session.Id.CompareTo(before) < 0).Select(session => session.Id);

    public override Task<int> DeleteAsync(
        HostDbContext database, IReadOnlyList<Guid> ids, DateTimeOffset until, CancellationToken cancellationToken) =>
        Over(database, until).Where(session => ids.Contains(session.Id)).ExecuteDeleteAsync(cancellationToken);

    private static IQueryable<SsoSession> Over(HostDbContext database, DateTimeOffset until) =>
        database.Set<SsoSession>().Where(session => session.ExpiresAt < until || session.EndedAt < until);
}

/// <summary><c>sso_sessions</c>.</summary>
internal sealed class SsoSessionTable(KeyRing ring) : CiphertextTable<SsoSession>
{
    protected override string Name => "sso_sessions";

    protected override IQueryable<SsoSession> After(IQueryable<SsoSession> rows, SsoSession? last) =>
        (last is null ? rows : rows.Where(row => row.Id.CompareTo(last.Id) > 0)).OrderBy(row => row.Id);

    protected override IQueryable<SsoSession> Same(IQueryable<SsoSession> rows, SsoSession row) => rows.Where(other => other.Id == row.Id);

    protected override string Describe(SsoSession row) => row.Id.ToString("D");

    protected override string? Renew(SsoSession row, ICollection<string> undecryptable)
    {
        try
        {
            return ring.Renew(row.LogoutState, SsoSessions.Purpose, row.IntegrationId.ToString("D"), row.Id.ToString("D"));
        }
        catch (CryptographicException)
        {
            undecryptable.Add("the logout state");
            return null;
        }
    }

    protected override Task<int> WriteAsync(IQueryable<SsoSession> same, SsoSession read, string renewed, CancellationToken cancellationToken) =>
        same.Where(row => row.LogoutState == read.LogoutState)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LogoutState, renewed), cancellationToken);
}
