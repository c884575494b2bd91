using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Documents;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;
using static Vaka.Plugins.Host.Tests.Integrations.Store.StoreHost;

namespace Vaka.Plugins.Host.Tests.Integrations.Documents;

/// <summary>Integrations go out as a document and come back, in the same scope or in another.</summary>
public abstract class DocumentTests(TestDatabase database) : IntegrationStoreTests(database)
{
    private const string Passphrase = "correct horse battery";

    private const string Secrets = """
        {"host":"a.example","password":"p1","auth":{"type":"token","secret":"p2","token_url":"https://a.example/"},
         "secret_headers":{"X.Api.Key":"p3","plain":"p4"},"headers":{"no":"1e3"},"client":{"name":"n","key":"p5"},"labels":["z","a"]}
        """;

    private static readonly string[] Plain = ["p1", "p2", "p3", "p4", "p5"];

    private readonly Guid other = Guid.NewGuid();

    private Caller Other => Tenant(other);

    [Theory]
    [InlineData("json")]
    [InlineData("yaml")]
    public async Task Export_ThenApply_MakesTheSameAndASecondTimeNothing(string format)
    {
        await SeedAsync();
        var text = await ExportAsync(format, Passphrase, Me);
        foreach (var secret in Plain) Assert.DoesNotContain($"\"{secret}\"", text);

        var plan = await ApplyAsync(text, format, Other, Passphrase);

        Assert.Equal([PlanAction.Create, PlanAction.Create, PlanAction.Create], plan.Items.Select(item => item.Action));
        Assert.Equal(await OpenAsync(Me), await OpenAsync(Other));
        var before = await StateAsync(other);
        var again = await ApplyAsync(text, format, Other, Passphrase);
        Assert.False(again.HasChanges);
        Assert.Equal(before, await StateAsync(other));
    }

    [Fact]
    public async Task Export_TwiceAndAfterTheRoundTrip_IsTheSameToTheByte()
    {
        await SeedAsync();
        var text = await ExportAsync("yaml", null, Me);
        Assert.Equal(text, await ExportAsync("yaml", null, Me));
        Assert.DoesNotContain("2026-", text); // no times
        Assert.DoesNotContain($"{TenantId}", text);
        await ApplyAsync(await ExportAsync("json", Passphrase, Me), "json", Other, Passphrase);
        Assert.Equal(WithoutFingerprints(await ExportAsync("json", null, Me)), WithoutFingerprints(await ExportAsync("json", null, Other)));
    }

    [Fact]
    public async Task Export_IsInTheAuditAndSaysWhetherItHoldsSecrets()
    {
        await SeedAsync();
        await ExportAsync("json", null, Me);
        await ExportAsync("json", Passphrase, Me);
        await using var context = Database.CreateContext();
        var details = await context.Set<AuditEvent>().Where(e => e.Action == "integrations.exported" && e.TenantId == TenantId)
            .Select(e => e.Details).ToListAsync();
        Assert.Equal([false, true], details.Select(text => JsonNode.Parse(text!)!["with_secrets"]!.GetValue<bool>()).Order()); // as written
    }

    [Fact]
    public async Task Export_OfAnotherScope_IsNotIncluded()
    {
        await SeedAsync();
        Assert.Empty((await ReadExportAsync(Other)).Integrations);
        await Store.CreateAsync(Draft("""{"host":"a"}""", "lent") with { SharedActions = ["push"] }, Platform(), default);
        var platform = await ReadExportAsync(Platform());
        Assert.Equal(DocumentScope.Platform, platform.Scope);
        Assert.Equal(["push"], Assert.Single(platform.Integrations).SharedActions);
        Assert.Equal(ProblemCode.InvalidRequest, await TryAsync(async () => await PlanAsync(await ExportAsync("json", null, Platform()), Me)));
    }

