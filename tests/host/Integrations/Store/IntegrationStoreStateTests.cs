using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>An integration through its life: status, default, history, end.</summary>
public abstract class IntegrationStoreStateTests(TestDatabase database) : IntegrationStoreTests(database)
{
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

    [Fact]
    public async Task IsDefault_FirstActiveAndOnRequest_MovesWithAnAuditEventOfItsOwn()
    {
        var draft = await Store.CreateAsync(Draft("""{"host":"a"}""", "draft") with { IsActive = false }, Me, default);
        var first = await CreateAsync("""{"host":"a"}""", "first");
        var second = await CreateAsync("""{"host":"a"}""", "second");
        var other = await Store.CreateAsync(Draft("""{"host":"a"}""", "other", "other"), Me, default);
        Assert.Equal((false, true, false, true), (draft.IsDefault, first.IsDefault, second.IsDefault, other.IsDefault));
        var changes = new List<IntegrationChange>();
        Host.Get<IntegrationChanges>().Subscribe(changes.Add);

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
    public async Task SetConfig_New_ClearsHealthAndError()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        await using (var context = Database.CreateContext())
        {
            await context.Set<Integration>().Where(i => i.Id == row.Id).ExecuteUpdateAsync(set => set
                .SetProperty(i => i.HealthStatus, HealthStatus.Error).SetProperty(i => i.HealthMessage, "red")
                .SetProperty(i => i.HealthCheckedAt, Host.Time.GetUtcNow()).SetProperty(i => i.HealthFailingSince, Host.Time.GetUtcNow()));
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
        Host.Get<IntegrationChanges>().Subscribe(changes.Add);

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
    public async Task DeleteAsync_Row_TakesItsStateAndLeavesItsHistory()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        await using var context = Database.CreateContext();
        context.Add(new StoredState { IntegrationId = row.Id, Key = "k", Ciphertext = "c", UpdatedAt = Host.Time.GetUtcNow() });
        await context.SaveChangesAsync();

        await Store.DeleteAsync(row.Id, 1, Me, default);

        Assert.False(await context.Set<StoredState>().AnyAsync(s => s.IntegrationId == row.Id));
        Assert.Equal(1, await context.Set<IntegrationRevision>().CountAsync(r => r.IntegrationId == row.Id));
        Assert.Equal(("integration.deleted", 1, null), ((await AuditAsync(row.Id))[^1].Action, (await AuditAsync(row.Id))[^1].FromRevision, (await AuditAsync(row.Id))[^1].ToRevision));
        Assert.Equal(ProblemCode.NotFound, (await Assert.ThrowsAsync<ProblemException>(() => Store.GetAsync(row.Id, Me, default))).Code);
    }
}

public sealed class IntegrationStoreStateOnSqliteTests(SqliteDatabase database) : IntegrationStoreStateTests(database), IClassFixture<SqliteDatabase>;

public sealed class IntegrationStoreStateOnPostgresTests(PostgresDatabase database) : IntegrationStoreStateTests(database), IClassFixture<PostgresDatabase>;
