using System.Reflection;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;
using Xunit.Sdk;

namespace Vaka.Plugins.Host.Tests.Testing;

/// <summary>The suite finds nothing in a flawless provider, and in each other one exactly the mistake that it makes.</summary>
public class ProviderConformanceTests
{
    private const string Secret = "correct-horse-battery";

    [Fact]
    public async Task Flawless_IsGold()
    {
        var report = await new Suite<Flawless>().ReportAsync();

        Assert.Equal("", string.Join('\n', report.Results.SelectMany(result => result.Findings.Select(finding => $"{result.Criterion.Id}: {finding}"))));
        Assert.Equal(Grade.Gold, report.Reached);
        Assert.Equal($"Conformance of sample: gold, {report.Results.Count} of {report.Results.Count} criteria hold.", report.ToString());
    }

    [Fact]
    public Task Loads() => MissesAsync<BadType>("loads");

    [Fact]
    public Task Contracts() => MissesAsync<BadReach>("contracts");

    [Fact]
    public Task SampleConfig_ThatIsNone() => MissesAsync("sample_config", new Suite<Flawless> { Config = [] });

    [Fact]
    public Task SampleConfig_WithAWeakSecret() =>
        MissesAsync("sample_config", new Suite<Flawless> { Config = new() { ["url"] = "https://vendor.test/api", ["token"] = "x" } });

    [Fact]
    public Task SampleInputs() => MissesAsync("sample_inputs", new Suite<Flawless> { Actions = ["read", "write", "delete_thing", "dance"] });

    [Fact]
    public Task Described() => MissesAsync<Undescribed>("described");

    [Fact]
    public Task Documented() => MissesAsync<Undocumented>("documented");

    [Fact]
    public Task Sampled() => MissesAsync("sampled", new Suite<Flawless> { Actions = ["read", "write"] });

    [Fact]
    public Task SecretsBound() => MissesAsync<LooseSecret>("secrets_bound");

    [Fact]
    public Task ValidationPure() => MissesAsync<Fickle>("validation_pure");

    [Fact]
    public Task FailuresKnown() => MissesAsync<Baffled>("failures_known");

    [Fact]
    public Task Cancellable() => MissesAsync<Stubborn>("cancellable");

    [Fact]
    public Task TimeoutBounded() => MissesAsync<Unbounded>("timeout_bounded");

    [Fact]
    public Task SecretsKept_FromTheLog() => MissesAsync<Talkative>("secrets_kept");

    [Fact]
    public Task SecretsKept_FromToString() => MissesAsync<Revealing>("secrets_kept");

    [Fact]
    public Task ProbeHarmless() => MissesAsync<Meddling>("probe_harmless");

    [Fact]
    public Task PreviewHarmless() => MissesAsync<Hasty>("preview_harmless");

    [Fact]
    public Task AnswersLimited() => MissesAsync<Trusting>("answers_limited");

    [Fact]
    public Task Migrates() => MissesAsync<Forgetful>("migrates");

    [Fact]
    public Task Migrates_WithoutASample() => MissesAsync("migrates", new Suite<Flawless> { Former = new Dictionary<int, JsonObject>() });

    [Fact]
    public Task ReadOnlyTrue() => MissesAsync<FalselyReadOnly>("read_only_true");

    [Fact]
    public Task IdempotentTrue() => MissesAsync<FalselyIdempotent>("idempotent_true");

    [Fact]
    public Task DestructiveTrue() => MissesAsync<Harmless>("destructive_true");

    [Fact]
    public Task EffectsTrue_NothingSent() => MissesAsync<Unsure>("effects_true");

    [Fact]
    public Task EffectsTrue_BrokeAfterSending() => MissesAsync<Cocksure>("effects_true");

    // These tests themselves use files.
    [Fact]
    public Task NothingBanned() => MissesAsync("nothing_banned", new Suite<Flawless> { Assembly = typeof(ProviderConformanceTests).Assembly.Location });

    [Fact]
    public Task Icon() => MissesAsync<Plain>("icon");

    [Fact]
    public Task Reach_NotDeclared() => MissesAsync<Undeclared>("reach");

    [Fact]
    public Task Reach_Beyond() => MissesAsync<Straying>("reach");

    [Fact]
    public async Task HarmlessRequests_AreNotHeldAgainstTheProbe()
    {
        var report = await new Suite<Meddling> { Declared = ["POST https://vendor.test/api"] }.ReportAsync();

        Assert.DoesNotContain(report.Missing(Grade.Gold), criterion => criterion.Id == "probe_harmless");
    }