    [Fact]
    public async Task Apply_WithoutSecrets_KeepsTheStoredOnes()
    {
        await SeedAsync();
        var document = await ReadJsonAsync(Me);
        Item(document, "Full")["config"]!["note"] = "changed";
        var plan = await PlanAsync(document.ToJsonString(), Me);
        Assert.Equal([("config.note", "\"changed\"")], plan.Items.Single(item => item.Name == "Full").Changes.Select(change => (change.Path, change.To!.ToJsonString())));
        await ApplyAsync(document.ToJsonString(), "json", Me);
        Assert.Equal(Plain, Plain.Intersect((await OpenAsync(Me)).Split('"')));
    }

    [Fact]
    public async Task Plan_AChangedDestination_WantsTheSecretAgain()
    {
        await SeedAsync();
        var document = await ReadJsonAsync(Me);
        Item(document, "Full")["config"]!["host"] = "attacker.example";
        var item = (await PlanAsync(document.ToJsonString(), Me)).Items.Single(item => item.Name == "Full");
        Assert.Contains("password", item.Errors.Select(error => error.Path));
        Assert.Equal(ProblemCode.SecretRequired, await TryAsync(() => ApplyAsync(document.ToJsonString(), "json", Me)));
    }

    [Theory]
    [InlineData("host", "attacker.example")]
    [InlineData("port", 26)]
    [InlineData("tls", false)]
    public async Task Apply_ASealedSecretForAnotherDestination_IsRefused(string field, object value)
    {
        await SeedAsync();
        var document = JsonNode.Parse(await ExportAsync("json", Passphrase, Me))!.AsObject();
        Item(document, "Full")["config"]![field] = JsonValue.Create(value);
        Assert.Equal(ProblemCode.InvalidConfig, await TryAsync(() => ApplyAsync(document.ToJsonString(), "json", Other, Passphrase)));
        Assert.Empty((await ReadExportAsync(Other)).Integrations);
    }

    [Fact]
    public async Task Apply_ASealedSecretAtAnotherPlaceNameOrScope_IsRefused()
    {
        await SeedAsync();
        var text = await ExportAsync("json", Passphrase, Me);
        foreach (var move in new Action<JsonObject>[]
        {
            full => (full["secrets"]!["password"]!["sealed"], full["secrets"]!["client.key"]!["sealed"]) =
                (full["secrets"]!["client.key"]!["sealed"]!.DeepClone(), full["secrets"]!["password"]!["sealed"]!.DeepClone()),
            full => full["name"] = "Renamed",
            full => (full["integration_type"], full["is_default"]) = ("other", false),
            full => full["secrets"]!["password"]!["sealed"] = "AAAA",
            full => full["secrets"]!["note"] = full["secrets"]!["password"]!.DeepClone(),
        })
        {
            var document = JsonNode.Parse(text)!.AsObject();
            move(Item(document, "Full"));
            Assert.Equal(ProblemCode.InvalidConfig, await TryAsync(() => ApplyAsync(document.ToJsonString(), "json", Other, Passphrase)));
        }

        var platform = JsonNode.Parse(text)!.AsObject();
        platform["scope"] = "platform";
        foreach (var item in platform["integrations"]!.AsArray()) item!.AsObject().Remove("fallback");
        Assert.Equal(ProblemCode.InvalidConfig, await TryAsync(() => ApplyAsync(platform.ToJsonString(), "json", Platform(), Passphrase)));
    }

