using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>Finds the integration of an address. Its tenant and id settle which: nothing that a message says chooses another. The row is read
/// anew each time, so that what an admin turned off is off on every node.</summary>
internal sealed class SsoConnections(
    IDbContextFactory<HostDbContext> databases, IPluginCatalog catalog, BoundRows bound, PublicAddress address)
{
    public const string Type = "sso";

    private const int MostOfPlatform = 50;

    /// <summary>How an address names the platform's own.</summary>
    private const string Platform = "platform";

    /// <param name="tenant">As in the address: a tenant's id, or <c>platform</c>.</param>
    /// <param name="id">The integration's id, as in the address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><c>null</c>: there is none, it is another tenant's, is no <c>sso</c> one, is switched off or cannot be used.</returns>
    public async Task<SsoConnection?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        Guid? tenantId = null;
        if (tenant != Platform)
        {
            if (!Guid.TryParseExact(tenant, "D", out var parsed)) return null;
            tenantId = parsed;
        }

        return Guid.TryParseExact(id, "D", out var integrationId) && await FindAsync(integrationId, cancellationToken) is { } connection
            && connection.Integration.TenantId == tenantId
                ? connection
                : null;
    }

    /// <inheritdoc cref="FindAsync(string, string, CancellationToken)"/>
    public async Task<SsoConnection?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await Usable(database).SingleOrDefaultAsync(i => i.Id == id, cancellationToken);
        return row is null ? null : Open(row);
    }

    /// <summary>The platform-wide ones.</summary>
    public async Task<IReadOnlyList<SsoConnection>> ListPlatformAsync(CancellationToken cancellationToken)
    {
        if (!IsLoaded) return [];
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await Usable(database).Where(i => i.TenantId == null).OrderBy(i => i.Id).Take(MostOfPlatform).ToListAsync(cancellationToken);
        return [.. rows.Select(Open).OfType<SsoConnection>()];
    }

    /// <summary>Path of its addresses, whether it can be used yet or not.</summary>
    public string PathOf(Guid? tenantId, Guid id) => At(tenantId, id, "").AbsolutePath.TrimEnd('/');

    /// <summary>What the identity provider is told, whether it can be used yet or not.</summary>
    public SsoAddresses AddressesOf(Guid? tenantId, Guid id) => new(
        At(tenantId, id, "metadata").AbsoluteUri, At(tenantId, id, "acs").AbsoluteUri, At(tenantId, id, "callback").AbsoluteUri, At(tenantId, id, "slo").AbsoluteUri,
        At(tenantId, id, "backchannel").AbsoluteUri);

    private Uri At(Guid? tenantId, Guid id, string name) => new(address.Base, $"sso/{tenantId?.ToString("D") ?? Platform}/{id:D}/{name}");

    private bool IsLoaded => catalog.Find(Type) is { State: PluginState.Active };

    private static IQueryable<Integration> Usable(HostDbContext database) => database.Set<Integration>().AsNoTracking()
        .Where(i => i.IntegrationType == Type && i.IsActive && i.Status == IntegrationStatus.Active);

    private SsoConnection? Open(Integration row)
    {
        if (!IsLoaded || bound.Read(row).Integration is not { } integration) return null;
        var config = JsonNode.Parse(row.Config)?.AsObject() ?? [];
        return new SsoConnection
        {
            Integration = integration,
            Path = PathOf(row.TenantId, row.Id),
            Addresses = AddressesOf(row.TenantId, row.Id),
            ReturnUrls = SsoConnection.Texts(config, "return_urls"),
            EmailDomains = SsoConnection.Texts(config, "email_domains"),
            IsForPage = row.TenantId is null && SsoConnection.Flag(config, "page_sign_in"),
        };
    }
}
