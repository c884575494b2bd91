using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>Who sees which rows.</summary>
public abstract class IntegrationStoreListTests(TestDatabase database) : IntegrationStoreTests(database)
{
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

        Assert.Equal(row.Id, (await Store.GetAsync(row.Id, Platform(TenantId), default)).Id);
        Assert.Equal(1, (await Store.GetAsync(row.Id, Me, default)).Revision);
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
            Host.Time.Advance(TimeSpan.FromMilliseconds(5));
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
}

public sealed class IntegrationStoreListOnSqliteTests(SqliteDatabase database) : IntegrationStoreListTests(database), IClassFixture<SqliteDatabase>;

public sealed class IntegrationStoreListOnPostgresTests(PostgresDatabase database) : IntegrationStoreListTests(database), IClassFixture<PostgresDatabase>;
