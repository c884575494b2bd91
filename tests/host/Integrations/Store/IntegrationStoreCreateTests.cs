using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>What is taken as a new integration, and what is refused.</summary>
public abstract class IntegrationStoreCreateTests(TestDatabase database) : IntegrationStoreTests(database)
{
    [Fact]
    public async Task CreateAsync_Valid_IsActiveDefaultAndComplete()
    {
        var changes = new List<IntegrationChange>();
        Host.Get<IntegrationChanges>().Subscribe(changes.Add);

        var row = await CreateAsync("""{"host":"a","password":"hunter2"}""", "  Mail  ");

        Assert.Equal(("Mail", IntegrationStatus.Active, true, true, 1), (row.Name, row.Status, row.IsActive, row.IsDefault, row.Revision));
        Assert.Equal((TenantId, "key:tenant", Host.Time.GetUtcNow()), (row.TenantId, row.CreatedBy, row.CreatedAt));
        Assert.Equal([new IntegrationChange(row.Id, TenantId, "relay")], changes);
        var read = await Store.GetAsync(row.Id, Me, default);
        Assert.Equal(row.UpdatedAt, read.UpdatedAt);
        var audit = Assert.Single(await AuditAsync(row.Id));
        Assert.Equal(("integration.created", "key:tenant", null, 1), (audit.Action, audit.Actor, audit.FromRevision, audit.ToRevision));
        var revision = Assert.Single(await Store.ListRevisionsAsync(row.Id, null, 50, Me, default));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(read.Config), JsonNode.Parse(revision.Config)));
    }

    [Theory]
    [InlineData("""{}""", "host")]
    [InlineData("""{"host":"a","port":0}""", "port")]
    [InlineData("""{"host":"a","nonsense":1}""", "nonsense")]
    [InlineData("""{"host":"refused.example"}""", "host")]
    [InlineData("""{"host":"a","note":"\u0000"}""", "note")]
    [InlineData("""{"host":"a","headers":{"x":{"$secret":"y"}}}""", "headers.x.$secret")]
    [InlineData("""{"host":"a","password":{"$secret":"y"}}""", "password.$secret")]
    [InlineData("""{"host":"a","$secret":"y"}""", "$secret")]
    [InlineData("""{"host":"a","port":1e999}""", "port")]
    public async Task CreateAsync_InvalidConfig_IsRefusedWithThePath(string config, string path)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => CreateAsync(config));
        Assert.Equal(ProblemCode.InvalidConfig, refused.Code);
        Assert.Contains(path, refused.Errors.Select(error => error.Path));
        Assert.Empty((await Store.ListAsync(new IntegrationQuery(), Me, default)).Items);
    }

    [Theory]
    [InlineData("""{"note":"\ud800"}""")]
    [InlineData("""{"headers":{"\udc00":"x"}}""")]
    [InlineData("""{"headers":{"a":"x","a":"y"}}""")]
    [InlineData("""{"port":1e-20000}""")]
    public async Task CreateAsync_DraftThatNoDatabaseKeeps_IsRefused(string config)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => CreateDraftAsync(config));
        Assert.Equal(ProblemCode.InvalidConfig, refused.Code);
    }

    [Fact]
    public async Task CreateAsync_WarnedConfig_IsTaken() =>
        Assert.Equal(IntegrationStatus.Active, (await CreateAsync("""{"host":"warned.example"}""")).Status);

    [Fact]
    public async Task CreateAsync_HugeConfig_IsTooLarge()
    {
        var config = new JsonObject { ["host"] = "a", ["note"] = new string('x', 256 * 1024) };
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.CreateAsync(Draft("{}") with { Config = config }, Me, default));
        Assert.Equal(ProblemCode.TooLarge, refused.Code);
    }

    [Fact]
    public async Task CreateAsync_ProviderThrows_IsItsFailure()
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => CreateAsync("""{"host":"throwing.example"}"""));
        Assert.Equal((ProblemCode.ProviderFailed, FailureKind.Unexpected), (refused.Code, refused.FailureKind));
        Assert.DoesNotContain("a fault of the plugin", refused.Message);
    }

    [Fact]
    public async Task CreateAsync_UnknownType_NamesTheKnown()
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.CreateAsync(Draft("{}", type: "smpt"), Me, default));
        Assert.Equal((ProblemCode.InvalidRequest, "There is no provider 'smpt'. Known are: other, relay."), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task CreateAsync_FaultedProvider_SaysWhy()
    {
        Host.Catalog.Add("broken", state: PluginState.Faulted);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.CreateAsync(Draft("{}", type: "broken"), Me, default));
        Assert.Equal((ProblemCode.IntegrationUnusable, "plugin_not_loaded"), (refused.Code, refused.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("\ud800")]
    public async Task CreateAsync_BadName_IsRefused(string name)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => CreateAsync("""{"host":"a"}""", name));
        Assert.Equal(ProblemCode.InvalidRequest, refused.Code);
    }

    [Fact]
    public async Task CreateAsync_LongestName_Fits()
    {
        Assert.Equal(200, (await CreateAsync("""{"host":"a"}""", new string('ü', 200))).Name.Length);
        await Assert.ThrowsAsync<ProblemException>(() => CreateAsync("""{"host":"a"}""", new string('ü', 201)));
    }

    [Fact]
    public async Task CreateAsync_NameOfAnother_IsTaken()
    {
        await CreateAsync("""{"host":"a"}""", "same");
        var refused = await Assert.ThrowsAsync<ProblemException>(() => CreateAsync("""{"host":"a"}""", "same"));
        Assert.Equal(ProblemCode.NameTaken, refused.Code);

        // Names are a tenant's own.
        await Store.CreateAsync(Draft("""{"host":"a"}""", "same"), Tenant(Guid.NewGuid()), default);
        await Store.CreateAsync(Draft("""{"host":"a"}""", "same"), Platform(), default);
        refused = await Assert.ThrowsAsync<ProblemException>(() => Store.CreateAsync(Draft("""{"host":"a"}""", "same"), Platform(), default));
        Assert.Equal(ProblemCode.NameTaken, refused.Code);
    }

    [Theory]
    [InlineData("""{"hots":"a"}""", "hots")]
    [InlineData("""{"pasword":"hunter2"}""", "pasword")]
    [InlineData("""{"auth":{"secret":"hunter2"}}""", "auth.secret")]
    [InlineData("""{"auth":"hunter2"}""", "auth")]
    [InlineData("""{"labels":{"x":"hunter2"}}""", "labels.x")]
    public async Task CreateAsync_DraftWithTextInAnUnknownPlace_IsRefused(string config, string path)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => CreateDraftAsync(config));
        Assert.Equal((ProblemCode.InvalidConfig, path), (refused.Code, Assert.Single(refused.Errors).Path));
    }

    [Theory]
    [InlineData("""{"host":""}""")]
    [InlineData("""{"host":5,"unknown":7}""")]
    [InlineData("""{"labels":[1]}""")]
    [InlineData("""{"auth":{}}""")]
    public async Task CreateAsync_DraftThatIsWrongOtherwise_IsKept(string config)
    {
        var row = await CreateDraftAsync(config);
        Assert.True(JsonNode.DeepEquals(Json(config), JsonNode.Parse((await Store.GetAsync(row.Id, Me, default)).Config)));
    }
}

public sealed class IntegrationStoreCreateOnSqliteTests(SqliteDatabase database) : IntegrationStoreCreateTests(database), IClassFixture<SqliteDatabase>;

public sealed class IntegrationStoreCreateOnPostgresTests(PostgresDatabase database) : IntegrationStoreCreateTests(database), IClassFixture<PostgresDatabase>;
