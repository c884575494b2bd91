using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Integrations.Resolution;

public abstract class ResolutionRulesTests : IAsyncLifetime
{
    private const string OldestWithoutDefault = "Taken: none is the default, and this is the oldest active one.";
    private const string NotConfigured = "SMTP integration not configured. Please configure in /integrations page.";

    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.NewGuid();
    private Rooms rooms = null!; // opened before each test

    protected ResolutionRulesTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    public async ValueTask InitializeAsync() => rooms = await Rooms.OpenAsync(database);

    public async ValueTask DisposeAsync()
    {
        await rooms.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ResolveAsync_TenantRowAndPlatformRow_TenantRowServes()
    {
        await rooms.AddAsync(null, "Platform mail");
        var own = await rooms.AddAsync(tenant, "Own mail", row => row.IsDefault = true);

        var resolution = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);

        Assert.Equal((own.Id, ConfigScope.Tenant), (resolution.Integration.Id, resolution.Scope));
        Assert.Equal(new TestConfig { Address = "here" }, resolution.Integration.Config);
        Assert.Equal([new TrailEntry(own.Id, "Own mail", ConfigScope.Tenant, true, "Taken: it is the default.")], resolution.Trail);
    }

    [Fact]
    public async Task ResolveAsync_NoTenantRow_PlatformRowServesByNameOnly()
    {
        await rooms.AddAsync(null, "Platform mail");

        var resolution = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);

