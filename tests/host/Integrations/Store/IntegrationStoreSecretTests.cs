using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>Secrets are kept, shown and handed on by nobody but their row.</summary>
public abstract class IntegrationStoreSecretTests(TestDatabase database) : IntegrationStoreTests(database)
{
    [Fact]
    public async Task CreateAsync_Secrets_AreNowhereInTheDatabase()
    {
        var row = await CreateAsync("""{"host":"a","password":"PLAIN-7f3a","auth":{"type":"token","secret":"PLAIN-7f3b"},"secret_headers":{"A":"PLAIN-7f3c"}}""");
        await Store.PatchAsync(row.Id, Json("""{"config":{"password":"PLAIN-7f3d"}}"""), null, Me, default);
        await Store.CreateAsync(Draft("""{"password":"PLAIN-7f3e"}""", "draft") with { IsActive = false }, Me, default);

        var dump = await Database.DumpAsync();

        Assert.Contains("integration.created", dump);
        Assert.DoesNotContain("PLAIN-7f3", dump);
    }

    [Fact]
    public async Task View_Config_ShowsNoSecret()
    {
        var row = await CreateAsync("""{"host":"a","password":"hunter2","secret_headers":{"A":"1"},"auth":{"type":"token","secret":"s"}}""");

        var view = Host.Get<IntegrationView>().Show(row);

        Assert.True(JsonNode.DeepEquals(Json("""{"host":"a","secret_headers":{},"auth":{"type":"token"}}"""), view.Config));
        Assert.Equal("auth.secret,client.key,password,secret_headers.A", string.Join(',', view.Secrets.Keys));
        Assert.Equal(new SecretView(true, Host.Get<SecretProtector>().Fingerprint(TenantId, "hunter2"), "2026-05-01T12:00:00Z"), view.Secrets["password"]);
        Assert.Equal(new SecretView(false, null, null), view.Secrets["client.key"]);
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
        await using (var context = Database.CreateContext())
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
        Assert.Equal(TenantId, bound.TenantId);
        Assert.Equal(1, (await Store.GetAsync(row.Id, Me, default)).Revision);
        Assert.Null(((RelayConfig)(await Store.PrepareUnsavedAsync("relay", Json("""{"host":"a"}"""), null, Me, default)).Config).Password);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.PrepareUnsavedAsync("relay", Json("{}"), null, Me, default));
        Assert.Equal(ProblemCode.InvalidConfig, refused.Code);
    }

    [Fact]
    public async Task RestoreAsync_UndecryptableSecret_IsRefused()
    {
        var row = await CreateAsync("""{"host":"a","password":"first"}""");
        await Store.PatchAsync(row.Id, Json("""{"config":{"password":"second"}}"""), null, Me, default);
        await using (var context = Database.CreateContext())
        {
            await context.Set<IntegrationRevision>().Where(r => r.IntegrationId == row.Id && r.Revision == 1).ExecuteUpdateAsync(
                set => set.SetProperty(r => r.Config, """{"host":"a","password":{"$secret":"damaged"}}"""));
        }

        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.RestoreAsync(row.Id, 1, null, Me, default));
        Assert.Equal((ProblemCode.IntegrationUnusable, "secret_undecryptable"), (refused.Code, refused.Reason));
        Assert.Equal("second", await PasswordAsync(row.Id));
    }
}

public sealed class IntegrationStoreSecretOnSqliteTests(SqliteDatabase database) : IntegrationStoreSecretTests(database), IClassFixture<SqliteDatabase>;

public sealed class IntegrationStoreSecretOnPostgresTests(PostgresDatabase database) : IntegrationStoreSecretTests(database), IClassFixture<PostgresDatabase>;
