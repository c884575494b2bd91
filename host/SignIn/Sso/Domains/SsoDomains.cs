using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.SignIn.Sso.Domains;

/// <summary>Which integration the people of an e-mail domain sign in through. What a platform admin lists counts at once; a tenant could list
/// anybody's domain, and has to show that it is its own.</summary>
internal sealed class SsoDomains(
    IDbContextFactory<HostDbContext> databases, SsoConnections connections, IntegrationResolver resolver, DomainFile file, SecretAnchors anchors,
    TimeProvider clock)
{
    private const string Member = "email_domains";

    /// <summary>The integration of an address's domain. The same for a domain that nobody has, that is not verified, or is another tenant's.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: it is no e-mail address.</exception>
    public async Task<SsoConnection?> FindAsync(string email, Caller caller, CancellationToken cancellationToken)
    {
        var domain = EmailDomain.Of(email) ?? throw Invalid("email", "This is no e-mail address.");
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var verified = await database.Set<SsoDomain>().AsNoTracking().SingleOrDefaultAsync(d => d.Domain == domain, cancellationToken);
        if (verified is not null && (verified.TenantId == caller.TenantId || caller is { IsPlatform: true, TenantId: null })
            && await connections.FindAsync(verified.IntegrationId, cancellationToken) is { } own && Lists(own.EmailDomains, domain))
        {
            return own;
        }

        return (await connections.ListPlatformAsync(cancellationToken)).FirstOrDefault(connection => Lists(connection.EmailDomains, domain));
    }

    /// <summary>Looks whether a domain shows that it is the caller's, and remembers it when it does.</summary>
    /// <exception cref="ProblemException">As of the resolver; <see cref="ProblemCode.InvalidRequest"/>: the integration does not list the domain;
    /// <see cref="ProblemCode.NameTaken"/>: another tenant has shown it before.</exception>
    public async Task<DomainVerification> VerifyAsync(string integration, string text, Caller caller, CancellationToken cancellationToken)
    {
        var domain = EmailDomain.Read(text) ?? throw Invalid("domain", "This is no domain.");
        var found = (await resolver.ResolveAsync(SsoConnections.Type, caller.TenantId, integration, cancellationToken)).Integration;
        if (found.TenantId != caller.TenantId || await connections.FindAsync(found.Id, cancellationToken) is not { } connection)
            throw IntegrationStore.NotFound();
        if (!Lists(connection.EmailDomains, domain))
            throw Invalid("domain", "The integration does not list this domain. Add it to its e-mail domains first.");
        var line = $"vaka-sso-verification={Token(connection.Id, domain)}";
        var url = DomainFile.AddressOf(domain).AbsoluteUri;
        if (connection.Integration.TenantId is not { } tenant)
            return new DomainVerification(true, line, url, "Domains of a platform-wide integration count at once.");
        if (await file.FindMissingAsync(domain, line, cancellationToken) is { } missing)
            return new DomainVerification(false, line, url, $"{missing} Put the token there, alone on a line, and try again.");
        await KeepAsync(domain, connection.Id, tenant, caller, cancellationToken);
        return new DomainVerification(true, line, url, "The domain is verified. The file may be removed.");
    }

    /// <summary>Removes the domains that an integration was verified for and lists no more.</summary>
    public async Task ForgetUnlistedAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var verified in await database.Set<SsoDomain>().AsNoTracking().Where(d => d.IntegrationId == integrationId).ToListAsync(cancellationToken))
        {
            if (await IsListedAsync(database, verified, cancellationToken)) continue;
            await database.Set<SsoDomain>().Where(d => d.Domain == verified.Domain && d.IntegrationId == integrationId).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private async Task KeepAsync(string domain, Guid integrationId, Guid tenantId, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var earlier = await database.Set<SsoDomain>().SingleOrDefaultAsync(d => d.Domain == domain, cancellationToken);
        if (earlier is not null && earlier.IntegrationId == integrationId) return;
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (earlier is not null)
        {
            if (earlier.TenantId != tenantId && await IsListedAsync(database, earlier, cancellationToken)) throw Taken(null);
            await database.Set<SsoDomain>().Where(d => d.Domain == domain && d.IntegrationId == earlier.IntegrationId).ExecuteDeleteAsync(cancellationToken);
            database.ChangeTracker.Clear();
        }

        var now = clock.GetUtcNow();
        database.Add(new SsoDomain { Domain = domain, IntegrationId = integrationId, TenantId = tenantId, VerifiedAt = now });
        database.Add(new AuditEvent
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            TenantId = tenantId,
            Actor = caller.Name,
            Action = "sso_domain.verified",
            Subject = integrationId.ToString("D"),
            Details = JsonSerializer.Serialize(new { domain }),
        });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (DbUpdateException exception) when (UniqueViolation.Find(exception, database) is not null)
        {
            throw Taken(exception);
        }
    }

    private static async Task<bool> IsListedAsync(HostDbContext database, SsoDomain earlier, CancellationToken cancellationToken)
    {
        var config = await database.Set<Integration>().AsNoTracking().Where(i => i.Id == earlier.IntegrationId).Select(i => i.Config)
            .SingleOrDefaultAsync(cancellationToken);
        return config is not null && Read(config) is { } known && Lists(SsoConnection.Texts(known, Member), earlier.Domain);
    }

    // Somebody may have edited it by hand.
    private static JsonObject? Read(string config)
    {
        try
        {
            return JsonNode.Parse(config) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Lists(IEnumerable<string> domains, string domain) => domains.Any(listed => EmailDomain.Read(listed) == domain);

    // Of one integration and one domain: another's file says nothing for this one.
    private string Token(Guid integrationId, string domain)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, anchors.Current.Bytes, 32, info: "sso domain verification"u8.ToArray());
        return Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{integrationId:D}\n{domain}")));
    }

    private static ProblemException Taken(Exception? inner) => new(
        ProblemCode.NameTaken, "Another tenant has shown before that this domain is its own, and still lists it.", inner);

    private static ProblemException Invalid(string path, string message) =>
        new(ProblemCode.InvalidRequest, message) { Errors = [new ConfigError(path, message)] };
}

/// <summary>What became of a look at a domain.</summary>
/// <param name="Verified">Whether it counts.</param>
/// <param name="Token">The line that the file has to hold.</param>
/// <param name="Url">Where the file has to be.</param>
/// <param name="Message">What was found and what to do.</param>
internal sealed record DomainVerification(bool Verified, string Token, string Url, string Message);