        Assert.Equal(ConfigScope.Platform, resolution.Scope);
        Assert.Equal(
            [new TrailEntry(null, "Platform mail", ConfigScope.Platform, true, OldestWithoutDefault)], resolution.Trail);
    }

    [Fact]
    public async Task ResolveAsync_PlatformCaller_SeesOnlyPlatformRows()
    {
        await rooms.AddAsync(tenant, "Own mail");
        var row = await rooms.AddAsync(null, "Platform mail", row => row.Fallback = Fallback.Never);

        var resolution = await rooms.Resolver.ResolveAsync("smtp", null, null, CancellationToken.None);

        Assert.Equal(row.Id, Assert.Single(resolution.Trail).Id);
    }

    [Fact]
    public async Task ResolveAsync_NothingAnywhere_SaysTheExactSentence()
    {
        await rooms.AddAsync(Guid.NewGuid(), "Another tenant's");
        await rooms.AddAsync(tenant, "Another type", type: "webhook");

        var problem = await rooms.RefuseAsync(tenant);

        Assert.Equal((ProblemCode.IntegrationNotConfigured, NotConfigured), (problem.Code, problem.Message));
        Assert.Empty(problem.Trail);
    }

    [Fact]
    public async Task ResolveAsync_DefaultIsInactive_OldestActiveServes()
    {
        await rooms.AddAsync(tenant, "Old and off", Off);
        await rooms.AddAsync(tenant, "Older");
        await rooms.AddAsync(tenant, "Younger");
        await rooms.AddAsync(tenant, "Default", row => { Off(row); row.IsDefault = true; });

        var resolution = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);

        Assert.Equal("Older", resolution.Integration.Name);
        Assert.Equal(
            ["Default: Passed over: it is switched off.", "Older: Taken: the default does not serve, and this is the oldest active one."],
            resolution.Trail.Select(entry => $"{entry.Name}: {entry.Reason}"));
    }

    [Fact]
    public async Task ResolveAsync_DraftRow_IsPassedOverForThePlatform()
    {
        await rooms.AddAsync(tenant, "Draft", row => (row.IsActive, row.Status) = (false, IntegrationStatus.Configuring));
        await rooms.AddAsync(null, "Platform mail");

        var resolution = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);

        Assert.Equal(
            ["Draft: Passed over: a draft that was never activated.", $"Platform mail: {OldestWithoutDefault}"],
            resolution.Trail.Select(entry => $"{entry.Name}: {entry.Reason}"));
    }

    [Fact]
    public async Task ResolveAsync_Named_ServesTheNamedOneAndNotTheDefault()
    {
        await rooms.AddAsync(tenant, "Default", row => row.IsDefault = true);
        var other = await rooms.AddAsync(tenant, "Other");

        Assert.Equal("Other", await rooms.ResolveNameAsync(tenant, "Other"));
        Assert.Equal("Other", await rooms.ResolveNameAsync(tenant, other.Id.ToString()));
        Assert.Equal("Default", await rooms.ResolveNameAsync(tenant));
    }

    [Theory]
    [InlineData("other")]
    [InlineData("nobody")]
    [InlineData("nul\0")]
    [InlineData("")]
    public async Task ResolveAsync_NameThatNoRowHas_IsNotConfigured(string name)
    {
        await rooms.AddAsync(tenant, "Other");
        await rooms.AddAsync(null, "Platform mail");

        var problem = await rooms.RefuseAsync(tenant, name);

        Assert.Equal((ProblemCode.IntegrationNotConfigured, NotConfigured), (problem.Code, problem.Message));
        Assert.Empty(problem.Trail);
    }

    [Fact]
    public async Task ResolveAsync_NameOfAPlatformRow_ServesAsTheTenantsRowsAllow()
    {
        await rooms.AddAsync(null, "Bulk");
        await rooms.AddAsync(tenant, "Own");

        Assert.Equal("Bulk", await rooms.ResolveNameAsync(tenant, "Bulk"));

        rooms.Publish(await rooms.AddAsync(tenant, "Strict", row => { Off(row); row.Fallback = Fallback.Never; }));
        Assert.Equal(ProblemCode.IntegrationNotConfigured, (await rooms.RefuseAsync(tenant, "Bulk")).Code);
    }

    [Fact]
    public async Task ResolveAsync_NamedRowIsInactive_PlatformRowOfThatNameServes()
    {
        var own = await rooms.AddAsync(tenant, "Bulk", Off);
        await rooms.AddAsync(null, "Bulk");
        await rooms.AddAsync(null, "Default", row => row.IsDefault = true);

        var resolution = await rooms.Resolver.ResolveAsync("smtp", tenant, "Bulk", CancellationToken.None);

        Assert.Equal((ConfigScope.Platform, "Bulk"), (resolution.Scope, resolution.Integration.Name));
        Assert.Equal([own.Id, null], resolution.Trail.Select(entry => entry.Id));
        Assert.Equal(ProblemCode.IntegrationNotConfigured, (await rooms.RefuseAsync(tenant, own.Id.ToString())).Code);
    }

    [Fact]
    public async Task ResolveAsync_IdOfAnotherTenantsRow_IsNotFoundLikeOneThatIsNot()
    {
        var foreign = await rooms.AddAsync(Guid.NewGuid(), "Foreign");

        var seen = await rooms.RefuseAsync(tenant, foreign.Id.ToString());
        var unseen = await rooms.RefuseAsync(tenant, Guid.NewGuid().ToString());

        Assert.Equal((unseen.Code, unseen.Message), (seen.Code, seen.Message));
        Assert.Empty(seen.Trail);
    }

    [Fact]
    public async Task ResolveAsync_TwoTenants_EachGetsItsOwn()
    {
        var other = Guid.NewGuid();
        await rooms.AddAsync(tenant, "Mail");
        var theirs = await rooms.AddAsync(other, "Mail");

        var resolution = await rooms.Resolver.ResolveAsync("smtp", other, "Mail", CancellationToken.None);

        Assert.Equal(theirs.Id, Assert.Single(resolution.Trail).Id);
        Assert.NotEqual(theirs.Id, (await rooms.Resolver.ResolveAsync("smtp", tenant, "Mail", CancellationToken.None)).Integration.Id);
    }

    [Fact]
    public async Task ResolveAsync_NeverOnAnInactiveRow_ForbidsThePlatform()
    {
        await rooms.AddAsync(tenant, "Strict", row => { Off(row); row.Fallback = Fallback.Never; });
        await rooms.AddAsync(null, "Platform mail");

        var problem = await rooms.RefuseAsync(tenant);

        Assert.Equal(NotConfigured, problem.Message);
        Assert.Equal(
            [
                "Strict: Passed over: it is switched off.",
                "Platform mail: Passed over: the tenant's integration 'Strict' has the fallback never.",
            ],
            problem.Trail.Select(entry => $"{entry.Name}: {entry.Reason}"));
    }

    [Fact]
    public async Task ResolveAsync_NeverBehindManyRows_StillCounts()
    {
        for (var i = 0; i < 25; i++) await rooms.AddAsync(tenant, $"Off {i}", Off);
        await rooms.AddAsync(tenant, "Strict", row => { Off(row); row.Fallback = Fallback.Never; });
        await rooms.AddAsync(null, "Platform mail");

        Assert.Equal(NotConfigured, (await rooms.RefuseAsync(tenant)).Message);
    }

    [Fact]
    public async Task ResolveAsync_ActiveRowBehindManyInactiveOnes_Serves()
    {
        for (var i = 0; i < 25; i++) await rooms.AddAsync(tenant, $"Off {i}", Off);
        await rooms.AddAsync(tenant, "On");

        Assert.Equal("On", await rooms.ResolveNameAsync(tenant));
    }

    [Theory]
    [InlineData(Unusable.EndpointGone)]
    [InlineData(Unusable.NeedsReauthorization)]
    public async Task ResolveAsync_RowInError_EndsInItsOwnReason(string reason)
    {
        await rooms.AddAsync(tenant, "Broken", row => { Broken(row, reason); row.IsDefault = true; });
        await rooms.AddAsync(tenant, "Other");
        await rooms.AddAsync(null, "Platform mail");

        var problem = await rooms.RefuseAsync(tenant);

        Assert.Equal((ProblemCode.IntegrationUnusable, reason), (problem.Code, problem.Reason));
        Assert.StartsWith("The SMTP integration 'Broken' cannot be used: ", problem.Message, StringComparison.Ordinal);
        var entry = Assert.Single(problem.Trail);
        Assert.EndsWith("Nothing takes its place, since its fallback is when_inactive.", entry.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_RowInErrorThatIsSwitchedOff_IsPassedOver()
    {
        await rooms.AddAsync(tenant, "Broken and off", row => { Broken(row); row.IsActive = false; });
        await rooms.AddAsync(null, "Platform mail");

        Assert.Equal("Platform mail", await rooms.ResolveNameAsync(tenant));
    }

    [Fact]
    public async Task ResolveAsync_UnusableWithWhenUnusable_PlatformServes()
    {
        await rooms.AddAsync(tenant, "Broken", row => { Broken(row); row.Fallback = Fallback.WhenUnusable; });
        await rooms.AddAsync(null, "Platform mail");

        var resolution = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);

        Assert.Equal("Platform mail", resolution.Integration.Name);
        Assert.EndsWith("Passed over, since its fallback is when_unusable.", resolution.Trail[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_UnusableWithWhenUnusableAndNothingElse_SaysWhatIsBroken()
    {
        await rooms.AddAsync(tenant, "Broken", row => { Broken(row); row.Fallback = Fallback.WhenUnusable; });

        var problem = await rooms.RefuseAsync(tenant);

        Assert.Equal((ProblemCode.IntegrationUnusable, Unusable.EndpointGone), (problem.Code, problem.Reason));
    }

    [Fact]
    public async Task ResolveAsync_UnusableWithWhenUnusableButNeverElsewhere_DoesNotReachThePlatform()
    {
        await rooms.AddAsync(tenant, "Broken", row => { Broken(row); row.Fallback = Fallback.WhenUnusable; });
        await rooms.AddAsync(tenant, "Strict", row => { Off(row); row.Fallback = Fallback.Never; });
        await rooms.AddAsync(null, "Platform mail");

        Assert.Equal(ProblemCode.IntegrationUnusable, (await rooms.RefuseAsync(tenant)).Code);
    }

    [Fact]
    public async Task ResolveAsync_ConfigThatDoesNotBind_IsUnusable()
    {
        var row = await rooms.AddAsync(tenant, "Wrong", row => row.Config = """{"adress": "typo"}""");
        await rooms.AddAsync(null, "Platform mail");

        var problem = await rooms.RefuseAsync(tenant);

        Assert.Equal((ProblemCode.IntegrationUnusable, Unusable.InvalidConfig), (problem.Code, problem.Reason));
        await rooms.EditAsync(row, stored => (stored.Config, stored.Fallback) = (stored.Config, Fallback.WhenUnusable));
        rooms.Publish(row);
        Assert.Equal("Platform mail", await rooms.ResolveNameAsync(tenant));
    }

    [Fact]
    public async Task ResolveAsync_PlatformRowIsUnusable_TellsTheTenantNoDetails()
    {
        await rooms.AddAsync(null, "Platform mail", row => Broken(row));

        var problem = await rooms.RefuseAsync(tenant);
        var own = await rooms.RefuseAsync(null);

        Assert.Equal((ProblemCode.IntegrationUnusable, null), (problem.Code, problem.Reason));
        Assert.DoesNotContain("gone", problem.Message + problem.Trail[0].Reason, StringComparison.Ordinal);
        Assert.Null(problem.Trail[0].Id);
        Assert.Equal(Unusable.EndpointGone, own.Reason);
    }

    [Fact]
    public async Task ResolveAsync_UnknownType_SaysWhichThereAre()
    {
        var problem = await rooms.RefuseAsync(tenant, type: "fax");

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.Equal("There is no provider 'fax'. There are: smtp, webhook.", problem.Message);
    }

    [Fact]
    public async Task ResolveAsync_ProviderSwitchedOffAndOn_IsFeltAtOnce()
    {
        await rooms.AddAsync(tenant, "Mail");
        await rooms.ResolveNameAsync(tenant);

        rooms.Catalog.Switch("smtp", PluginState.Disabled);
        Assert.Equal(ProblemCode.ProviderDisabled, (await rooms.RefuseAsync(tenant)).Code);

        rooms.Catalog.Switch("smtp", PluginState.Active);
        Assert.Equal("Mail", await rooms.ResolveNameAsync(tenant));
    }

    [Theory]
    [InlineData(PluginState.Faulted)]
    [InlineData(PluginState.Incompatible)]
    [InlineData(PluginState.Missing)]
    internal async Task ResolveAsync_PluginNotLoaded_IsUnusableAndHealsWithIt(PluginState state)
    {
        await rooms.AddAsync(tenant, "Mail");
        await rooms.AddAsync(null, "Platform mail");
        rooms.Catalog.Switch("smtp", state);

        var problem = await rooms.RefuseAsync(tenant);
        var platform = await rooms.RefuseAsync(Guid.NewGuid());

        Assert.Equal((ProblemCode.IntegrationUnusable, Unusable.PluginNotLoaded), (problem.Code, problem.Reason));
        Assert.Equal("Mail", Assert.Single(problem.Trail).Name);
        Assert.Equal(Unusable.PluginNotLoaded, platform.Reason);
        rooms.Catalog.Load("smtp", "SMTP");
        Assert.Equal("Mail", await rooms.ResolveNameAsync(tenant));
    }

    [Fact]
    public async Task ResolveAsync_PluginLoadedAnew_BindsToTheNewOne()
    {
        await rooms.AddAsync(tenant, "Mail");
        var before = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);

        var plugin = rooms.Catalog.Load("smtp", "SMTP");

        var after = await rooms.Resolver.ResolveAsync("smtp", tenant, null, CancellationToken.None);
        Assert.NotSame(before.Integration.Plugin, after.Integration.Plugin);
        Assert.Same(plugin, after.Integration.Plugin);
    }

    [Fact]
    public async Task ResolveAsync_AfterAWriteOnThisNode_IsNewAtOnce()
    {
        var store = rooms.Get<IntegrationStore>();
        var caller = new Caller { Name = "test", Role = CallerRole.Admin, HomeTenantId = tenant, TenantId = tenant };
        await rooms.RefuseAsync(tenant);

        var draft = new IntegrationDraft { Name = "Mail", IntegrationType = "smtp", Config = new JsonObject { ["address"] = "here" } };
        var row = await store.CreateAsync(draft, caller, CancellationToken.None);
        Assert.Equal("Mail", await rooms.ResolveNameAsync(tenant));
        await store.PatchAsync(row.Id, new JsonObject { ["name"] = "Post" }, null, caller, CancellationToken.None);
        Assert.Equal("Post", await rooms.ResolveNameAsync(tenant));
        await store.DeactivateAsync(row.Id, null, caller, CancellationToken.None);
        Assert.Equal(ProblemCode.IntegrationNotConfigured, (await rooms.RefuseAsync(tenant)).Code);
    }

    [Fact]
    public async Task ExplainAsync_NothingServes_AnswersInsteadOfThrowing()
    {
        await rooms.AddAsync(tenant, "Off", Off);

        var explanation = await rooms.Resolver.ExplainAsync("smtp", tenant, null, CancellationToken.None);

        Assert.Null(explanation.Resolution);
        Assert.Equal(NotConfigured, explanation.Refusal?.Detail);
        Assert.Equal("Off", Assert.Single(explanation.Trail).Name);
    }

    private static void Off(Integration row) => (row.IsActive, row.Status) = (false, IntegrationStatus.Inactive);

    private static void Broken(Integration row, string reason = Unusable.EndpointGone) =>
        (row.Status, row.StatusReason) = (IntegrationStatus.Error, reason);
}

public sealed class ResolutionRulesOnSqliteTests(SqliteDatabase database) : ResolutionRulesTests(database), IClassFixture<SqliteDatabase>;

public sealed class ResolutionRulesOnPostgresTests(PostgresDatabase database)
    : ResolutionRulesTests(database), IClassFixture<PostgresDatabase>;
