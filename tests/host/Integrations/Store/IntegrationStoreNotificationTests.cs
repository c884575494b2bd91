using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>What other nodes hear of a write.</summary>
public sealed class IntegrationStoreNotificationTests : IClassFixture<PostgresDatabase>
{
    private readonly PostgresDatabase database;

    public IntegrationStoreNotificationTests(PostgresDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    [Fact]
    public async Task Write_Committed_NotifiesTheOtherNodes()
    {
        await using var host = await StartAsync(database);
        await using var listener = new Npgsql.NpgsqlConnection(database.Configuration["Database:ConnectionString"]);
        await listener.OpenAsync();
        var heard = new List<string>();
        listener.Notification += (_, notification) => heard.Add(notification.Payload);
        await using (var listen = new Npgsql.NpgsqlCommand($"LISTEN {IntegrationChange.Channel}", listener)) await listen.ExecuteNonQueryAsync();
        var tenant = Guid.NewGuid();

        await Assert.ThrowsAsync<ProblemException>(() => host.Store.CreateAsync(Draft("{}"), Tenant(tenant), default));
        var row = await host.Store.CreateAsync(Draft("""{"host":"a"}"""), Tenant(tenant), default);
        await using (var pulse = new Npgsql.NpgsqlCommand("SELECT 1", listener)) await pulse.ExecuteNonQueryAsync();

        var payload = Json(Assert.Single(heard));
        Assert.Equal((row.Id, tenant, "relay"), ((Guid)payload["id"]!, (Guid)payload["tenant_id"]!, (string)payload["type"]!));
    }
}
