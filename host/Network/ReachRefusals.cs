using System.Diagnostics.Metrics;

namespace Vaka.Plugins.Host.Network;

/// <summary>Logs and counts connections that a provider tried beyond its declared reach.</summary>
internal sealed partial class ReachRefusals
{
    public const string Meter = "Vaka.Plugins.Network";

    private readonly ILogger<ReachRefusals> logger;
    private readonly Counter<long> refused;

    public ReachRefusals(ILogger<ReachRefusals> logger, IMeterFactory meters)
    {
        this.logger = logger;
        refused = meters.Create(Meter).CreateCounter<long>(
            "vaka.network.undeclared", "{connection}", "Connections that were refused because the provider does not declare the destination.");
    }

    /// <summary>Makes the failure, nothing of which depends on what the other side is.</summary>
    public IntegrationException Refuse(string provider, string host, int port)
    {
        refused.Add(1, new KeyValuePair<string, object?>("provider", provider));
        LogRefused(provider, host, port);
        return OutboundFailure.Refused(
            $"Provider {provider} does not declare that it talks to {host}:{port}, so the connection was not made. Check the addresses in the config; "
            + "if they are right, the provider's author has to add this one to its reach.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused provider {Provider} a connection to {Host}:{Port}, which it does not declare.")]
    private partial void LogRefused(string provider, string host, int port);
}
