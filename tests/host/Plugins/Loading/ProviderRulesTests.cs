using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Host.Tests.Plugins.Loading;

public class ProviderRulesTests
{
    private static readonly ProviderDescriptor Good = new() { Type = "acme", DisplayName = "Acme", Description = "A test." };

    [Fact]
    public void Check_GoodProvider_Passes() => Check(Good, new Act("do_it"), new Act("do_that"));

    [Theory]
    [InlineData("")]
    [InlineData("Acme")]
    [InlineData("1acme")]
    [InlineData("ac-me")]
    [InlineData("acme\n")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123")]
    public void Check_BadType_IsRefused(string type) => AssertRefused(Good with { Type = type }, "does not match [a-z][a-z0-9_]{0,62}");

    [Fact]
    public void Check_LongestType_Passes() => Check(Good with { Type = "a" + new string('b', 62) });

    [Fact]
    public void Check_BadDescriptor_SaysWhatToChange()
    {
        AssertRefused(Good with { DisplayName = " " }, "no display name");
        AssertRefused(Good with { Description = "" }, "no description");
        AssertRefused(Good with { ConfigVersion = 0 }, "config version is 0");
        AssertRefused(Good with { DocumentationUrl = new Uri("javascript:alert(1)") }, "not an absolute http or https URL");
        AssertRefused(Good with { DocumentationUrl = new Uri("/docs", UriKind.Relative) }, "not an absolute http or https URL");
        AssertRefused(Good with { Icon = "nowhere.svg" }, "Icon 'nowhere.svg' is not an embedded resource");
    }

    [Fact]
    public void Check_BadActions_SayWhatToChange()
    {
        AssertRefused(Good, "two actions 'do_it'", new Act("do_it"), new Act("do_it"));
        AssertRefused(Good, "its action 'DoIt' does not match", new Act("DoIt"));
        AssertRefused(Good, "its action '' does not match", new Act(null!));
        AssertRefused(Good, "action 'do_it' has no title", new Act("do_it", title: ""));
        AssertRefused(Good, "action 'do_it' has no description", new Act("do_it", description: ""));
        AssertRefused(Good, "holds a null", [null!]);
        AssertRefused(Good, "takes the config OtherConfig, the provider has AcmeConfig", new OtherAct());
    }

    private static void AssertRefused(ProviderDescriptor descriptor, string because, params IntegrationAction[] actions) =>
        Assert.Contains(because, Assert.Throws<ProviderCheckException>(() => Check(descriptor, actions)).Message);

    private static void Check(ProviderDescriptor descriptor, params IntegrationAction[] actions) => ProviderRules.Check(Load(descriptor, actions));

    internal static LoadedPlugin Load(ProviderDescriptor descriptor, params IntegrationAction[] actions) => new()
    {
        Provider = new Provider(descriptor, actions),
        Descriptor = descriptor,
        Generation = Guid.NewGuid(),
        Version = "1.0",
        ContractVersion = "1.0",
        Assembly = typeof(ProviderRulesTests).Assembly,
        Services = new ServiceCollection().BuildServiceProvider(),
    };

    private sealed record AcmeConfig;

    private sealed record OtherConfig;

    private sealed record Empty;

    private sealed class Provider(ProviderDescriptor descriptor, IReadOnlyList<IntegrationAction> actions) : IntegrationProvider<AcmeConfig>
    {
        public override ProviderDescriptor Descriptor => descriptor;

        public override IReadOnlyList<IntegrationAction> Actions => actions;

        protected override Task<ProbeResult> ProbeAsync(AcmeConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
            Task.FromResult(ProbeResult.Healthy("Works."));
    }

    private sealed class Act(string name, string title = "Does it", string description = "Does it.") : IntegrationAction<AcmeConfig, Empty, Empty>
    {
        public override string Name => name;

        public override string Title => title;

        public override string Description => description;

        public override Task<Empty> ExecuteAsync(Empty input, AcmeConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
            Task.FromResult(input);
    }

    private sealed class OtherAct : IntegrationAction<OtherConfig, Empty, Empty>
    {
        public override string Name => "do_it";

        public override string Title => "Does it";

        public override string Description => "Does it.";

        public override Task<Empty> ExecuteAsync(Empty input, OtherConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
            Task.FromResult(input);
    }
}
