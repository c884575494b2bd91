using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>A store on one of the two databases and a tenant who uses it.</summary>
public abstract class IntegrationStoreTests : IAsyncLifetime
{
    protected IntegrationStoreTests(TestDatabase database)
    {
        Database = database;
        database.SkipUnlessAvailable();
    }

    protected TestDatabase Database { get; }

    protected Guid TenantId { get; } = Guid.NewGuid();

    private protected StoreHost Host { get; private set; } = null!; // made before each test

    private protected IntegrationStore Store => Host.Store;

    private protected Caller Me => Tenant(TenantId);

    public async ValueTask InitializeAsync() => Host = await StartAsync(Database);

    public async ValueTask DisposeAsync()
    {
        await using (var context = Database.CreateContext()) await context.Set<Integration>().ExecuteDeleteAsync();
        await Host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static async Task<ProblemCode?> TryAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            return null;
        }
        catch (ProblemException problem)
        {
            return problem.Code;
        }
    }

    private protected Task<Integration> CreateAsync(string config, string name = "Relay") => Store.CreateAsync(Draft(config, name), Me, default);

    private protected Task<Integration> CreateDraftAsync(string config) =>
        Store.CreateAsync(Draft(config, "draft") with { IsActive = false }, Me, default);

    private protected async Task<int> CountAsync(IntegrationQuery query) => (await Store.ListAsync(query, Me, default)).Items.Count;

    private protected async Task<string?> PasswordAsync(Guid id) =>
        (string?)Host.Get<ConfigSecrets>().Reveal(id, Json((await Store.GetAsync(id, Me, default)).Config))["password"];

    private protected async Task<IReadOnlyList<AuditEvent>> AuditAsync(Guid id)
    {
        await using var context = Database.CreateContext();
        var subject = id.ToString("D");
        return await context.Set<AuditEvent>().Where(e => e.Subject == subject)
            .OrderBy(e => e.FromRevision ?? 0).ThenBy(e => e.ToRevision).ToListAsync();
    }
}
