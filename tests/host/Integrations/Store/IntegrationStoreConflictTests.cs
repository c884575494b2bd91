using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>Writes that meet.</summary>
public abstract class IntegrationStoreConflictTests(TestDatabase database) : IntegrationStoreTests(database)
{
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
        await using var context = Database.CreateContext();
        foreach (var row in after)
            Assert.Equal(row.Revision, await context.Set<IntegrationRevision>().CountAsync(r => r.IntegrationId == row.Id));
    }
}

public sealed class IntegrationStoreConflictOnSqliteTests(SqliteDatabase database) : IntegrationStoreConflictTests(database), IClassFixture<SqliteDatabase>;

public sealed class IntegrationStoreConflictOnPostgresTests(PostgresDatabase database) : IntegrationStoreConflictTests(database), IClassFixture<PostgresDatabase>;
