using Microsoft.Extensions.Options;

namespace Vaka.Plugins.Host.Network;

/// <summary>Says at the start what integrations may reach beyond the public internet.</summary>
internal sealed partial class NetworkNotice(IOptions<NetworkOptions> options, ILogger<NetworkNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var allowed = options.Value;
        if (allowed.AllowLoopback)
        {
            LogLoopback();
        }

        LogIfAny(nameof(allowed.AllowedNetworks), allowed.AllowedNetworks);
        LogIfAny(nameof(allowed.AllowedNetworksForTenants), allowed.AllowedNetworksForTenants);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void LogIfAny(string list, string[] networks)
    {
        if (networks.Length > 0)
        {
            LogAllowed($"{NetworkOptions.Section}:{list}", string.Join(", ", networks));
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Development: integrations may reach loopback addresses of this machine.")]
    private partial void LogLoopback();

    [LoggerMessage(Level = LogLevel.Information, Message = "{Setting} allows integrations to reach {Networks}.")]
    private partial void LogAllowed(string setting, string networks);
}
