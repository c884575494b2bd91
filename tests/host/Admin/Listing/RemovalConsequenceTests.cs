using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Admin.Listing;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Admin.Listing;

public abstract class RemovalConsequenceTests : IAsyncLifetime
{
    private const string NothingServes = "Nothing serves in its place: callers are told “SMTP integration not configured.";

    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.NewGuid();
    private Rooms rooms = null!; // opened before each test

    protected RemovalConsequenceTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    public async ValueTask InitializeAsync() => rooms = await Rooms.OpenAsync(database);

    public async ValueTask DisposeAsync()
    {
        await rooms.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task DescribeAsync_PlatformRow_CountsTheTenantsThatFallBackToIt()
    {
        var row = await rooms.AddAsync(null, "Platform mail", other => other.IsDefault = true);
        foreach (var name in new[] { "a", "b" })
        {
            var other = Guid.NewGuid();
            await rooms.AddAsync(other, $"{name} hook", type: "webhook");
            await rooms.AddAsync(other, $"{name} second hook", type: "webhook");
        }

        await rooms.AddAsync(Guid.NewGuid(), "switched off", other => (other.IsActive, other.Status) = (false, IntegrationStatus.Inactive));
        await rooms.AddAsync(Guid.NewGuid(), "broken, lets pass", other => (other.Status, other.Fallback) = (IntegrationStatus.Error, Fallback.WhenUnusable));
        Assert.Equal((4, true), await Tenants.CountAsync("smtp", CancellationToken.None));

        await rooms.AddAsync(Guid.NewGuid(), "own");
        await rooms.AddAsync(Guid.NewGuid(), "broken", other => other.Status = IntegrationStatus.Error);
        await rooms.AddAsync(Guid.NewGuid(), "never", other => (other.IsActive, other.Status, other.Fallback) = (false, IntegrationStatus.Inactive, Fallback.Never));
        Assert.Equal((4, true), await Tenants.CountAsync("smtp", CancellationToken.None));

        var text = await DescribeAsync(row, null);
        Assert.StartsWith("4 tenants fall back to it", text);
        Assert.Contains(NothingServes, text);

        await rooms.AddAsync(null, "Spare mail");
        Assert.Contains("“Spare mail” serves in its place", await DescribeAsync(row, null));
    }

    [Fact]
    public async Task DescribeAsync_MoreTenantsThanAreCounted_SaysMoreThan()
    {
        var row = await rooms.AddAsync(null, "Platform mail", other => other.IsDefault = true);
        await using (var context = rooms.Contexts.CreateDbContext())
        {
            context.AddRange(Enumerable.Range(0, DependentTenants.Limit + 2).Select(_ => rooms.Row(Guid.NewGuid(), "hook", type: "webhook")));
            await context.SaveChangesAsync();
        }

        Assert.Equal((DependentTenants.Limit + 1, true), await Tenants.CountAsync("smtp", CancellationToken.None));
        Assert.StartsWith("More than 1,000 tenants fall back to it", await DescribeAsync(row, null));
    }

    [Fact]
    public async Task DescribeAsync_TenantsLastRow_SaysWhetherThePlatformServes()
    {
        var row = await rooms.AddAsync(tenant, "Own mail", own => own.IsDefault = true);
        Assert.StartsWith(NothingServes, await DescribeAsync(row, tenant));

        await rooms.AddAsync(null, "Platform mail");
        Assert.StartsWith("SMTP of this tenant goes through the platform-wide “Platform mail” from then on.", await DescribeAsync(row, tenant));

        // What is switched off still forbids; what is gone does not.
        await rooms.EditAsync(row, own => own.Fallback = Fallback.Never);
        Assert.StartsWith(NothingServes, await DescribeAsync(row, tenant, isDeleted: false));
        Assert.StartsWith("SMTP of this tenant goes through", await DescribeAsync(row, tenant));
    }

    [Fact]
    public async Task DescribeAsync_AnotherServes_SaysWhichCallersAreAffected()
    {
        await rooms.AddAsync(tenant, "First", own => own.IsDefault = true);
        var second = await rooms.AddAsync(tenant, "Second");
        Assert.StartsWith("Only callers that name it are affected: “First” serves all others.", await DescribeAsync(second, tenant));

        var off = await rooms.AddAsync(tenant, "Off", own => (own.IsActive, own.Status) = (false, IntegrationStatus.Inactive));
        Assert.StartsWith("It is not in use", await DescribeAsync(off, tenant));
    }

    [Fact]
    public async Task CountAsync_MoreTenantsThanAreLookedAt_SaysThatItIsNotAll()
    {
        for (var i = 0; i < 3; i++) await rooms.AddAsync(Guid.NewGuid(), "hook", type: "webhook");
        Assert.Equal((2, false), await new DependentTenants(rooms.Contexts) { Visited = 2 }.CountAsync("smtp", CancellationToken.None));
        Assert.Equal((3, true), await new DependentTenants(rooms.Contexts) { Visited = 3 }.CountAsync("smtp", CancellationToken.None));
    }

    private DependentTenants Tenants => new(rooms.Contexts);

    private Task<string> DescribeAsync(Integration row, Guid? tenantId, bool isDeleted = true)
    {
        var consequence = new RemovalConsequence(rooms.Get<IntegrationStore>(), rooms.Resolver, Tenants, rooms.Get<IPluginCatalog>());
        var caller = new Caller { Name = "key:test", Role = CallerRole.Admin, HomeTenantId = tenantId, TenantId = tenantId };
        return consequence.DescribeAsync(ShownRow.From(row, null), isDeleted, caller, CancellationToken.None);
    }
}

public sealed class RemovalConsequenceOnSqliteTests(SqliteDatabase database) : RemovalConsequenceTests(database), IClassFixture<SqliteDatabase>;

public sealed class RemovalConsequenceOnPostgresTests(PostgresDatabase database) : RemovalConsequenceTests(database), IClassFixture<PostgresDatabase>;
