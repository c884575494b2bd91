using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Integrations.Destinations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Tests.Integrations.Destinations;

/// <summary>What a provider may declare, and what becomes of it with a config.</summary>
public sealed class ReachCheckTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSchema().BuildServiceProvider();

    public void Dispose() => services.Dispose();

    [Fact]
    public void Check_EveryKind_Passes() => Check(
        Destination.At("vendor.test"), Destination.At("*.vendor.test", 8443), Destination.At("10.1.2.3", 25), Destination.OfUrl("url"),
        Destination.OfUrl("nested.secret_url"), Destination.OfHost("host", "port"), Destination.Anywhere("what discovery names"));

    [Fact]
    public void Check_NothingDeclared_Passes() => new ReachCheck(services.GetRequiredService<ProviderContracts>()).Check(Load(null));

    [Theory]
    [InlineData("Vendor.test", "which is not in ASCII and lower case")]
    [InlineData("vendor.test:443", "names 'vendor.test:443'")]
    [InlineData("https://vendor.test", "names 'https://vendor.test'")]
    [InlineData("*.com", "a whole top-level domain")]
    [InlineData("*", "names '*'")]
    [InlineData("a.*.test", "names 'a.*.test'")]
    [InlineData("", "The host is empty")]
    public void Check_BadHost_IsRefused(string host, string expected) => Refuses(Destination.At(host), expected);

    [Fact]
    public void Check_BadPort_IsRefused() => Refuses(Destination.At("vendor.test", 0), "names the port 0");

    [Fact]
    public void Check_FieldThatIsNotThere_IsRefused() => Refuses(Destination.OfUrl("nested.url"), "'nested.url', which the config does not have");

    [Fact]
    public void Check_FieldThatIsNoText_IsRefused() => Refuses(Destination.OfUrl("port"), "'port', which is not text");

    [Fact]
    public void Check_PortThatIsNoNumber_IsRefused() => Refuses(Destination.OfHost("host", "url"), "'url', which is not an integer");

    [Fact]
    public void Check_AnywhereWithoutAReason_IsRefused() => Refuses(Destination.Anywhere(" "), "does not say why");

    [Fact]
    public void Of_FieldsOfTheConfig_LeadWhereTheyPoint()
    {
        var reach = Of(
            new Config
            {
                Url = "https://Site.test/base", Host = "MAIL.test", Port = 2525, Nested = new() { SecretUrl = new SecretString("http://hook.test/?sig=abc") },
            },
            Destination.OfUrl("url"), Destination.OfUrl("nested.secret_url"), Destination.OfHost("host", "port"), Destination.At("*.vendor.test"));

        Assert.NotNull(reach);
        Assert.All(
            [("site.test", 443), ("hook.test", 80), ("mail.test", 2525), ("api.vendor.test", 443)],
            place => Assert.True(reach.Includes(place.Item1, place.Item2), place.Item1));
        Assert.All(
            [("site.test", 80), ("hook.test", 443), ("mail.test", 443), ("vendor.test", 443)],
            place => Assert.False(reach.Includes(place.Item1, place.Item2), place.Item1));
    }

    [Fact]
    public void Of_PortLeftToItsDefault_IsThatOne() =>
        Assert.True(Of(new Config { Host = "mail.test" }, Destination.OfHost("host", "port"))!.Includes("mail.test", 587));

    [Theory]
    [InlineData("no address")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    [InlineData(null)]
    public void Of_FieldThatLeadsNowhere_AddsNothing(string? url) => Assert.Equal(
        0, Of(new Config { Url = url }, Destination.OfUrl("url"), Destination.OfUrl("nested.secret_url"), Destination.OfHost("host", "port"))!.Count);

    [Fact]
    public void Of_Anywhere_IsNotHeld() => Assert.Null(Of(new Config(), Destination.At("vendor.test"), Destination.Anywhere("discovery")));

    [Fact]
    public void Of_NothingDeclared_IsNotHeld() => Assert.Null(services.GetRequiredService<ProviderReach>().Of(Load(null), new Config()));

    [Fact]
    public void Text_EveryKind_SaysWhere() => Assert.Equal(
        "connects to vendor.test:443, the host of url, host:port, any public address: what discovery names",
        ReachText.Of(Load([
            Destination.At("vendor.test"), Destination.OfUrl("url"), Destination.OfHost("host", "port"), Destination.Anywhere("what discovery names"),
        ]).Descriptor));

    [Fact]
    public void Text_NothingDeclared_SaysSo() =>
        Assert.Equal("declares no destinations: may reach any public address", ReachText.Of(Load(null).Descriptor));

    private void Refuses(Destination destination, string expected) =>
        Assert.Contains(expected, Assert.Throws<ProviderCheckException>(() => Check(destination)).Message, StringComparison.Ordinal);

    private void Check(params Destination[] reach) => new ReachCheck(services.GetRequiredService<ProviderContracts>()).Check(Load(reach));

    private OutboundReach? Of(Config config, params Destination[] reach) => services.GetRequiredService<ProviderReach>().Of(Load(reach), config);

    private LoadedPlugin Load(IReadOnlyList<Destination>? reach)
    {
        var provider = new Provider(reach);
        return new LoadedPlugin
        {
            Provider = provider,
            Descriptor = provider.Descriptor,
            Generation = Guid.NewGuid(),
            Version = "0",
            ContractVersion = "0",
            Assembly = typeof(Provider).Assembly,
            Services = services,
        };
    }

    public sealed record Config
    {
        [Url]
        public string? Url { get; init; }

        public string? Host { get; init; }

        public int Port { get; init; } = 587;

        public Nested? Nested { get; init; }
    }

    public sealed record Nested
    {
        [SecretFor("url")]
        public SecretString? SecretUrl { get; init; }
    }

    private sealed class Provider(IReadOnlyList<Destination>? reach) : IntegrationProvider<Config>
    {
        public override ProviderDescriptor Descriptor { get; } = new() { Type = "sample", DisplayName = "Sample", Description = "A sample.", Reach = reach };

        public override IReadOnlyList<IntegrationAction> Actions => [];

        protected override Task<ProbeResult> ProbeAsync(Config config, IntegrationContext context, CancellationToken cancellationToken) =>
            Task.FromResult(ProbeResult.Healthy("Fine."));
    }
}
