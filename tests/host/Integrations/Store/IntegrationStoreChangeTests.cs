using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>What an edit changes.</summary>
public abstract class IntegrationStoreChangeTests(TestDatabase database) : IntegrationStoreTests(database)
{
    [Fact]
    public async Task ReplaceAsync_WhatWasShown_ChangesNothing()
    {
        var row = await CreateAsync("""{"host":"a","password":"hunter2","secret_headers":{"A":"1"},"auth":{"type":"token","secret":"s"}}""");
        var shown = Host.Get<IntegrationView>().Show(row).Config;

        var after = await Store.ReplaceAsync(row.Id, Draft("{}") with { Config = shown }, row.Revision, Me, default);

        Assert.Equal(1, after.Revision);
        Assert.Single(await AuditAsync(row.Id));
    }

    [Fact]
    public async Task PatchAsync_DisabledProvider_IsEditable()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        Host.Catalog.Add("relay", state: PluginState.Disabled);
        Assert.Equal(2, (await Store.PatchAsync(row.Id, Json("""{"config":{"host":"b"}}"""), null, Me, default)).Revision);
    }

    [Fact]
    public async Task PatchAsync_MissingProvider_TakesEverythingButTheConfig()
    {
        var row = await CreateAsync("""{"host":"a"}""");
        Host.Catalog.Add("relay", state: PluginState.Missing);

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
    public async Task Limits_AreReplacedPatchedNamedInTheAuditAndRestored()
    {
        var row = await Store.CreateAsync(
            Draft("""{"host":"a"}""") with { Limits = new IntegrationLimits { MaxConcurrentCalls = 3, MaxCallsPerMinute = 60 } }, Me, default);
        Assert.Equal((3, 60), (row.MaxConcurrentCalls, row.MaxCallsPerMinute));

        row = await Store.PatchAsync(row.Id, Json("""{"limits":{"max_calls_per_minute":120}}"""), null, Me, default);
        Assert.Equal((3, 120, 2), (row.MaxConcurrentCalls, row.MaxCallsPerMinute, row.Revision));
        Assert.Equal("""["limits.max_calls_per_minute"]""", JsonNode.Parse((await AuditAsync(row.Id))[^1].Details!)!["changed"]!.ToJsonString());
        row = await Store.PatchAsync(row.Id, Json("""{"limits":{"max_concurrent_calls":null}}"""), null, Me, default);
        Assert.Equal((null, 120), (row.MaxConcurrentCalls, row.MaxCallsPerMinute));
        row = await Store.PatchAsync(row.Id, Json("""{"limits":{}}"""), null, Me, default);
        Assert.Equal(3, row.Revision);
        row = await Store.PatchAsync(row.Id, Json("""{"limits":null}"""), null, Me, default);
        Assert.Equal(IntegrationLimits.None, row.Limits);

        row = await Store.RestoreAsync(row.Id, 2, null, Me, default);
        Assert.Equal((3, 120), (row.MaxConcurrentCalls, row.MaxCallsPerMinute));
        row = await Store.ReplaceAsync(row.Id, Draft("""{"host":"a"}"""), null, Me, default);
        Assert.Equal(IntegrationLimits.None, (await Store.GetAsync(row.Id, Me, default)).Limits);

        var refused = await Assert.ThrowsAsync<ProblemException>(() => Store.ReplaceAsync(
            row.Id, Draft("""{"host":"a"}""") with { Limits = new IntegrationLimits { MaxConcurrentCalls = 0 } }, null, Me, default));
        Assert.Equal((ProblemCode.InvalidRequest, "limits.max_concurrent_calls"), (refused.Code, Assert.Single(refused.Errors).Path));
    }

    [Fact]
    public async Task PatchAsync_MergePatch_FollowsTheRfc()
    {
        var row = await CreateAsync("""{"host":"a","note":"n","password":"p","headers":{"a":"1","b":"2"},"labels":["x","y"]}""");

        row = await Store.PatchAsync(
            row.Id, Json("""{"config":{"note":null,"port":26,"headers":{"a":null,"c":"3"},"labels":["z"],"password":"q"}}"""), null, Me, default);

        Assert.True(JsonNode.DeepEquals(
            Json("""{"host":"a","port":26,"headers":{"b":"2","c":"3"},"labels":["z"]}"""), Host.Get<IntegrationView>().Show(row).Config));
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
        Assert.True(JsonNode.DeepEquals(Json("""{"host":"a","auth":{"type":"hmac","header":"X"}}"""), Host.Get<IntegrationView>().Show(row).Config));
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
    [InlineData("""{"limits":5}""", "limits")]
    [InlineData("""{"limits":[]}""", "limits")]
    [InlineData("""{"limits":{"surprise":1}}""", "limits.surprise")]
    [InlineData("""{"limits":{"max_concurrent_calls":"5"}}""", "limits.max_concurrent_calls")]
    [InlineData("""{"limits":{"max_concurrent_calls":0}}""", "limits.max_concurrent_calls")]
    [InlineData("""{"limits":{"max_concurrent_calls":257}}""", "limits.max_concurrent_calls")]
    [InlineData("""{"limits":{"max_calls_per_minute":-1}}""", "limits.max_calls_per_minute")]
    [InlineData("""{"limits":{"max_calls_per_minute":1.5}}""", "limits.max_calls_per_minute")]
    [InlineData("""{"limits":{"max_calls_per_minute":60001}}""", "limits.max_calls_per_minute")]
    [InlineData("""{"limits":{"max_calls_per_minute":99999999999999999999}}""", "limits.max_calls_per_minute")]
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
        Assert.Equal((1, IntegrationStatus.Active, TenantId), (after.Revision, after.Status, after.TenantId));

        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => Store.PatchAsync(row.Id, Json("""{"integration_type":"other"}"""), null, Me, default));
        Assert.Equal(ProblemCode.InvalidRequest, refused.Code);
        Assert.Equal(
            ProblemCode.InvalidRequest,
            (await Assert.ThrowsAsync<ProblemException>(() => Store.ReplaceAsync(row.Id, Draft("{}", type: "other"), null, Me, default))).Code);
    }

    [Fact]
    public async Task PatchAsync_ConfigOfAnOlderVersion_IsMigratedWithItsSecrets()
    {
        var row = await CreateAsync("""{"host":"a","password":"old one"}""");
        await using (var context = Database.CreateContext())
        {
            var old = new JsonObject { ["host"] = "a", ["pass"] = Host.Get<SecretProtector>().Protect(row.Id, TenantId, "pass", "moved") };
            await context.Set<Integration>().Where(i => i.Id == row.Id).ExecuteUpdateAsync(
                set => set.SetProperty(i => i.Config, old.ToJsonString()));
        }

        Host.Catalog.Add("relay", version: 2);
        row = await Store.PatchAsync(row.Id, Json("""{"config":{"note":"x"}}"""), null, Me, default);

        Assert.Equal(2, row.ConfigVersion);
        Assert.Equal("moved", await PasswordAsync(row.Id));
    }
}

public sealed class IntegrationStoreChangeOnSqliteTests(SqliteDatabase database) : IntegrationStoreChangeTests(database), IClassFixture<SqliteDatabase>;

public sealed class IntegrationStoreChangeOnPostgresTests(PostgresDatabase database) : IntegrationStoreChangeTests(database), IClassFixture<PostgresDatabase>;
