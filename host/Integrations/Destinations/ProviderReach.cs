using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Network.Addresses;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Destinations;

/// <summary>What an integration is held to: its provider's declared reach, with its own config in the gaps.</summary>
internal sealed class ProviderReach(ProviderContracts contracts, ReachRefusals refusals)
{
    /// <summary>Made once, when the config is bound.</summary>
    /// <returns><c>null</c>: the provider declares nothing, or that it may have to go anywhere.</returns>
    public OutboundReach? Of(LoadedPlugin plugin, object config)
    {
        if (plugin.Descriptor.Reach is not { } reach || reach.Any(destination => destination.AnywhereBecause is not null)) return null;
        var contract = contracts.Config(plugin);
        var targets = reach.Select(destination => destination switch
        {
            { Host: { } host } => new ReachTarget(host.TrimStart('*'), destination.Port),
            { UrlField: { } field } => Uri.TryCreate(Text(contract.Read(config, field)), UriKind.Absolute, out var url)
                ? Target(url.IdnHost, url.Port)
                : null,
            _ => contract.Read(config, destination.PortField ?? "") is IConvertible port
                ? Target(Text(contract.Read(config, destination.HostField ?? "")), port.ToInt32(null))
                : null,
        });
        return new OutboundReach(plugin.Type, [.. targets.OfType<ReachTarget>().Distinct()], refusals);
    }

    private static string? Text(object? value) => value switch
    {
        SecretString secret => secret.Reveal(),
        Uri url => url.OriginalString,
        _ => value as string,
    };

    // What is no host leads nowhere, and whoever tries it is told so by the guard.
    private static ReachTarget? Target(string? host, int port)
    {
        try
        {
            return new ReachTarget(HostName.Parse(host).Text, port);
        }
        catch (IntegrationException)
        {
            return null;
        }
    }
}
