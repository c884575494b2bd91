using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Network;

namespace Vaka.Plugins.Host.Tests.Network;

public class NetworkRoomTests
{
    [Fact]
    public async Task Start_GoodEntries_Starts()
    {
        using var host = Build(
            ("Network:AllowedNetworks:0", "10.0.0.0/8:25,587"), ("Network:AllowedNetworksForTenants:0", "[fd00::/8]:443"));
        await host.StartAsync();

        var options = host.Services.GetRequiredService<IOptions<NetworkOptions>>().Value;
        Assert.Equal(["10.0.0.0/8:25,587"], options.AllowedNetworks);
        Assert.Equal(["[fd00::/8]:443"], options.AllowedNetworksForTenants);
        Assert.False(options.AllowLoopback);
        Assert.NotNull(host.Services.GetRequiredService<OutboundAccess>().Http(ConfigScope.Tenant));
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Network:AllowedNetworks:1", "10.0.0.1/8", "Network:AllowedNetworks:0 is \"10.0.0.1/8\"")]
    [InlineData("Network:AllowedNetworksForTenants:0", "intranet", "Network:AllowedNetworksForTenants:0 is \"intranet\"")]
    [InlineData("Network:AllowedNetworks", "10.0.0.0/8", "Network:AllowedNetworks:0")]
    [InlineData("Network:AllowedNetwork:0", "10.0.0.0/8", "Network:AllowedNetwork is not a setting")]
    [InlineData("Network:ConnectTo:0", "slack.com=10.1.2.3:8443", "Network:ConnectTo:0 is \"slack.com=10.1.2.3:8443\"")]
    [InlineData("Network:ConnectTo:0", "slack.com:443=relay:8443", "Give host:port=address:port")]
    [InlineData("Network:ConnectTo:0", "slack.com:443=10.1.2.3", "Give host:port=address:port")]
    [InlineData("Network:AllowLoopback", "true", "Network:AllowLoopback is not a setting")]
    public async Task Start_BadEntry_RefusesAndNamesIt(string key, string value, string expected)
    {
        using var host = Build((key, value));
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Development_AllowsLoopback()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddNetwork(builder.Configuration, allowLoopback: true);
        using var host = builder.Build();
        await host.StartAsync();

        var network = host.Services.GetRequiredService<OutboundAccess>().Network(ConfigScope.Tenant);
        Assert.Single(await network.ResolveAsync("127.0.0.1", 80, TestContext.Current.CancellationToken));
        await host.StopAsync();
    }

    private static IHost Build(params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddNetwork(builder.Configuration);
        return builder.Build();
    }
}
