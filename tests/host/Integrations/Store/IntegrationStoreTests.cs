using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

public abstract class IntegrationStoreTests : IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.NewGuid();
    private StoreHost host = null!; // made before each test

    protected IntegrationStoreTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private IntegrationStore Store => host.Store;

    private Caller Me => Tenant(tenant);

    public async ValueTask InitializeAsync() => host = await StartAsync(database);

    public async ValueTask DisposeAsync()
    {
        await using (var context = database.CreateContext()) await context.Set<Integration>().ExecuteDeleteAsync();
        await host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task CreateAsync_Valid_IsActiveDefaultAndComplete()
    {
        var changes = new List<IntegrationChange>();
        host.Get<IntegrationChanges>().Subscribe(changes.Add);

        var row = await CreateAsync("""{"host":"a","password":"hunter2"}""", "  Mail  ");

        Assert.Equal(("Mail", IntegrationStatus.Active, true, true, 1), (row.Name, row.Status, row.IsActive, row.IsDefault, row.Revision));
        Assert.Equal((tenant, "key:tenant", host.Time.GetUtcNow()), (row.TenantId, row.CreatedBy, row.CreatedAt));
        Assert.Equal([new IntegrationChange(row.Id, tenant, "relay")], changes);
        var read = await Store.GetAsync(row.Id, Me, default);
        Assert.Equal(row.UpdatedAt, read.UpdatedAt);
        var audit = Assert.Single(await AuditAsync(row.Id));
        Assert.Equal(("integration.created", "key:tenant", null, 1), (audit.Action, audit.Actor, audit.FromRevision, audit.ToRevision));
        var revision = Assert.Single(await Store.ListRevisionsAsync(row.Id, null, 50, Me, default));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(read.Config), JsonNode.Parse(revision.Config)));
    }

    [Fact]
    public async Task CreateAsync_Secrets_AreNowhereInTheDatabase()
    {
        var row = await CreateAsync("""{"host":"a","password":"PLAIN-7f3a","auth":{"type":"token","secret":"PLAIN-7f3b"},"secret_headers":{"A":"PLAIN-7f3c"}}""");
        await Store.PatchAsync(row.Id, Json("""{"config":{"password":"PLAIN-7f3d"}}"""), null, Me, default);
        await Store.CreateAsync(Draft("""{"password":"PLAIN-7f3e"}""", "draft") with { IsActive = false }, Me, default);

        var dump = await database.DumpAsync();

        Assert.Contains("integration.created", dump);
        Assert.DoesNotContain("PLAIN-7f3", dump);
    }

    [Fact]
    public async Task View_Config_ShowsNoSecret()
    {
        var row = await CreateAsync("""{"host":"a","password":"hunter2","secret_headers":{"A":"1"},"auth":{"type":"token","secret":"s"}}""");

        var view = host.Get<IntegrationView>().Show(row);

        Assert.True(JsonNode.DeepEquals(Json("""{"host":"a","secret_headers":{},"auth":{"type":"token"}}"""), view.Config));
        Assert.Equal("auth.secret,client.key,password,secret_headers.A", string.Join(',', view.Secrets.Keys));
        Assert.Equal(new SecretView(true, host.Get<SecretProtector>().Fingerprint(tenant, "hunter2"), "2026-05-01T12:00:00Z"), view.Secrets["password"]);
        Assert.Equal(new SecretView(false, null, null), view.Secrets["client.key"]);
    }

    [Fact]
    public async Task ReplaceAsync_WhatWasShown_ChangesNothing()
    {
        var row = await CreateAsync("""{"host":"a","password":"hunter2","secret_headers":{"A":"1"},"auth":{"type":"token","secret":"s"}}""");
        var shown = host.Get<IntegrationView>().Show(row).Config;

        var after = await Store.ReplaceAsync(row.Id, Draft("{}") with { Config = shown }, row.Revision, Me, default);

        Assert.Equal(1, after.Revision);
        Assert.Single(await AuditAsync(row.Id));
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
        host.Catalog.Add("broken", state: PluginState.Faulted);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.CreateAsync(Draft("{}", type: "broken"), Me, default));
        Assert.Equal((ProblemCode.IntegrationUnusable, "plugin_not_loaded"), (refused.Code, refused.Reason));
    }

    [Fact]
    public async Task PatchAsync_DisabledProvider_IsEditable()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        host.Catalog.Add("relay", state: PluginState.Disabled);
        Assert.Equal(2, (await Store.PatchAsync(row.Id, Json("""{"config":{"host":"b"}}"""), null, Me, default)).Revision);
    }

    [Fact]
    public async Task PatchAsync_MissingProvider_TakesEverythingButTheConfig()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        host.Catalog.Add("relay", state: PluginState.Missing);

        Assert.Equal("renamed", (await Store.PatchAsync(row.Id, Json("""{"name":"renamed"}"""), null, Me, default)).Name);
        Assert.Equal(IntegrationStatus.Inactive, (await Store.DeactivateAsync(row.Id, null, Me, default)).Status);
        foreach (var attempt in new Func<Task>[]
        {
            () => Store.PatchAsync(row.Id, Json("""{"config":{}}"""), null, Me, default),
            () => Store.ActivateAsync(row.Id, null, Me, default),
        })
        {
            Assert.Equal("plugin_not_loaded", (await Assert.ThrowsAsync<ProblemException>(attempt)).Reason);
        }
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

    [Fact]
    public async Task Rows_OfAnotherTenant_AreNotFound()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        var platform = await Store.CreateAsync(Draft("""{"host":"a"}"""), Platform(), default);
        foreach (var (id, caller) in new[] { (row.Id, Tenant(Guid.NewGuid())), (row.Id, Platform()), (platform.Id, Me) })
        {
            foreach (var attempt in new Func<Task>[]
            {
                () => Store.GetAsync(id, caller, default),
                () => Store.PatchAsync(id, Json("""{"name":"mine"}"""), null, caller, default),
                () => Store.ReplaceAsync(id, Draft("""{"host":"a"}"""), null, caller, default),
                () => Store.DeleteAsync(id, null, caller, default),
                () => Store.ActivateAsync(id, null, caller, default),
                () => Store.DeactivateAsync(id, null, caller, default),
                () => Store.RestoreAsync(id, 1, null, caller, default),
                () => Store.ListRevisionsAsync(id, null, 50, caller, default),
                () => Store.PrepareUnsavedAsync("relay", Json("""{"host":"a"}"""), id, caller, default),
            })
            {
                var refused = await Assert.ThrowsAsync<ProblemException>(attempt);
                Assert.Equal((ProblemCode.NotFound, "There is no such integration."), (refused.Code, refused.Message));
            }
        }

        Assert.Equal(row.Id, (await Store.GetAsync(row.Id, Platform(tenant), default)).Id);
        Assert.Equal(1, (await Store.GetAsync(row.Id, Me, default)).Revision);
    }

    [Fact]
    public async Task SetStateAsync_DraftThroughItsLife_HasTheRightStatus()
    {
        var row = await CreateDraftAsync("""{"port":0,"password":"p"}""");
        Assert.Equal((IntegrationStatus.Configuring, false, false), (row.Status, row.IsActive, row.IsDefault));

        Assert.Equal(ProblemCode.InvalidConfig, (await Assert.ThrowsAsync<ProblemException>(() => Store.ActivateAsync(row.Id, null, Me, default))).Code);
        row = await Store.PatchAsync(row.Id, Json("""{"config":{"host":"a","port":25,"password":"p"}}"""), null, Me, default);
        Assert.Equal(IntegrationStatus.Configuring, row.Status); // never activated yet
        row = await Store.ActivateAsync(row.Id, null, Me, default);
        Assert.Equal((IntegrationStatus.Active, true), (row.Status, row.IsDefault));
        row = await Store.DeactivateAsync(row.Id, null, Me, default);
        Assert.Equal((IntegrationStatus.Inactive, false, true), (row.Status, row.IsActive, row.IsDefault));
        row = await Store.PatchAsync(row.Id, Json("""{"config":{"port":0,"password":null}}"""), null, Me, default);
        Assert.Equal(IntegrationStatus.Configuring, row.Status); // invalid now
        var revision = row.Revision;
        Assert.Equal(
            ProblemCode.InvalidConfig,
            (await Assert.ThrowsAsync<ProblemException>(() => Store.PatchAsync(row.Id, Json("""{"is_active":true}"""), null, Me, default))).Code);
        Assert.Equal(revision, (await Store.GetAsync(row.Id, Me, default)).Revision);
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

    [Fact]
    public async Task IsDefault_FirstActiveAndOnRequest_MovesWithAnAuditEventOfItsOwn()
    {
        var draft = await Store.CreateAsync(Draft("""{"host":"a"}""", "draft") with { IsActive = false }, Me, default);
        var first = await CreateAsync("""{"host":"a"}""", "first");
        var second = await CreateAsync("""{"host":"a"}""", "second");
        var other = await Store.CreateAsync(Draft("""{"host":"a"}""", "other", "other"), Me, default);
        Assert.Equal((false, true, false, true), (draft.IsDefault, first.IsDefault, second.IsDefault, other.IsDefault));
        var changes = new List<IntegrationChange>();
        host.Get<IntegrationChanges>().Subscribe(changes.Add);

        second = await Store.PatchAsync(second.Id, Json("""{"is_default":true}"""), null, Me, default);

        first = await Store.GetAsync(first.Id, Me, default);
        Assert.Equal((true, 2, false, 2), (second.IsDefault, second.Revision, first.IsDefault, first.Revision));
        Assert.Equal(["integration.created", "integration.demoted"], (await AuditAsync(first.Id)).Select(a => a.Action));
        Assert.Equal(new[] { first.Id, second.Id }.Order(), changes.Select(c => c.IntegrationId).Order());
        Assert.Equal(2, (await Store.ListRevisionsAsync(first.Id, null, 50, Me, default)).Count);

        // Nobody moves up by himself.
        await Store.DeleteAsync(second.Id, null, Me, default);
        Assert.False((await Store.GetAsync(first.Id, Me, default)).IsDefault);
        Assert.False((await CreateAsync("""{"host":"a"}""", "third")).IsDefault);
    }

    [Fact]
    public async Task Fallback_AndSharedActions_AreEachForOneScope()
    {
        var mine = await Store.CreateAsync(Draft("""{"host":"a"}""") with { Fallback = Fallback.Never }, Me, default);
        Assert.Equal(Fallback.Never, mine.Fallback);
        var platform = await Store.CreateAsync(
            Draft("""{"host":"a"}""") with { SharedActions = ["push", "push"], Fallback = Fallback.WhenInactive }, Platform(), default);
        Assert.Equal("""["push"]""", platform.SharedActions);

        foreach (var (draft, caller) in new[]
        {
            (Draft("""{"host":"a"}""", "x") with { SharedActions = ["push"] }, Me),
            (Draft("""{"host":"a"}""", "x") with { Fallback = Fallback.Never }, Platform()),
            (Draft("""{"host":"a"}""", "x") with { SharedActions = ["hidden"] }, Platform()),
            (Draft("""{"host":"a"}""", "x") with { SharedActions = ["nonsense"] }, Platform()),
        })
        {
            Assert.Equal(ProblemCode.InvalidRequest, (await Assert.ThrowsAsync<ProblemException>(() => Store.CreateAsync(draft, caller, default))).Code);
        }

        mine = await Store.ReplaceAsync(mine.Id, Draft("""{"host":"a"}"""), null, Me, default);
        Assert.Equal((Fallback.WhenInactive, true, true), (mine.Fallback, mine.IsActive, mine.IsDefault));
    }

    [Fact]
    public async Task PatchAsync_MergePatch_FollowsTheRfc()
    {
        var row = await CreateAsync("""{"host":"a","note":"n","password":"p","headers":{"a":"1","b":"2"},"labels":["x","y"]}""");

        row = await Store.PatchAsync(
            row.Id, Json("""{"config":{"note":null,"port":26,"headers":{"a":null,"c":"3"},"labels":["z"],"password":"q"}}"""), null, Me, default);

        Assert.True(JsonNode.DeepEquals(
            Json("""{"host":"a","port":26,"headers":{"b":"2","c":"3"},"labels":["z"]}"""), host.Get<IntegrationView>().Show(row).Config));
        Assert.Equal("q", await PasswordAsync(row.Id));
        var audit = (await AuditAsync(row.Id))[^1];
        Assert.Equal(
            "config.headers.a,config.headers.c,config.labels,config.note,config.password,config.port",
            string.Join(',', JsonNode.Parse(audit.Details!)!["changed"]!.AsArray().Select(name => (string)name!).Order()));
        Assert.Equal((1, 2), (audit.FromRevision, audit.ToRevision));
    }

    [Fact]
    public async Task PatchAsync_TypeOfATypedObject_ReplacesItAndDropsItsSecrets()
    {
        var row = await CreateAsync("""{"host":"a","auth":{"type":"token","secret":"t","token_url":"https://a"}}""");

        // The old secret must not come along under the same name.
        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Store.PatchAsync(row.Id, Json("""{"config":{"auth":{"type":"hmac","header":"X"}}}"""), null, Me, default));
        Assert.Equal("auth.secret", Assert.Single(refused.Errors).Path);

        row = await Store.PatchAsync(row.Id, Json("""{"config":{"auth":{"type":"hmac","header":"X","secret":"h"}}}"""), null, Me, default);
        Assert.True(JsonNode.DeepEquals(Json("""{"host":"a","auth":{"type":"hmac","header":"X"}}"""), host.Get<IntegrationView>().Show(row).Config));
        row = await Store.PatchAsync(row.Id, Json("""{"config":{"auth":{"header":"Y"}}}"""), null, Me, default);
        Assert.Single(ConfigPath.FindEnvelopes(Json(row.Config)));
        row = await Store.PatchAsync(row.Id, Json("""{"config":{"auth":null}}"""), null, Me, default);
        Assert.True(JsonNode.DeepEquals(Json("""{"host":"a"}"""), JsonNode.Parse(row.Config)));
    }

    [Theory]
    [InlineData("""{"nonsense":1}""", "nonsense")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":5}""", "name")]
    [InlineData("""{"is_active":"yes"}""", "is_active")]
    [InlineData("""{"is_default":null}""", "is_default")]
    [InlineData("""{"config":null}""", "config")]
    [InlineData("""{"config":[]}""", "config")]
    [InlineData("""{"fallback":"sometimes"}""", "fallback")]
    [InlineData("""{"fallback":"0"}""", "fallback")]
    [InlineData("""{"shared_actions":"push"}""", "shared_actions")]
    [InlineData("""{"shared_actions":[null]}""", "shared_actions")]
    public async Task PatchAsync_WrongMember_IsRefused(string patch, string path)
    {
        var row = await CreateAsync("""{"host":"a"}""");
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.PatchAsync(row.Id, Json(patch), null, Me, default));
        Assert.Equal((ProblemCode.InvalidRequest, path), (refused.Code, Assert.Single(refused.Errors).Path));
        Assert.Equal(1, (await Store.GetAsync(row.Id, Me, default)).Revision);
    }

    [Fact]
    public async Task PatchAsync_AnswerOnlyMembers_AreIgnored()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        var after = await Store.PatchAsync(
            row.Id,
            Json($$"""
                {"id":"x","tenant_id":null,"integration_type":"relay","status":"error","status_reason":"x","secrets":{},"health":{},
                 "health_status":"error","config_version":7,"revision":9,"created_at":0,"updated_at":0,"created_by":"x","updated_by":"x"}
                """),
            null, Me, default);
        Assert.Equal((1, IntegrationStatus.Active, tenant), (after.Revision, after.Status, after.TenantId));

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Store.PatchAsync(row.Id, Json("""{"integration_type":"other"}"""), null, Me, default));
        Assert.Equal(ProblemCode.InvalidRequest, refused.Code);
        Assert.Equal(
            ProblemCode.InvalidRequest,
            (await Assert.ThrowsAsync<ProblemException>(() => Store.ReplaceAsync(row.Id, Draft("{}", type: "other"), null, Me, default))).Code);
    }

    [Fact]
    public async Task PatchAsync_InjectedEnvelope_IsRefused()
    {
        var victim = await CreateAsync("""{"host":"a","password":"p"}""", "victim");
        var stolen = JsonNode.Parse(victim.Config)!["password"]!;
        var mine = await CreateDraftAsync("""{"host":"evil"}""");
        foreach (var patch in new[]
        {
            new JsonObject { ["config"] = new JsonObject { ["password"] = stolen.DeepClone() } },
            new JsonObject { ["config"] = new JsonObject { ["headers"] = new JsonObject { ["x"] = stolen.DeepClone() } } },
            new JsonObject { ["config"] = new JsonObject { ["password"] = new JsonObject { ["$secret"] = null } } },
        })
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.PatchAsync(mine.Id, patch, null, Me, default));
            Assert.Equal(ProblemCode.InvalidConfig, refused.Code);
        }
    }

    [Fact]
    public async Task CiphertextInTheDatabase_CopiedToAnotherRow_IsUnusable()
    {
        var victim = await CreateAsync("""{"host":"a","password":"p"}""", "victim");
        var mine = await Store.CreateAsync(Draft("""{"host":"evil"}""", "mine") with { IsActive = false }, Me, default);
        await using (var context = database.CreateContext())
        {
            await context.Set<Integration>().Where(i => i.Id == mine.Id).ExecuteUpdateAsync(
                set => set.SetProperty(i => i.Config, victim.Config));
        }

        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.ActivateAsync(mine.Id, null, Me, default));
        Assert.Equal((ProblemCode.IntegrationUnusable, "secret_undecryptable"), (refused.Code, refused.Reason));

        // A new secret mends it.
        await Store.PatchAsync(mine.Id, Json("""{"config":{"password":"new"},"is_active":true}"""), null, Me, default);
        Assert.Equal("new", await PasswordAsync(mine.Id));
    }

    [Fact]
    public async Task Destination_ChangedOnAnyPath_AsksForTheSecret()
    {
        var row = await CreateAsync("""{"host":"a","password":"p"}""");
        var off = await Store.CreateAsync(Draft("""{"host":"a","password":"p"}""", "off") with { IsActive = false }, Me, default);
        foreach (var attempt in new Func<Task>[]
        {
            () => Store.PatchAsync(row.Id, Json("""{"config":{"host":"evil"}}"""), null, Me, default),
            () => Store.PatchAsync(off.Id, Json("""{"config":{"host":"evil"}}"""), null, Me, default),
            () => Store.PatchAsync(row.Id, Json("""{"is_active":false,"config":{"tls":false}}"""), null, Me, default),
            () => Store.ReplaceAsync(row.Id, Draft("""{"host":"evil"}"""), null, Me, default),
            () => Store.PrepareUnsavedAsync("relay", Json("""{"host":"evil"}"""), row.Id, Me, default),
        })
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(attempt);
            Assert.Equal((ProblemCode.SecretRequired, "password"), (refused.Code, Assert.Single(refused.Errors).Path));
        }

        await Store.PatchAsync(row.Id, Json("""{"config":{"host":"b","password":"p"}}"""), null, Me, default);
        await Store.PatchAsync(off.Id, Json("""{"config":{"host":"b","password":null}}"""), null, Me, default);
    }

    [Fact]
    public async Task PrepareUnsavedAsync_KeptSecret_IsBoundUnderAnotherId()
    {
        var row = await CreateAsync("""{"host":"a","password":"p"}""");

        var bound = await Store.PrepareUnsavedAsync("relay", Json("""{"host":"a","note":"new"}"""), row.Id, Me, default);

        var config = Assert.IsType<RelayConfig>(bound.Config);
        Assert.Equal(("p", "new"), (config.Password!.Reveal(), config.Note));
        Assert.NotEqual(row.Id, bound.Id);
        Assert.Equal(tenant, bound.TenantId);
        Assert.Equal(1, (await Store.GetAsync(row.Id, Me, default)).Revision);
        Assert.Null(((RelayConfig)(await Store.PrepareUnsavedAsync("relay", Json("""{"host":"a"}"""), null, Me, default)).Config).Password);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.PrepareUnsavedAsync("relay", Json("{}"), null, Me, default));
        Assert.Equal(ProblemCode.InvalidConfig, refused.Code);
    }

    [Fact]
    public async Task IfMatch_StaleRevision_IsAConflictOnEveryPath()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        await Store.PatchAsync(row.Id, Json("""{"name":"two"}"""), 1, Me, default);
        foreach (var attempt in new Func<Task>[]
        {
            () => Store.PatchAsync(row.Id, Json("""{"name":"three"}"""), 1, Me, default),
            () => Store.ReplaceAsync(row.Id, Draft("""{"host":"a"}""", "three"), 1, Me, default),
            () => Store.RestoreAsync(row.Id, 1, 1, Me, default),
            () => Store.DeleteAsync(row.Id, 1, Me, default),
            () => Store.DeactivateAsync(row.Id, 3, Me, default),
        })
        {
            Assert.Equal(ProblemCode.RevisionConflict, (await Assert.ThrowsAsync<ProblemException>(attempt)).Code);
        }

        Assert.Equal("two", (await Store.GetAsync(row.Id, Me, default)).Name);
    }

    [Fact]
    public async Task PatchAsync_ManyAtOnceWithOneRevision_OneWins()
    {
        var row = await CreateAsync("""{"host":"a"}""");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => TryAsync(
            () => Store.PatchAsync(row.Id, Json($$$"""{"config":{"note":"{{{i}}}"}}"""), row.Revision, Me, default)))));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.All(outcomes, outcome => Assert.True(outcome is null or ProblemCode.RevisionConflict));
        Assert.Equal(2, (await Store.GetAsync(row.Id, Me, default)).Revision);
        Assert.Equal(2, (await Store.ListRevisionsAsync(row.Id, null, 50, Me, default)).Count);
        Assert.Equal(2, (await AuditAsync(row.Id)).Count);
    }

    [Fact]
    public async Task PatchAsync_ManyAtOnceWithoutRevision_LoseNothingSilently()
    {
        var row = await CreateAsync("""{"host":"a"}""");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => TryAsync(
            () => Store.PatchAsync(row.Id, Json($$$$"""{"config":{"headers":{"h{{{{i}}}}":"x"}}}"""), null, Me, default)))));

        var read = await Store.GetAsync(row.Id, Me, default);
        var taken = outcomes.Count(outcome => outcome is null);
        Assert.All(outcomes, outcome => Assert.True(outcome is null or ProblemCode.RevisionConflict));
        Assert.Equal(taken, Json(read.Config)["headers"]!.AsObject().Count);
        Assert.Equal(taken + 1, read.Revision);
    }

    [Fact]
    public async Task CreateAsync_ManyAtOnce_EndInOneDefaultAndOneName()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => TryAsync(
            () => CreateAsync("""{"host":"a"}""", i % 2 == 0 ? "same" : $"own {i}")))));

        Assert.Equal(5, outcomes.Count(outcome => outcome is ProblemCode.NameTaken));
        Assert.Equal(7, outcomes.Count(outcome => outcome is null));
        var rows = (await Store.ListAsync(new IntegrationQuery(), Me, default)).Items;
        Assert.Single(rows, row => row.IsDefault);
    }

    [Fact]
    public async Task PatchAsync_ManyBecomeTheDefaultAtOnce_OneIs()
    {
        var rows = new List<Integration>();
        for (var i = 0; i < 6; i++) rows.Add(await CreateAsync("""{"host":"a"}""", $"row {i}"));

        var outcomes = await Task.WhenAll(rows.Select(row => Task.Run(() => TryAsync(
            () => Store.PatchAsync(row.Id, Json("""{"is_default":true}"""), null, Me, default)))));

        Assert.All(outcomes, outcome => Assert.True(outcome is null or ProblemCode.RevisionConflict));
        var after = (await Store.ListAsync(new IntegrationQuery(), Me, default)).Items;
        Assert.Single(after, row => row.IsDefault);
        await using var context = database.CreateContext();
        foreach (var row in after)
            Assert.Equal(row.Revision, await context.Set<IntegrationRevision>().CountAsync(r => r.IntegrationId == row.Id));
    }

    [Fact]
    public async Task SetConfig_New_ClearsHealthAndError()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        await using (var context = database.CreateContext())
        {
            await context.Set<Integration>().Where(i => i.Id == row.Id).ExecuteUpdateAsync(set => set
                .SetProperty(i => i.HealthStatus, HealthStatus.Error).SetProperty(i => i.HealthMessage, "red")
                .SetProperty(i => i.HealthCheckedAt, host.Time.GetUtcNow()).SetProperty(i => i.HealthFailingSince, host.Time.GetUtcNow()));
        }

        Assert.True(await Store.MarkUnusableAsync(row.Id, 1, UnusableReason.EndpointGone, default));
        row = await Store.PatchAsync(row.Id, Json("""{"name":"renamed","is_active":true}"""), null, Me, default);
        Assert.Equal((IntegrationStatus.Error, "endpoint_gone", HealthStatus.Error), (row.Status, row.StatusReason, row.HealthStatus));
        row = await Store.PatchAsync(row.Id, Json("""{"config":{"note":"x"}}"""), null, Me, default);
        Assert.Equal((IntegrationStatus.Active, null, null), (row.Status, row.StatusReason, row.HealthStatus));
        Assert.Equal((null, null, null), (row.HealthMessage, row.HealthCheckedAt, row.HealthFailingSince));
    }

    [Fact]
    public async Task MarkUnusableAsync_OfTheSameRevision_KeepsItAndIsAudited()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        var changes = new List<IntegrationChange>();
        host.Get<IntegrationChanges>().Subscribe(changes.Add);

        Assert.False(await Store.MarkUnusableAsync(row.Id, 7, UnusableReason.EndpointGone, default));
        Assert.True(await Store.MarkUnusableAsync(row.Id, 1, UnusableReason.NeedsReauthorization, default));
        Assert.False(await Store.MarkUnusableAsync(row.Id, 1, UnusableReason.EndpointGone, default));

        row = await Store.GetAsync(row.Id, Me, default);
        Assert.Equal((IntegrationStatus.Error, "needs_reauthorization", 1, true), (row.Status, row.StatusReason, row.Revision, row.IsActive));
        Assert.Single(changes);
        Assert.Equal(("integration.unusable", "host"), ((await AuditAsync(row.Id))[^1].Action, (await AuditAsync(row.Id))[^1].Actor));
        row = await Store.ActivateAsync(row.Id, null, Me, default);
        Assert.Equal((IntegrationStatus.Active, null, 2), (row.Status, row.StatusReason, row.Revision));
    }

    [Fact]
    public async Task RestoreAsync_EarlierRevision_BringsConfigAndSecretsBack()
    {
        var row = await CreateAsync("""{"host":"a","password":"first"}""");
        await Store.PatchAsync(row.Id, Json("""{"name":"renamed","config":{"host":"b","password":"second"}}"""), null, Me, default);
        await Store.PatchAsync(row.Id, Json("""{"is_active":false}"""), null, Me, default);

        row = await Store.RestoreAsync(row.Id, 1, 3, Me, default);

        Assert.Equal((4, "renamed", false, IntegrationStatus.Inactive), (row.Revision, row.Name, row.IsActive, row.Status));
        Assert.Equal("first", await PasswordAsync(row.Id));
        Assert.Equal("a", (string?)Json(row.Config)["host"]);
        Assert.Equal("integration.restored", (await AuditAsync(row.Id))[^1].Action);
        Assert.Equal(ProblemCode.NotFound, (await Assert.ThrowsAsync<ProblemException>(() => Store.RestoreAsync(row.Id, 9, null, Me, default))).Code);
        Assert.Equal([4, 3], (await Store.ListRevisionsAsync(row.Id, null, 2, Me, default)).Select(r => r.Revision));
        Assert.Equal([2, 1], (await Store.ListRevisionsAsync(row.Id, 3, 50, Me, default)).Select(r => r.Revision));
    }

    [Fact]
    public async Task RestoreAsync_UndecryptableSecret_IsRefused()
    {
        var row = await CreateAsync("""{"host":"a","password":"first"}""");
        await Store.PatchAsync(row.Id, Json("""{"config":{"password":"second"}}"""), null, Me, default);
        await using (var context = database.CreateContext())
        {
            await context.Set<IntegrationRevision>().Where(r => r.IntegrationId == row.Id && r.Revision == 1).ExecuteUpdateAsync(
                set => set.SetProperty(r => r.Config, """{"host":"a","password":{"$secret":"damaged"}}"""));
        }

        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.RestoreAsync(row.Id, 1, null, Me, default));
        Assert.Equal((ProblemCode.IntegrationUnusable, "secret_undecryptable"), (refused.Code, refused.Reason));
        Assert.Equal("second", await PasswordAsync(row.Id));
    }

    [Fact]
    public async Task PatchAsync_ConfigOfAnOlderVersion_IsMigratedWithItsSecrets()
    {
        var row = await CreateAsync("""{"host":"a","password":"old one"}""");
        await using (var context = database.CreateContext())
        {
            var old = new JsonObject { ["host"] = "a", ["pass"] = host.Get<SecretProtector>().Protect(row.Id, tenant, "pass", "moved") };
            await context.Set<Integration>().Where(i => i.Id == row.Id).ExecuteUpdateAsync(
                set => set.SetProperty(i => i.Config, old.ToJsonString()));
        }

        host.Catalog.Add("relay", version: 2);
        row = await Store.PatchAsync(row.Id, Json("""{"config":{"note":"x"}}"""), null, Me, default);

        Assert.Equal(2, row.ConfigVersion);
        Assert.Equal("moved", await PasswordAsync(row.Id));
    }

    [Fact]
    public async Task DeleteAsync_Row_TakesItsStateAndLeavesItsHistory()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        await using var context = database.CreateContext();
        context.Add(new StoredState { IntegrationId = row.Id, Key = "k", Ciphertext = "c", UpdatedAt = host.Time.GetUtcNow() });
        await context.SaveChangesAsync();

        await Store.DeleteAsync(row.Id, 1, Me, default);

        Assert.False(await context.Set<StoredState>().AnyAsync(s => s.IntegrationId == row.Id));
        Assert.Equal(1, await context.Set<IntegrationRevision>().CountAsync(r => r.IntegrationId == row.Id));
        Assert.Equal(("integration.deleted", 1, null), ((await AuditAsync(row.Id))[^1].Action, (await AuditAsync(row.Id))[^1].FromRevision, (await AuditAsync(row.Id))[^1].ToRevision));
        Assert.Equal(ProblemCode.NotFound, (await Assert.ThrowsAsync<ProblemException>(() => Store.GetAsync(row.Id, Me, default))).Code);
    }

    [Fact]
    public async Task ListAsync_Filters_FindWhatTheyName()
    {
        await CreateAsync("""{"host":"a"}""", "Ärger 100%");
        await CreateAsync("""{"host":"a"}""", "ärger 1000");
        await Store.CreateAsync(Draft("""{"host":"a"}""", "other_one", "other"), Me, default);
        await CreateDraftAsync("{}");
        await Store.CreateAsync(Draft("""{"host":"a"}""", "not mine"), Tenant(Guid.NewGuid()), default);

        Assert.Equal(4, await CountAsync(new IntegrationQuery()));
        Assert.Equal(2, await CountAsync(new IntegrationQuery { Q = "ÄRGER" }));
        Assert.Equal(1, await CountAsync(new IntegrationQuery { Q = "100%" }));
        Assert.Equal(1, await CountAsync(new IntegrationQuery { Q = "R_O" }));
        Assert.Equal(0, await CountAsync(new IntegrationQuery { Q = "%" + "zzz" }));
        Assert.Equal(0, await CountAsync(new IntegrationQuery { Q = "\\" }));
        Assert.Equal(1, await CountAsync(new IntegrationQuery { Name = "Ärger 100%" }));
        Assert.Equal(1, await CountAsync(new IntegrationQuery { IntegrationType = "other" }));
        Assert.Equal(1, await CountAsync(new IntegrationQuery { Status = IntegrationStatus.Configuring }));
        Assert.Equal(3, await CountAsync(new IntegrationQuery { IsActive = true }));
        Assert.Equal(0, await CountAsync(new IntegrationQuery { HealthStatus = HealthStatus.Healthy }));
        Assert.Equal(0, await CountAsync(new IntegrationQuery { Name = "' OR 1=1 --" }));

        Assert.Equal(5, (await Store.ListAsync(new IntegrationQuery { AllTenants = true }, Platform(), default)).Items.Count);
        Assert.Empty((await Store.ListAsync(new IntegrationQuery(), Platform(), default)).Items);
        Assert.Equal(
            ProblemCode.Forbidden,
            (await Assert.ThrowsAsync<ProblemException>(() => Store.ListAsync(new IntegrationQuery { AllTenants = true }, Me, default))).Code);
    }

    [Fact]
    public async Task ListAsync_Pages_ShowEveryRowOnce()
    {
        var created = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(5));
            created.Add((await CreateAsync("""{"host":"a"}""", $"row {i}")).Id);
        }

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await Store.ListAsync(new IntegrationQuery { Limit = 3, Cursor = cursor }, Me, default);
            seen.AddRange(page.Items.Select(row => row.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(created, seen);
    }

    [Theory]
    [InlineData("nonsense", 50)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA!", 50)]
    [InlineData(null, 0)]
    [InlineData(null, 201)]
    public async Task ListAsync_BadCursorOrLimit_IsRefused(string? cursor, int limit)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Store.ListAsync(new IntegrationQuery { Cursor = cursor, Limit = limit }, Me, default));
        Assert.Equal(ProblemCode.InvalidRequest, refused.Code);
    }

    private static async Task<ProblemCode?> TryAsync(Func<Task> attempt)
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

    private Task<Integration> CreateAsync(string config, string name = "Relay") => Store.CreateAsync(Draft(config, name), Me, default);

    private Task<Integration> CreateDraftAsync(string config) =>
        Store.CreateAsync(Draft(config, "draft") with { IsActive = false }, Me, default);

    private async Task<int> CountAsync(IntegrationQuery query) => (await Store.ListAsync(query, Me, default)).Items.Count;

    private async Task<string?> PasswordAsync(Guid id) =>
        (string?)host.Get<ConfigSecrets>().Reveal(id, Json((await Store.GetAsync(id, Me, default)).Config))["password"];

    private async Task<IReadOnlyList<AuditEvent>> AuditAsync(Guid id)
    {
        await using var context = database.CreateContext();
        var subject = id.ToString("D");
        return await context.Set<AuditEvent>().Where(e => e.Subject == subject)
            .OrderBy(e => e.FromRevision ?? 0).ThenBy(e => e.ToRevision).ToListAsync();
    }
}

public sealed class IntegrationStoreOnSqliteTests(SqliteDatabase database) : IntegrationStoreTests(database), IClassFixture<SqliteDatabase>;

public sealed class IntegrationStoreOnPostgresTests(PostgresDatabase database) : IntegrationStoreTests(database), IClassFixture<PostgresDatabase>
{
    private readonly PostgresDatabase database = database;

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
