using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Policies;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.Integrations.Policies;

/// <summary>The rules as admins write them and the resolver reads them.</summary>
public abstract class PolicyStoreTests : IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.CreateVersion7();
    private StoreHost host = null!; // started before each test
    private Guid id;

    protected PolicyStoreTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Caller Admin => StoreHost.Tenant(tenant);

    private PolicyStore Policies => host.Get<PolicyStore>();

    public async ValueTask InitializeAsync()
    {
        host = await StoreHost.StartAsync(database);
        id = (await host.Store.CreateAsync(StoreHost.Draft("""{"host":"relay.example"}"""), Admin, Cancellation)).Id;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ReplaceAsync_Rules_AreReadBackAndReachTheResolver()
    {
        PolicyRule[] rules =
        [
            new("jwt:ann\u00fc 'x'", CallChannel.Mcp, "push", PolicyEffect.Ask), new(null, null, null, PolicyEffect.Block), new(null, CallChannel.Api, null, PolicyEffect.Allow),
        ];
        var heard = new List<IntegrationChange>();
        host.Get<IntegrationChanges>().Subscribe(heard.Add);

        await Policies.ReplaceAsync(id, rules, Admin, Cancellation);

        Assert.Equal(rules, await Policies.ReadAsync(id, Admin, Cancellation));
        var read = PolicyRules.Parse((await RowAsync()).Policies);
        Assert.Equal(rules[0], read.Find("jwt:ann\u00fc 'x'", CallChannel.Mcp, "push"));
        Assert.Equal(rules[1], read.Find("key:1", CallChannel.Mcp, "push"));
        Assert.Equal(rules[2], read.Find("key:1", CallChannel.Api, "push"));
        Assert.Equal(id, Assert.Single(heard).IntegrationId);
        Assert.Equal(1, (await host.Store.GetAsync(id, Admin, Cancellation)).Revision);
        Assert.Equal(1, await EventsAsync());
    }

    [Fact]
    public async Task ReplaceAsync_OtherRules_TakeThePlaceOfAll()
    {
        var kept = new PolicyRule(null, null, "push", PolicyEffect.Ask);
        await Policies.ReplaceAsync(id, [new(null, null, null, PolicyEffect.Block), kept], Admin, Cancellation);
        await Policies.ReplaceAsync(id, [kept], Admin with { Name = "key:other" }, Cancellation);
        await Policies.ReplaceAsync(id, [kept], Admin, Cancellation); // changes nothing
        Assert.Equal([kept], await Policies.ReadAsync(id, Admin, Cancellation));
        Assert.Equal(2, await EventsAsync());
        await using (var context = database.CreateContext())
            Assert.Equal("key:tenant", (await context.Set<ActionPolicy>().SingleAsync(policy => policy.IntegrationId == id, Cancellation)).CreatedBy);

        await Policies.ReplaceAsync(id, [], Admin, Cancellation);
        Assert.Null((await RowAsync()).Policies);
    }

    [Fact]
    public async Task ReplaceAsync_ManyAtOnce_OneListStands()
    {
        var lists = Enumerable.Range(1, 8).Select(count => Enumerable.Repeat(new PolicyRule(null, null, null, PolicyEffect.Ask), count).ToList()).ToList();
        await Task.WhenAll(lists.Select(list => Task.Run(async () =>
        {
            try
            {
                await Policies.ReplaceAsync(id, list, Admin, Cancellation);
            }
            catch (ProblemException problem) when (problem.Code is ProblemCode.RevisionConflict)
            {
                // somebody else was faster
            }
        })));
        var stands = await Policies.ReadAsync(id, Admin, Cancellation);
        Assert.Contains(lists, list => list.SequenceEqual(stands));
    }

    [Fact]
    public async Task ReplaceAsync_WhatThereIsNot_IsRefusedWithItsPath()
    {
        var (own, platforms, others) = (await KeyAsync(tenant), await KeyAsync(null), await KeyAsync(Guid.NewGuid()));
        await Policies.ReplaceAsync(id, [Of($"key:{own}"), Of($"key:{platforms}"), Of("jwt:ann")], Admin, Cancellation);

        PolicyRule[] wrong =
        [
            Of($"key:{others}"), Of($"key:{Guid.NewGuid()}"), Of("key:"), Of("ann"), Of("jwt:a\tb"), Of($"session:{own}"),
            new(null, null, "hidden", PolicyEffect.Ask), new(null, null, "pull", PolicyEffect.Ask), Of($"key:{own}"),
        ];
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Policies.ReplaceAsync(id, wrong, Admin, Cancellation));

        Assert.Equal(ProblemCode.InvalidRequest, problem.Code);
        Assert.Equal(
            [.. Enumerable.Range(0, 6).Select(index => $"policies[{index}].caller"), "policies[6].action", "policies[7].action"],
            problem.Errors.Select(error => error.Path));
        Assert.Equal(3, (await Policies.ReadAsync(id, Admin, Cancellation)).Count);

        static PolicyRule Of(string caller) => new(caller, null, null, PolicyEffect.Ask);
    }

    [Fact]
    public async Task OfAnothers_IsNotFound()
    {
        foreach (var stranger in new[] { StoreHost.Tenant(Guid.NewGuid()), StoreHost.Platform() })
        {
            Assert.Equal(ProblemCode.NotFound, (await Assert.ThrowsAsync<ProblemException>(() => Policies.ReadAsync(id, stranger, Cancellation))).Code);
            Assert.Equal(ProblemCode.NotFound, (await Assert.ThrowsAsync<ProblemException>(() => Policies.ReplaceAsync(id, [], stranger, Cancellation))).Code);
        }
    }

    [Fact]
    public async Task DeleteAsync_TheIntegration_TakesItsRulesWithIt()
    {
        await Policies.ReplaceAsync(id, [new(null, null, null, PolicyEffect.Block)], Admin, Cancellation);
        await host.Store.DeleteAsync(id, null, Admin, Cancellation);
        await using var context = database.CreateContext();
        Assert.False(await context.Set<ActionPolicy>().AnyAsync(policy => policy.IntegrationId == id, Cancellation));
    }

    private async Task<Integration> RowAsync()
    {
        using var queries = new PreparedQueries(host.Get<IOptions<DatabaseOptions>>());
        return Assert.Single((await new IntegrationRows(queries).ReadAsync("relay", tenant, null, Cancellation)).Own);
    }

    private async Task<int> EventsAsync()
    {
        await using var context = database.CreateContext();
        return await context.Set<AuditEvent>().CountAsync(e => e.TenantId == tenant && e.Action == "integration.policies_changed", Cancellation);
    }

    private async Task<Guid> KeyAsync(Guid? of)
    {
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(), Name = "x", Hash = [1], Role = CallerRole.Service, TenantId = of, CreatedAt = DateTimeOffset.UtcNow, CreatedBy = "test",
        };
        await using var context = database.CreateContext();
        context.Add(key);
        await context.SaveChangesAsync(Cancellation);
        return key.Id;
    }
}

public sealed class PolicyStoreOnSqliteTests(SqliteDatabase database) : PolicyStoreTests(database), IClassFixture<SqliteDatabase>;

public sealed class PolicyStoreOnPostgresTests(PostgresDatabase database) : PolicyStoreTests(database), IClassFixture<PostgresDatabase>;
