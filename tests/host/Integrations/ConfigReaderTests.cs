using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Integrations;

public sealed class ConfigReaderTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private readonly Guid tenant = Guid.NewGuid();
    private Rooms rooms = null!; // opened before each test

    private ConfigReader Reader => rooms.Get<ConfigReader>();

    public async ValueTask InitializeAsync() => rooms = await Rooms.OpenAsync(database);

    public ValueTask DisposeAsync() => rooms.DisposeAsync();

    [Fact]
    public void Read_StoredRow_DecryptsAndBinds()
    {
        var row = WithSecret("address", "token", shared: """["send_email"]""");

        var integration = Read(row);

        Assert.Equal("s3cret", ((TestConfig)integration.Config).Token?.Reveal());
        Assert.Equal(["send_email"], integration.SharedActions);
        Assert.Equal(
            (row.Id, row.TenantId, row.Name, row.Revision),
            (integration.Id, integration.TenantId, integration.Name, integration.Revision));
    }

    [Fact]
    public void Read_SameStoredConfig_HasTheSameHash()
    {
        var row = rooms.Row(tenant, "One");

        var hash = Read(row).ConfigHash;
        row.Name = "Renamed";
        Assert.Equal(hash, Read(row).ConfigHash);
        row.Config = """{"address": "there"}""";
        Assert.NotEqual(hash, Read(row).ConfigHash);
    }

    [Fact]
    public void Read_SecretOfAnotherRow_IsUndecryptable()
    {
        var row = WithSecret("address", "token");
        var copy = rooms.Row(tenant, "Copy", other => other.Config = row.Config);

        Assert.Equal(Unusable.SecretUndecryptable, Reader.Read(copy).Reason);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"address\": 5}")]
    [InlineData("{\"address\": \"here\", \"more\": true}")]
    public void Read_ConfigThatDoesNotBind_IsInvalid(string config)
    {
        var result = Reader.Read(rooms.Row(tenant, "Wrong", row => row.Config = config));

        Assert.Equal(Unusable.InvalidConfig, result.Reason);
        Assert.EndsWith("Correct it in /integrations page.", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ProviderNotInTheCatalog_IsNotLoaded() =>
        Assert.Equal(Unusable.PluginNotLoaded, Reader.Read(rooms.Row(tenant, "Fax", type: "fax")).Reason);

    [Fact]
    public void Read_OlderConfig_IsMigratedWithItsSecretMoved()
    {
        JsonObject? shown = null;
        rooms.Catalog.Load("smtp", "SMTP", configVersion: 3, migrate: (from, config) =>
        {
            Assert.Equal(1, from);
            shown = (JsonObject)config.DeepClone();
            var password = config["password"];
            config.Remove("password");
            return new JsonObject { ["address"] = config["host"]?.DeepClone(), ["token"] = password };
        });
        var row = WithSecret("host", "password");

        var config = (TestConfig)Read(row).Config;

        Assert.Equal(("here", "s3cret"), (config.Address, config.Token?.Reveal()));
        Assert.DoesNotContain("s3cret", shown?.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("fingerprint", shown?.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MigrationFails_NeedsMigration()
    {
        rooms.Catalog.Load("smtp", "SMTP", configVersion: 2);

        Assert.Equal(Unusable.NeedsMigration, Reader.Read(rooms.Row(tenant, "Old")).Reason);
    }

    [Fact]
    public void Read_MigrationMakesUpASecret_NeedsMigration()
    {
        rooms.Catalog.Load("smtp", "SMTP", configVersion: 2, migrate: (_, _) =>
            new JsonObject { ["address"] = "here", ["token"] = new JsonObject { ["$secret"] = "made up" } });

        Assert.Equal(Unusable.NeedsMigration, Reader.Read(rooms.Row(tenant, "Old")).Reason);
    }

    [Fact]
    public void Read_ConfigOfANewerProvider_NeedsMigration() =>
        Assert.Equal(Unusable.NeedsMigration, Reader.Read(rooms.Row(tenant, "New", row => row.ConfigVersion = 2)).Reason);

    private BoundIntegration Read(Integration row)
    {
        var result = Reader.Read(row);
        Assert.Null(result.Message);
        return Assert.IsType<BoundIntegration>(result.Integration);
    }

    private Integration WithSecret(string addressName, string secretName, string? shared = null) => rooms.Row(tenant, "Secretive", row =>
    {
        row.SharedActions = shared;
        row.Config = new JsonObject
        {
            [addressName] = "here",
            [secretName] = rooms.Get<SecretProtector>().Protect(row.Id, tenant, secretName, "s3cret"),
        }.ToJsonString();
    });
}