    [Theory]
    [InlineData("sealing.rounds", 210001)]
    [InlineData("sealing.rounds", 1)]
    [InlineData("sealing.rounds", 2000000000)]
    [InlineData("sealing.salt", "AAAA")]
    [InlineData("sealing.salt", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("sealing.salt", "not base64")]
    [InlineData("sealing.check", "AAAA")]
    [InlineData("sealing.cipher", "none")]
    [InlineData("sealing.key_derivation", "md5")]
    [InlineData("passphrase", "incorrect horse battery")]
    public async Task Plan_ATamperedSealOrAWrongPassphrase_IsRefused(string path, object value)
    {
        await SeedAsync();
        var document = JsonNode.Parse(await ExportAsync("json", Passphrase, Me))!.AsObject();
        if (path != "passphrase") document["sealing"]![path["sealing.".Length..]] = JsonValue.Create(value);
        Assert.Equal(ProblemCode.InvalidRequest, await TryAsync(
            () => ApplyAsync(document.ToJsonString(), "json", Other, path == "passphrase" ? (string)value : Passphrase)));
    }

    [Fact]
    public async Task Export_AShortPassphrase_IsRefused() =>
        Assert.Equal(ProblemCode.InvalidRequest, await TryAsync(() => ExportAsync("json", "too short", Me)));

    [Fact]
    public async Task Apply_SecretsThatNobodyHas_AreNamedAndTheDraftIsKept()
    {
        await SeedAsync();
        var document = await ReadJsonAsync(Me);
        var item = (await PlanAsync(document.ToJsonString(), Other)).Items.Single(item => item.Name == "Full");
        Assert.Equal(["auth.secret", "client.key", "password", @"secret_headers.X\.Api\.Key", "secret_headers.plain"], item.NeedsSecrets);
        Assert.NotEmpty(item.Errors);
        Assert.NotNull(await TryAsync(() => ApplyAsync(document.ToJsonString(), "json", Other)));

        Item(document, "Full")["is_active"] = false;
        Item(document, "Full")["is_default"] = false;
        await ApplyAsync(document.ToJsonString(), "json", Other);
        var rows = (await Store.ListAsync(new IntegrationQuery(), Other, default)).Items;
        Assert.Equal(IntegrationStatus.Configuring, rows.Single(row => row.Name == "Full").Status);
    }

    [Fact]
    public async Task Plan_AnotherSecretStoredSince_IsDriftAndNoChange()
    {
        await SeedAsync();
        var text = await ExportAsync("json", null, Me);
        var row = (await Store.ListAsync(new IntegrationQuery { Name = "Full" }, Me, default)).Items.Single();
        await Store.PatchAsync(row.Id, Json("""{"config":{"password":"another"}}"""), null, Me, default);
        var plan = await PlanAsync(text, Me);
        Assert.False(plan.HasChanges);
        Assert.Equal(["password"], plan.Items.Single(item => item.Name == "Full").DriftedSecrets);

        // Of another tenant they cannot be compared.
        await ApplyAsync(await ExportAsync("json", Passphrase, Me), "json", Other, Passphrase);
        Assert.All((await PlanAsync(text, Other)).Items, item => Assert.Empty(item.DriftedSecrets));
    }

    [Fact]
    public async Task Plan_SecretsInThePlan_AreFingerprintsOnly()
    {
        await SeedAsync();
        var document = await ReadJsonAsync(Me);
        Item(document, "Full")["config"]!["password"] = "hunter2";
        Item(document, "Full")["config"]!["client"] = null;
        var plan = await PlanAsync(document.ToJsonString(), Me);
        var said = System.Text.Json.JsonSerializer.Serialize(plan);
        Assert.DoesNotContain("hunter2", said);
        Assert.DoesNotContain("$secret", said);
        Assert.Equal(["config.client.key", "config.client.name", "config.password"], plan.Items.Single(item => item.Name == "Full").Changes.Select(change => change.Path));
    }

    [Fact]
    public async Task Apply_WithPrune_DeletesWhatIsNotNamed()
    {
        await SeedAsync();
        var document = await ReadJsonAsync(Me);
        document["integrations"]!.AsArray().RemoveAt(0);
        Assert.False((await PlanAsync(document.ToJsonString(), Me)).HasChanges);
        var plan = await ApplyAsync(document.ToJsonString(), "json", Me, prune: true);
        Assert.Equal([PlanAction.Delete, PlanAction.Unchanged, PlanAction.Unchanged], plan.Items.Select(item => item.Action));
        Assert.Equal(2, (await ReadExportAsync(Me)).Integrations.Count);
    }

    [Fact]
    public async Task Apply_AnotherDefault_IsTakenFromTheOneThatHasIt()
    {
        await CreateAsync("""{"host":"a"}""", "first");
        var plan = await ApplyAsync(Document("""{"name":"second","integration_type":"relay","is_default":true,"config":{"host":"b"}}"""), "json", Me);
        Assert.Equal([("first", PlanAction.Update), ("second", PlanAction.Create)], plan.Items.Select(item => (item.Name, item.Action)));
        Assert.Equal([false, true], (await ReadExportAsync(Me)).Integrations.Select(item => item.IsDefault!.Value)); // an export says it

        plan = await ApplyAsync(Document(
            """{"name":"first","integration_type":"relay","is_default":true,"config":{"host":"a"}}""",
            """{"name":"second","integration_type":"relay","config":{"host":"b"}}"""), "json", Me);
        Assert.Equal([PlanAction.Update, PlanAction.Update], plan.Items.Select(item => item.Action));
        var rows = (await Store.ListAsync(new IntegrationQuery(), Me, default)).Items;
        Assert.Equal([("first", true, 3), ("second", false, 2)], rows.Select(row => (row.Name, row.IsDefault, row.Revision)).Order());
    }

    [Fact]
    public async Task Apply_NobodyIsTheDefault_TheFirstActiveOneBecomesIt()
    {
        await ApplyAsync(Document(
            """{"name":"draft","integration_type":"relay","is_active":false,"config":{}}""",
            """{"name":"one","integration_type":"relay","config":{"host":"b"}}""",
            """{"name":"two","integration_type":"relay","config":{"host":"b"}}"""), "json", Me);
        Assert.Equal([false, true, false], (await ReadExportAsync(Me)).Integrations.Select(item => item.IsDefault!.Value)); // an export says it
    }

    [Fact]
    public async Task Apply_OneBadIntegration_ChangesNothing()
    {
        var document = Document(
            """{"name":"good","integration_type":"relay","config":{"host":"b"}}""",
            """{"name":"bad","integration_type":"relay","config":{"host":"refused.example"}}""",
            """{"name":"unknown","integration_type":"nonsense","config":{}}""");
        var plan = await PlanAsync(document, Me);
        Assert.True(plan.HasErrors);
        Assert.Equal([0, 1, 1], plan.Items.OrderBy(item => item.Errors.Count).Select(item => item.Errors.Count));
        var refused = await Assert.ThrowsAsync<ProblemException>(() => ApplyAsync(document, "json", Me));
        Assert.Contains(refused.Errors, error => error.Path.StartsWith("bad"));
        Assert.Empty((await ReadExportAsync(Me)).Integrations);
    }

    [Fact]
    public async Task Apply_APlanThatIsNoLongerTrue_IsRefused()
    {
        await SeedAsync();
        var document = await ReadJsonAsync(Me);
        Item(document, "Full")["config"]!["note"] = "changed";
        var hash = (await PlanAsync(document.ToJsonString(), Me)).PlanHash;

        // Another document, another scope of deletion, a row that somebody changed.
        Item(document, "Full")["config"]!["note"] = "changed again";
        Assert.Equal(ProblemCode.RevisionConflict, await TryAsync(() => ApplyAsync(document.ToJsonString(), "json", Me, planHash: hash)));
        Item(document, "Full")["config"]!["note"] = "changed";
        Assert.Equal(ProblemCode.RevisionConflict, await TryAsync(() => ApplyAsync(document.ToJsonString(), "json", Me, prune: true, planHash: hash)));
        var row = (await Store.ListAsync(new IntegrationQuery { Name = "Full" }, Me, default)).Items.Single();
        await Store.PatchAsync(row.Id, Json("""{"config":{"note":"theirs"}}"""), null, Me, default);
        Assert.Equal(ProblemCode.RevisionConflict, await TryAsync(() => ApplyAsync(document.ToJsonString(), "json", Me, planHash: hash)));

        hash = (await PlanAsync(document.ToJsonString(), Me)).PlanHash;
        Assert.Equal(hash, (await ApplyAsync(document.ToJsonString(), "json", Me, planHash: hash)).PlanHash);
    }

    [Fact]
    public async Task Apply_ByTwoAtOnce_IsDoneOnce()
    {
        var document = Document([.. Enumerable.Range(0, 20).Select(i => $$$"""{"name":"r{{{i}}}","integration_type":"relay","config":{"host":"b"}}""")]);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TryAsync(() => ApplyAsync(document, "json", Me)))));
        Assert.Contains(null, outcomes);
        Assert.All(outcomes, outcome => Assert.True(outcome is null or ProblemCode.NameTaken or ProblemCode.RevisionConflict, $"{outcome}"));
        Assert.Equal(20, (await ReadExportAsync(Me)).Integrations.Count);
        await using var context = Database.CreateContext();
        Assert.Equal(20, await context.Set<AuditEvent>().CountAsync(e => e.TenantId == TenantId && e.Action == "integration.created"));
    }

    [Fact]
    public async Task Apply_TellsTheOtherNodes()
    {
        var told = new List<IntegrationChange>();
        Host.Get<IntegrationChanges>().Subscribe(told.Add);
        await ApplyAsync(Document("""{"name":"one","integration_type":"relay","config":{"host":"b"}}"""), "json", Me);
        Assert.Equal(TenantId, Assert.Single(told).TenantId);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"format":"vaka.integrations/2","scope":"tenant","integrations":[]}""")]
    [InlineData("""{"format":"vaka.integrations/1","scope":"everybody","integrations":[]}""")]
    [InlineData("""{"format":"vaka.integrations/1","scope":"tenant","integrations":[],"integrations":[]}""")]
    [InlineData("""{"format":"vaka.integrations/1","scope":"tenant","integrations":[{"name":"a"}]}""")]
    [InlineData("""{"format":"vaka.integrations/1","scope":"tenant","integrations":[],"more":1}""")]
    [InlineData("""{"format":"vaka.integrations/1","scope":"tenant","integrations":[{"name":"a","integration_type":"relay","config":{}},{"name":" a","integration_type":"relay","config":{}}]}""")]
    [InlineData("""{"document":{},"passphrase":"x"}""")]
    [InlineData("""{"document":"a: [","passphrase":"x"}""")]
    [InlineData("""{"document":{},"passphrase":1}""")]
    public async Task Plan_WhatIsNoDocument_IsRefused(string text) => Assert.Equal(ProblemCode.InvalidRequest, await TryAsync(() => PlanAsync(text, Me)));

    [Fact]
    public async Task Plan_ADocumentOfAnotherConfigVersion_IsRefused()
    {
        var plan = await PlanAsync(Document("""{"name":"a","integration_type":"relay","config_version":2,"config":{"host":"b"}}"""), Me);
        Assert.Contains("version 2", Assert.Single(Assert.Single(plan.Items).Errors).Message);
    }

    [Fact]
    public async Task Export_AMissingProvider_GoesOutWithoutSecretsOnly()
    {
        await SeedAsync();
        Host.Catalog.Add("relay", state: PluginState.Missing);
        Assert.Equal(3, (await ReadExportAsync(Me)).Integrations.Count);
        Assert.Equal(ProblemCode.IntegrationUnusable, await TryAsync(() => ExportAsync("json", Passphrase, Me)));
    }

    [Fact]
    public async Task Export_AnOlderConfig_GoesOutAsTheProviderOfTodayHasIt()
    {
        await SeedAsync();
        Host.Catalog.Add("relay", version: 2);
        var text = await ExportAsync("json", Passphrase, Me);
        Assert.Equal(2, (await ReadExportAsync(Me)).Integrations[^1].ConfigVersion);
        await ApplyAsync(text, "json", Other, Passphrase);
        Assert.Equal(await OpenAsync(Me), await OpenAsync(Other));
    }

    [Fact]
    public void Read_AHugeDocument_IsRefused() => Assert.Equal(
        ProblemCode.TooLarge,
        Assert.Throws<ProblemException>(() => DocumentText.Read(new byte[IntegrationDocument.MaxBytes + 1], DocumentFormat.Yaml)).Code);

    [Fact]
    public void Read_TooManyIntegrations_IsRefused()
    {
        var items = string.Join(",", Enumerable.Repeat("""{"name":"a","integration_type":"relay","config":{}}""", IntegrationDocument.MaxIntegrations + 1));
        Assert.Throws<ProblemException>(() => DocumentText.Read(Encoding.UTF8.GetBytes(Document(items)), DocumentFormat.Json));
    }

    private static string Document(params string[] items) =>
        $$"""{"format":"vaka.integrations/1","scope":"tenant","integrations":[{{string.Join(",", items)}}]}""";

    private static JsonObject Item(JsonObject document, string name) =>
        document["integrations"]!.AsArray().Single(item => (string?)item!["name"] == name)!.AsObject(); // a document has them

    private static string WithoutFingerprints(string json)
    {
        var document = JsonNode.Parse(json)!.AsObject();
        document.Remove("fingerprint_key");
        foreach (var item in document["integrations"]!.AsArray().OfType<JsonObject>())
            foreach (var (_, secret) in item["secrets"] as JsonObject ?? []) secret!.AsObject().Remove("fingerprint");
        return document.ToJsonString();
    }

    private async Task SeedAsync()
    {
        await Store.CreateAsync(Draft(Secrets, "Full") with { Limits = new IntegrationLimits { MaxCallsPerMinute = 60 }, Fallback = Fallback.Never }, Me, default);
        await Store.CreateAsync(Draft("""{"host":"b","port":2525}""", "no") with { IsActive = false }, Me, default);
        await Store.CreateAsync(Draft("""{"host":"c"}""", "Another", "other"), Me, default);
    }

    private Task<string> ExportAsync(string format, string? passphrase, Caller caller) =>
        Host.Get<IntegrationExport>().WriteAsync(Format(format), passphrase, caller, default);

    private async Task<IntegrationDocument> ReadExportAsync(Caller caller) =>
        DocumentText.Read(Encoding.UTF8.GetBytes(await ExportAsync("json", null, caller)), DocumentFormat.Json).Document;

    private async Task<JsonObject> ReadJsonAsync(Caller caller) => Json(await ExportAsync("json", null, caller));

    private async Task<DocumentPlan> PlanAsync(string text, Caller caller)
    {
        var (document, passphrase) = DocumentText.Read(Encoding.UTF8.GetBytes(text), DocumentFormat.Json);
        return (await Host.Get<DocumentPlanner>().PlanAsync(new DocumentRequest(document, passphrase, false), caller, default)).Plan;
    }

    private Task<DocumentPlan> ApplyAsync(
        string text, string format, Caller caller, string? passphrase = null, bool prune = false, string? planHash = null) =>
        Host.Get<DocumentApply>().ApplyAsync(
            new DocumentRequest(DocumentText.Read(Encoding.UTF8.GetBytes(text), Format(format)).Document, passphrase, prune), planHash, caller, default);

    private static DocumentFormat Format(string name) => name == "yaml" ? DocumentFormat.Yaml : DocumentFormat.Json;

    /// <summary>Everything that is configured, secrets in plain, without ids and times.</summary>
    private async Task<string> OpenAsync(Caller caller) => string.Join('\n', (await Store.ListAsync(new IntegrationQuery(), caller, default)).Items
        .OrderBy(row => row.Name, StringComparer.Ordinal)
        .Select(row => $"{row.Name} {row.IntegrationType} {row.IsActive} {row.IsDefault} {row.Fallback} {row.Limits} "
            + Vaka.Plugins.Host.Integrations.Schema.CanonicalJson.Of(
                Host.Get<Vaka.Plugins.Host.Integrations.Secrets.ConfigSecrets>().Reveal(row.Id, Json(row.Config)))));

    private async Task<string> StateAsync(Guid tenant)
    {
        await using var context = Database.CreateContext();
        var rows = await context.Set<Integration>().Where(row => row.TenantId == tenant).OrderBy(row => row.Id).Select(row => $"{row.Id} {row.Revision}").ToListAsync();
        return $"{string.Join(' ', rows)} {await context.Set<AuditEvent>().CountAsync(e => e.TenantId == tenant)}";
    }
}

public sealed class DocumentsOnSqliteTests(SqliteDatabase database) : DocumentTests(database), IClassFixture<SqliteDatabase>;

public sealed class DocumentsOnPostgresTests(PostgresDatabase database) : DocumentTests(database), IClassFixture<PostgresDatabase>;
