using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;
using Vaka.Plugins.Host.Tests.Network;

namespace Vaka.Plugins.Host.Tests.Integrations.Destinations;

/// <summary>A stored integration, from its row to the wire.</summary>
public abstract class HeldIntegrationTests(TestDatabase database) : IAsyncLifetime
{
    private readonly Guid tenant = Guid.NewGuid();
    private Rooms rooms = null!; // opened before each test

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        rooms = await Rooms.OpenAsync(database, services => services.Configure<NetworkOptions>(options => options.AllowLoopback = true));
        rooms.Catalog.Load("smtp", "SMTP", reach: [Destination.OfUrl("address")]);
    }

    public ValueTask DisposeAsync() => rooms.DisposeAsync();

    [Fact]
    public async Task Call_GoesWhereItsOwnConfigPointsAndNowhereElse()
    {
        await using var mine = Server();
        await using var other = Server();
        await rooms.AddAsync(tenant, "Mine", row => row.Config = Config(mine));
        await rooms.AddAsync(tenant, "Other", row => row.Config = Config(other));

        Assert.Equal("ok", await CallAsync("Mine", mine));
        var failure = await Outbound.IsRefusedAsync(() => CallAsync("Mine", other));

        Assert.Equal(0, other.Connections);
        Assert.Equal(
            $"Provider smtp does not declare that it talks to 127.0.0.1:{other.Port}, so the connection was not made. Check the addresses in the config; "
            + "if they are right, the provider's author has to add this one to its reach.",
            failure.Message);
        Assert.Equal("ok", await CallAsync("Other", other));
    }

    [Fact]
    public async Task Edit_MovesTheReach()
    {
        await using var before = Server();
        await using var after = Server();
        var row = await rooms.AddAsync(tenant, "Mine", row => row.Config = Config(before));
        Assert.Equal("ok", await CallAsync("Mine", before));

        await rooms.EditAsync(row, stored => stored.Config = Config(after));
        rooms.Publish(row);

        Assert.Equal("ok", await CallAsync("Mine", after));
        await Outbound.IsRefusedAsync(() => CallAsync("Mine", before));
    }

    [Fact]
    public async Task Call_NothingDeclared_GoesAnywhere()
    {
        await using var server = Server();
        rooms.Catalog.Load("smtp", "SMTP");
        await rooms.AddAsync(tenant, "Mine");

        Assert.Equal("ok", await CallAsync("Mine", server));
    }

    private static LoopbackServer Server() => LoopbackServer.Http("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");

    private static string Config(LoopbackServer server) => $$"""{"address": "http://127.0.0.1:{{server.Port}}/"}""";

    private async Task<string> CallAsync(string name, LoopbackServer server)
    {
        var resolved = await rooms.Resolver.ResolveAsync("smtp", tenant, name, Token);
        await using var lease = rooms.Get<ContextFactory>().Create(resolved.Integration, new ContextRequest { DeduplicationKey = "key" });
        return await lease.Context.Http.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/"), Token);
    }
}

public sealed class HeldIntegrationOnSqliteTests(SqliteDatabase database) : HeldIntegrationTests(database), IClassFixture<SqliteDatabase>;

public sealed class HeldIntegrationOnPostgresTests(PostgresDatabase database) : HeldIntegrationTests(database), IClassFixture<PostgresDatabase>;
