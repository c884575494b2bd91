using System.Reflection;
using System.Text.Json.Nodes;
using Xunit;
using Xunit.Sdk;

namespace Vaka.Plugins.Testing;

/// <summary>Grades a plugin: bronze, silver or gold. Derive from it in the plugin's test project and say what a valid config is; README.md of
/// the kit lists what is asked for each grade.</summary>
/// <typeparam name="TProvider">The provider.</typeparam>
/// <example><code>
/// public sealed class SmtpConformanceTests : ProviderConformanceTests&lt;SmtpProvider&gt;
/// {
///     protected override Grade ExpectedGrade => Grade.Gold;
///
///     protected override JsonObject ValidConfig => new() { ["smtp_host"] = "mail.example.com", ["from_email"] = "a@example.com" };
/// }
/// </code></example>
public abstract class ProviderConformanceTests<TProvider>
    where TProvider : IIntegrationProvider, new()
{
    /// <summary>What the plugin has to reach for the test to pass, as well as what it claims with <see cref="ConformanceGradeAttribute"/>;
    /// default: bronze.</summary>
    protected virtual Grade ExpectedGrade => Grade.Bronze;

    /// <summary>A config that the host accepts, with every secret that the provider knows of, each of at least 8 characters. Nothing is
    /// sent to where it points.</summary>
    protected abstract JsonObject ValidConfig { get; }

    /// <summary>An input that fits <see cref="ValidConfig"/> for each action that this config can run, by the action's name; default: none.
    /// Actions that need another config have theirs in another class that derives from this one.</summary>
    protected virtual IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>();

    /// <summary>Requests that change nothing although they are neither GET, HEAD nor OPTIONS, as the vendor documents, such as
    /// <c>POST https://api.example.com/v1/search</c>, without query; default: none.</summary>
    protected virtual IReadOnlyCollection<string> HarmlessRequests => [];

    /// <summary>Actions with <see cref="IntegrationAction.IsIdempotent"/> that the vendor lets repeat without a key, each with the reason;
    /// default: none.</summary>
    protected virtual IReadOnlyDictionary<string, string> RepeatableActions => new Dictionary<string, string>();

    /// <summary>A config of each version before the current one, as it was stored: a secret is an object <c>{"$secret": "…"}</c>.
    /// Default: none, which suits a provider whose <see cref="ProviderDescriptor.ConfigVersion"/> is 1.</summary>
    protected virtual IReadOnlyDictionary<int, JsonObject> FormerConfigs => new Dictionary<int, JsonObject>();

    // Of the kit's own tests, whose providers are not plugins of their own.
    private protected virtual string AssemblyPath => typeof(TProvider).Assembly.Location;

    private protected virtual Grade Claimed =>
        typeof(TProvider).Assembly.GetCustomAttribute<ConformanceGradeAttribute>()?.Grade ?? Grade.None;

    /// <summary>Fails when the plugin is below what is expected, or below what it claims to be. The output has the grade and what is
    /// missing for the next one.</summary>
    [Fact]
    public async Task Plugin_HasItsGrade()
    {
        var report = await GradeAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        var demanded = ExpectedGrade > Claimed ? ExpectedGrade : Claimed;
        if (report.Reached >= demanded) return;
        var who = Claimed >= ExpectedGrade ? "The plugin claims to be" : "It is expected to be";
        throw new XunitException($"{who} {ConformanceReport.Name(demanded)} and is not.\n{report}");
    }

    /// <summary>The answers of a vendor for whom all is well to the requests of one call, in their order, sign-in apart; the last one is
    /// given for whatever follows. Default: an empty JSON object for everything.</summary>
    /// <param name="call">The action's name, or <c>probe</c>.</param>
    protected virtual IEnumerable<HttpAnswer> VendorAnswers(string call) => [];

    /// <summary>Holds every criterion against the plugin.</summary>
    protected async Task<ConformanceReport> GradeAsync()
    {
        using var subject = new ConformanceSubject(new TProvider())
        {
            CreateProvider = () => new TProvider(),
            Config = () => ValidConfig,
            Inputs = ValidInputs,
            VendorAnswers = VendorAnswers,
            HarmlessRequests = HarmlessRequests,
            RepeatableActions = RepeatableActions,
            FormerConfigs = FormerConfigs,
            SampledElsewhere = SampledElsewhere(),
            AssemblyPath = AssemblyPath,
        };
        return await ConformanceRun.RunAsync(subject);
    }

    // An action that needs another kind of config is tried with that one.
    private HashSet<string> SampledElsewhere() =>
    [
        .. GetType().Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ProviderConformanceTests<TProvider>)) && !type.IsAbstract && type != GetType()
                && type.GetConstructor(Type.EmptyTypes) is not null)
            .SelectMany(type => ((ProviderConformanceTests<TProvider>?)Activator.CreateInstance(type))?.ValidInputs.Keys ?? []),
    ];
}