    [Fact]
    public async Task EveryCriterion_HasATestHere()
    {
        var report = await new Suite<Flawless>().ReportAsync();
        var tested = typeof(ProviderConformanceTests).GetMethods().Select(method => method.Name.Split('_')[0]).ToHashSet();

        Assert.All(report.Results, result => Assert.Contains(string.Concat(result.Criterion.Id.Split('_').Select(Capital)), tested));

        static string Capital(string word) => $"{char.ToUpperInvariant(word[0])}{word[1..]}";
    }

    [Fact]
    public async Task EveryCriterion_StandsInTheReadme()
    {
        var repository = typeof(ProviderConformanceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "Repository").Value ?? "";
        var readme = await File.ReadAllTextAsync(Path.Combine(repository, "tests", "testing", "README.md"), TestContext.Current.CancellationToken);
        var report = await new Suite<Flawless>().ReportAsync();

        Assert.All(
            report.Results.Select(result => result.Criterion),
            criterion => Assert.Contains(
                $"| `{criterion.Id}` | {criterion.Grade.ToString().ToLowerInvariant()} | {criterion.Demand} | {criterion.Advice} |", readme, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plugin_HasItsGrade_BelowTheClaim_FailsWithWhatIsMissing()
    {
        var failure = await Assert.ThrowsAsync<XunitException>(new Suite<Plain> { Claim = Grade.Gold }.Plugin_HasItsGrade);

        Assert.StartsWith("The plugin claims to be gold and is not.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Conformance of sample: silver", failure.Message, StringComparison.Ordinal);
        Assert.Contains("icon: The descriptor names an icon.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plugin_HasItsGrade_BelowTheExpected_Fails() =>
        Assert.StartsWith(
            "It is expected to be silver and is not.",
            (await Assert.ThrowsAsync<XunitException>(new Suite<Undocumented> { Expected = Grade.Silver }.Plugin_HasItsGrade)).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Plugin_HasItsGrade_OnlyBronzeExpected_Passes() => await new Suite<Undocumented>().Plugin_HasItsGrade();

    private static Task MissesAsync<TProvider>(string id)
        where TProvider : IIntegrationProvider, new() => MissesAsync(id, new Suite<TProvider>());

    private static async Task MissesAsync<TProvider>(string id, Suite<TProvider> suite)
        where TProvider : IIntegrationProvider, new()
    {
        var report = await suite.ReportAsync();
        var grade = report.Results.Single(result => result.Criterion.Id == id).Criterion.Grade;

        Assert.Equal(grade - 1, report.Reached);
        Assert.True(report.Missing(grade) is [{ Id: var missing }] && missing == id, report.ToString());
        if (grade > Grade.Bronze) Assert.Equal([id], report.Missing(Grade.Gold).Select(criterion => criterion.Id));
        Assert.Contains($"\n  {id}: ", report.ToString(), StringComparison.Ordinal);
    }

    private sealed class Suite<TProvider> : ProviderConformanceTests<TProvider>
        where TProvider : IIntegrationProvider, new()
    {
        public JsonObject Config { get; init; } = new() { ["url"] = "https://vendor.test/api", ["token"] = Secret };

        public string[] Actions { get; init; } = ["read", "write", "delete_thing"];

        public IReadOnlyDictionary<int, JsonObject> Former { get; init; } = new Dictionary<int, JsonObject>
        {
            [1] = new() { ["address"] = "https://vendor.test/api", ["key"] = new JsonObject { ["$secret"] = "former-secret" } },
        };

        public string[] Declared { get; init; } = [];

        public string Assembly { get; init; } = typeof(Destination).Assembly.Location;

        public Grade Claim { get; init; }

        public Grade Expected { get; init; } = Grade.Bronze;

        protected override Grade ExpectedGrade => Expected;

        protected override JsonObject ValidConfig => (JsonObject)Config.DeepClone();

        protected override IReadOnlyDictionary<string, JsonObject> ValidInputs =>
            Actions.ToDictionary(action => action, _ => new JsonObject { ["text"] = "Hello" });

        protected override IReadOnlyDictionary<int, JsonObject> FormerConfigs => Former;

        protected override IReadOnlyCollection<string> HarmlessRequests => Declared;

        private protected override string AssemblyPath => Assembly;

        private protected override Grade Claimed => Claim;

        public Task<ConformanceReport> ReportAsync() => GradeAsync();
    }
}
